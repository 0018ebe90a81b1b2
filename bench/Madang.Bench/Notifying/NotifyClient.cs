using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Madang.Bench.Notifying;

/// <summary>What a sending server does: single and bulk sends by HTTP, each with an event id of its own.</summary>
internal sealed class NotifyClient(Uri server, string token, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 256 }) { BaseAddress = server, Timeout = timeout };

    /// <summary>One push to one person; the moment when it was due, in microseconds, goes with it to the phone.</summary>
    public async Task SendAsync(string eventId, long person, long due, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/v1/notifications", json => Write(json, eventId, person, due), cancellationToken);
    }

    /// <summary>One code to an address outside of every account.</summary>
    /// <param name="kind"><c>phone</c>, <c>email</c> or <c>url</c>.</param>
    public async Task SendCodeAsync(string eventId, string kind, string address, long number, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/v1/notifications", json => WriteCode(json, eventId, kind, address, number), cancellationToken);
    }

    /// <summary>Codes to phones in one call.</summary>
    /// <returns>How many of them were accepted, or had been.</returns>
    public async Task<int> SendCodesAsync(IReadOnlyList<(string EventId, string Phone, long Number)> many, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/v1/notifications/bulk", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("notifications");
            foreach (var (eventId, phone, number) in many)
            {
                WriteCode(json, eventId, "phone", phone, number);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }, cancellationToken);
        return answer.RootElement.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("status").GetInt32() is 200 or 202);
    }

    /// <returns>How many of them were accepted, or had been.</returns>
    public async Task<int> SendAsync(IReadOnlyList<(string EventId, long Person)> many, long due, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/v1/notifications/bulk", json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("notifications");
            foreach (var (eventId, person) in many)
            {
                Write(json, eventId, person, due);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }, cancellationToken);
        return answer.RootElement.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("status").GetInt32() is 200 or 202);
    }

    /// <summary>To everybody, on their phones and in their inboxes.</summary>
    public async Task BroadcastAsync(string eventId, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/v1/notifications", json =>
        {
            json.WriteStartObject();
            json.WriteString("event_id", eventId);
            json.WriteString("category", "announcement");
            json.WriteStartObject("content");
            json.WriteString("title", "공지 · Announcement");
            json.WriteString("body", "To everybody, once.");
            json.WriteEndObject();
            json.WriteStartArray("channels");
            json.WriteStringValue("inbox");
            json.WriteStringValue("push");
            json.WriteEndArray();
            json.WriteStartObject("to");
            json.WriteBoolean("all", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static void WriteCode(Utf8JsonWriter json, string eventId, string kind, string address, long number)
    {
        json.WriteStartObject();
        json.WriteString("event_id", eventId);
        json.WriteString("category", "verification");
        json.WriteString("template", "verification_code");
        json.WriteStartObject("data");
        json.WriteString("code", (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture));
        json.WriteNumber("minutes", 10);
        json.WriteEndObject();
        json.WriteStartObject("to");
        json.WriteStartObject("address");
        json.WriteString(kind, address);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string eventId, long person, long due)
    {
        json.WriteStartObject();
        json.WriteString("event_id", eventId);
        json.WriteString("category", "message");
        json.WriteString("template", "message");
        json.WriteStartObject("data");
        json.WriteString("sender", "김하늘");
        json.WriteString("text", "저녁 같이 먹을래요? The place by the river has a table at seven.");
        json.WriteString("due", due.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteStartArray("channels");
        json.WriteStringValue("push");
        json.WriteEndArray();
        json.WriteStartObject("to");
        json.WriteStartArray("user_ids");
        json.WriteStringValue(person.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task<JsonDocument> PostAsync(string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(body.WrittenMemory) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK
            ? JsonDocument.Parse(text)
            : throw new HttpRequestException($"{path}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(text)}", null, answer.StatusCode);
    }
}

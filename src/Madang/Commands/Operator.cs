using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Madang.Api;
using Madang.Settings;

namespace Madang.Commands;

/// <summary>Talks to the server that owns the data folder, over <c>madang.sock</c> in it: the API as everybody knows it, as an admin without a token.</summary>
internal sealed class Operator : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _folder;

    public Operator(SettingsReading reading)
    {
        _folder = reading.DataFolder;
        var socket = Path.Combine(_folder, "madang.sock");
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <exception cref="CliException">No server runs, or it refused; the message says what to do.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(method, path, body, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new CliException(Sentence(text, answer.StatusCode));
        }

        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Sends bytes as they are.</summary>
    /// <exception cref="CliException">No server runs, or it refused.</exception>
    public async Task<JsonNode?> SendRawAsync(HttpMethod method, string path, HttpContent body, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(method, path, body, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text) : throw new CliException(Sentence(text, answer.StatusCode));
    }

    /// <exception cref="CliException">It is not ready, and why.</exception>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(HttpMethod.Get, "/health/ready", (HttpContent?)null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new CliException(Sentence(await answer.Content.ReadAsStringAsync(cancellationToken), answer.StatusCode));
        }
    }

    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>All pages of a list.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = (await GetAsync($"{path}{separator}limit={PageQuery.MaxLimit}&cursor={Uri.EscapeDataString(cursor)}", cancellationToken))!;
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["next"];
        }

        return items;
    }

    /// <summary>The person of this login name.</summary>
    public async Task<JsonNode> FindUserAsync(string name, CancellationToken cancellationToken)
    {
        var wanted = name.Normalize();
        var found = (await ListAsync($"/v1/users?q={Uri.EscapeDataString(name)}", cancellationToken))
            .FirstOrDefault(user => wanted.Equals((string)user["name"]!, StringComparison.OrdinalIgnoreCase));
        return found ?? throw new CliException($"nobody is named \"{name}\".");
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) =>
        AnswerAsync(method, path, body is null ? (HttpContent?)null : JsonContent.Create(body, options: ApiJson.Options), cancellationToken);

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new CliException($"the server in {_folder} belongs to another user of this machine.");
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException)
        {
            throw new CliException($"no server runs on {_folder}. Start it with `madang serve`, or name its folder with --data.");
        }
    }

    private static string Sentence(string text, HttpStatusCode status)
    {
        try
        {
            var problem = JsonNode.Parse(text)!;
            return problem["errors"] is JsonArray { Count: > 0 } fields
                ? string.Join(' ', fields.Select(field => (string?)field!["detail"]))
                : (string?)problem["detail"] ?? (string?)problem["title"] ?? "";
        }
        catch (JsonException)
        {
            return $"the server answered {(int)status}.";
        }
    }
}

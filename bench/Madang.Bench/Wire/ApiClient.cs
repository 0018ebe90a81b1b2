using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Madang.Bench.Wire;

/// <summary>A person with a session.</summary>
internal sealed record Person(long Id, string Token);

/// <summary>A room and who is in it; the first member made it.</summary>
internal sealed record Room(long Id, IReadOnlyList<Person> Members);

/// <summary>The public HTTP API, as far as a load driver walks it: it makes its own people and rooms.</summary>
internal sealed class ApiClient(Uri server) : IDisposable
{
    // What loads and kills need is answered within a second; a dead server must be noticed.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 256 })
    {
        BaseAddress = server,
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Takes possession of an empty server; the administrator's token.</summary>
    public async Task<string> SetUpAsync(string setupToken, CancellationToken cancellationToken)
    {
        var session = await PostAsync("/v1/setup", null, new { token = setupToken, name = "bench-admin", password = "bench-admin-password" }, cancellationToken);
        return session.GetProperty("token").GetString()!;
    }

    public async Task<IReadOnlyList<Person>> MakePeopleAsync(string admin, int count, CancellationToken cancellationToken)
    {
        var people = new Person[count];
        await Parallel.ForAsync(0, count, Eight(cancellationToken), async (i, cancelled) =>
        {
            var user = await PostAsync("/v1/users", admin, new { name = $"bench-{i}", display_name = $"Bench {i}" }, cancelled);
            var id = user.GetProperty("id").GetString()!;
            var session = await PostAsync("/v1/tokens", admin, new { user_id = id, expires_in_s = 86_400 }, cancelled);
            people[i] = new Person(Number(id), session.GetProperty("token").GetString()!);
        });
        return people;
    }

    /// <summary>Rooms of <paramref name="size"/> neighbours each, so that everybody is in exactly one; two make a direct room.</summary>
    public async Task<IReadOnlyList<Room>> MakeRoomsAsync(IReadOnlyList<Person> people, int size, CancellationToken cancellationToken)
    {
        var groups = people.Chunk(size).Where(members => members.Length > 1).ToList();
        var rooms = new Room[groups.Count];
        await Parallel.ForAsync(0, groups.Count, Eight(cancellationToken), async (i, cancelled) => rooms[i] = await MakeRoomAsync(groups[i], cancelled));
        return rooms;
    }

    public async Task<Room> MakeRoomAsync(IReadOnlyList<Person> members, CancellationToken cancellationToken)
    {
        var others = members.Skip(1).Select(member => Text(member.Id)).ToArray();
        object request = members.Count == 2 ? new { kind = "direct", user_ids = others } : new { kind = "group", title = "Bench", user_ids = others };
        var room = await PostAsync("/v1/rooms", members[0].Token, request, cancellationToken);
        return new Room(Number(room.GetProperty("id").GetString()!), members);
    }

    /// <summary>The cursor of an inbox as it stands now.</summary>
    public async Task<string> CursorAsync(Person person, CancellationToken cancellationToken)
    {
        var answer = await GetAsync("/v1/sync", person.Token, cancellationToken);
        return answer.GetProperty("cursor").GetString()!;
    }

    public async Task<Ack> SendAsync(Person sender, Room room, string clientId, string text, CancellationToken cancellationToken)
    {
        var message = await PostAsync($"/v1/rooms/{room.Id}/messages", sender.Token, new { client_id = clientId, text }, cancellationToken);
        return new Ack(message.GetProperty("seq").GetInt64(), Number(message.GetProperty("id").GetString()!));
    }

    public Task<JsonElement> GetAsync(string path, string token, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Get, path, token, null, cancellationToken);

    public void Dispose() => _http.Dispose();

    public static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    public static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ParallelOptions Eight(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };

    private Task<JsonElement> PostAsync(string path, string? token, object body, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, path, token, body, cancellationToken);

    private async Task<JsonElement> CallAsync(HttpMethod method, string path, string? token, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType()) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created))
        {
            throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}", null, answer.StatusCode);
        }

        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>What a send was answered with.</summary>
    internal readonly record struct Ack(long Seq, long Id);
}

using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Madang.Tests.Integration.Realtime;

/// <summary>What a reader was told: an entry with its exact bytes, or a reset.</summary>
internal sealed record Told(string Cursor, string? Json)
{
    public bool IsReset => Json is null;

    public long Number => JsonDocument.Parse(Json!).RootElement.GetProperty("data").GetProperty("title").GetString() is { } title
        ? long.Parse(title[2..].TrimEnd('x'), System.Globalization.CultureInfo.InvariantCulture) : 0;
}

/// <summary>One of the four ways to read, as a client walks it.</summary>
internal abstract class Reader(RealtimeHost host, Person person) : IAsyncDisposable
{
    // What never comes fails the test instead of holding up the run.
    private readonly CancellationTokenSource _patience = Patient();

    protected RealtimeHost Host => host;

    protected Person Person => person;

    protected CancellationToken Cancelled => _patience.Token;

    private static CancellationTokenSource Patient()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        return patience;
    }

    /// <summary>Goes on from here; null for the first time.</summary>
    public abstract Task OpenAsync(string? since);

    public abstract Task<Told> NextAsync();

    public abstract ValueTask DisposeAsync();

    public async Task<List<Told>> TakeAsync(int count)
    {
        var told = new List<Told>(count);
        while (told.Count < count)
        {
            told.Add(await NextAsync());
        }

        return told;
    }
}

/// <summary>The code of the refusal that the way answered with.</summary>
internal sealed class RefusedException(string code) : Exception(code)
{
    public string Code { get; } = code;
}

/// <summary>GET /v1/sync, again and again, waiting or not.</summary>
internal sealed class PollReader(RealtimeHost host, Person person, int wait, int limit = 100) : Reader(host, person)
{
    private readonly Queue<Told> _told = new();
    private string? _cursor;

    public override Task OpenAsync(string? since)
    {
        _cursor = since;
        return Task.CompletedTask;
    }

    public override async Task<Told> NextAsync()
    {
        while (_told.Count == 0)
        {
            using var request = Host.Request(Person, $"/v1/sync?since={_cursor}&wait={wait}&limit={limit}");
            using var response = await Host.Client.SendAsync(request, Cancelled);
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancelled));
            var root = json.RootElement;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new RefusedException(root.GetProperty("code").GetString()!);
            }

            RealtimeSchema.CheckAnswer(root.GetRawText());
            _cursor = root.GetProperty("cursor").GetString()!;
            if (root.TryGetProperty("reset", out _))
            {
                Assert.Equal(0, root.GetProperty("entries").GetArrayLength());
                _told.Enqueue(new Told(_cursor, null));
            }

            var entries = root.GetProperty("entries").EnumerateArray().ToList();
            Assert.InRange(entries.Count, 0, limit);
            entries.ForEach(entry => _told.Enqueue(new Told(entry.GetProperty("cursor").GetString()!, entry.GetRawText())));
        }

        return _told.Dequeue();
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The same address with Accept: text/event-stream.</summary>
internal sealed class EventStreamReader(RealtimeHost host, Person person) : Reader(host, person)
{
    private HttpResponseMessage? _response;
    private StreamReader? _lines;

    public override async Task OpenAsync(string? since)
    {
        using var request = Host.Request(Person, "/v1/sync");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (since is not null)
        {
            request.Headers.Add("Last-Event-ID", since);
        }

        _response = await Host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        if (_response.StatusCode != HttpStatusCode.OK)
        {
            using var json = JsonDocument.Parse(await _response.Content.ReadAsByteArrayAsync(Cancelled));
            throw new RefusedException(json.RootElement.GetProperty("code").GetString()!);
        }

        _lines = new StreamReader(await _response.Content.ReadAsStreamAsync(Cancelled), Encoding.UTF8);
    }

    public override async Task<Told> NextAsync()
    {
        while (true)
        {
            var block = await BlockAsync() ?? throw new EndOfStreamException();
            switch (block.GetValueOrDefault("event"))
            {
                case "entry":
                    RealtimeSchema.CheckEntry(block["data"]);
                    return new Told(block["id"], block["data"]);
                case "reset":
                    return new Told(block["id"], null);
                default:
                    continue;
            }
        }
    }

    /// <summary>The next event or comment, by field; null at the end of the stream.</summary>
    public async Task<Dictionary<string, string>?> BlockAsync()
    {
        var block = new Dictionary<string, string>();
        while (await _lines!.ReadLineAsync(Cancelled) is { } line)
        {
            if (line.Length == 0)
            {
                return block;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            block[line[..colon]] = line[(colon + 2)..];
        }

        return null;
    }

    public override ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        _response?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>GET /v1/socket.</summary>
internal sealed class SocketReader(RealtimeHost host, Person person) : Reader(host, person)
{
    private readonly ClientWebSocket _socket = new();

    public ClientWebSocket Socket => _socket;

    /// <summary>Every frame that came.</summary>
    public List<string> Frames { get; } = [];

    public string? Origin { get; init; }

    /// <summary>Connects and says nothing.</summary>
    public async Task ConnectAsync(string? bearer = null, string? cookie = null, string protocol = "madang.v1")
    {
        _socket.Options.AddSubProtocol(protocol);
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (Origin is not null)
        {
            _socket.Options.SetRequestHeader("Origin", Origin);
        }

        if (bearer is not null)
        {
            _socket.Options.SetRequestHeader("Authorization", "Bearer " + bearer);
        }

        if (cookie is not null)
        {
            _socket.Options.SetRequestHeader("Cookie", "madang_session=" + cookie);
        }

        await _socket.ConnectAsync(new UriBuilder(Host.Address) { Scheme = "ws", Path = "/v1/socket" }.Uri, Cancelled);
    }

    public override async Task OpenAsync(string? since)
    {
        await ConnectAsync();
        await SendAsync(since is null ? new { op = "hello", token = Person.Token } : new { op = "hello", token = Person.Token, since });
        var first = JsonDocument.Parse(await FrameAsync()).RootElement;
        if (first.GetProperty("op").GetString() == "error")
        {
            throw new RefusedException(first.GetProperty("code").GetString()!);
        }

        Assert.Equal("ready", first.GetProperty("op").GetString());
        Assert.Equal(Person.Id.ToString(), first.GetProperty("user_id").GetString());
        Cursor = first.GetProperty("cursor").GetString()!;
        // A first hello is a reset that needs no telling: the client knows that it had nothing.
        First = since is null ? new Told(Cursor, null) : null;
    }

    public Madang.Api.UserId Who => Person.Id;

    public string Cursor { get; private set; } = "";

    private Told? First { get; set; }

    public override async Task<Told> NextAsync()
    {
        if (First is { } first)
        {
            First = null;
            return first;
        }

        while (true)
        {
            var text = await FrameAsync();
            var frame = JsonDocument.Parse(text).RootElement;
            switch (frame.GetProperty("op").GetString())
            {
                case "entry":
                    return new Told(frame.GetProperty("cursor").GetString()!, text.Replace("\"op\":\"entry\",", "", StringComparison.Ordinal));
                case "reset":
                    return new Told(frame.GetProperty("cursor").GetString()!, null);
                case "ping":
                    await SendAsync(new { op = "pong" });
                    break;
            }
        }
    }

    public Task SendAsync(object frame) => SendTextAsync(JsonSerializer.Serialize(frame));

    public Task SendTextAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancelled);

    /// <summary>The next frame's text.</summary>
    /// <exception cref="SocketClosedException">The server closed.</exception>
    public async Task<string> FrameAsync()
    {
        using var frame = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(), Cancelled);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new SocketClosedException((int)_socket.CloseStatus!.Value);
            }

            frame.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                var text = Encoding.UTF8.GetString(frame.ToArray());
                RealtimeSchema.CheckServerFrame(text);
                Frames.Add(text);
                return text;
            }
        }
    }

    /// <summary>The next frame that is no ping.</summary>
    public async Task<JsonElement> AnswerAsync()
    {
        while (true)
        {
            var frame = JsonDocument.Parse(await FrameAsync()).RootElement;
            if (frame.GetProperty("op").GetString() != "ping")
            {
                return frame;
            }
        }
    }

    /// <summary>Reads until the server closes; the code.</summary>
    public async Task<int> CloseCodeAsync()
    {
        try
        {
            while (true)
            {
                await FrameAsync();
            }
        }
        catch (SocketClosedException closed)
        {
            return closed.Code;
        }
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

internal sealed class SocketClosedException(int code) : Exception($"Closed with {code}.")
{
    public int Code { get; } = code;
}

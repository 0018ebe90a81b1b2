using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Chat;

/// <summary>A connection of one person that has said hello.</summary>
internal sealed class Socket(Person who, ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<JsonNode> _frames = [];

    public Person Who => who;

    /// <summary>Where the inbox stood when the connection was made.</summary>
    public string Since { get; private set; } = "";

    public static async Task<Socket> OpenAsync(MadangHost host, Person who)
    {
        var client = new ClientWebSocket();
        client.Options.AddSubProtocol("madang.v1");
        await client.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/v1/socket" }.Uri, TestContext.Current.CancellationToken);
        var socket = new Socket(who, client);
        await socket.SendAsync(new JsonObject { ["op"] = "hello", ["token"] = who.Token }.ToJsonString());
        socket.Since = (string)(await socket.NextAsync("ready"))["cursor"]!;
        return socket;
    }

    public Task SendAsync(string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next frame of this op, which others may have overtaken; none may be <paramref name="never"/>.</summary>
    public async Task<JsonNode> NextAsync(string op, string? never = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var known = _frames.Find(frame => (string)frame["op"]! == op);
            if (known is not null)
            {
                _ = _frames.Remove(known);
                return known;
            }

            _frames.Add(await ReceiveAsync(patience.Token));
            Assert.NotEqual(never, (string)_frames[^1]["op"]!);
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += part.Count;
        }
        while (!part.EndOfMessage);

        Assert.Equal(WebSocketMessageType.Text, part.MessageType);
        return JsonNode.Parse(_buffer.AsSpan(0, length))!;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

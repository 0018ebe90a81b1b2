using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Madang.Tests.Unit.Notifications.Channels;

/// <summary>A frame of RFC 9113 §4.1.</summary>
internal sealed record Http2Frame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Goaway = 7;

    /// <summary>The last frame of a request with a body.</summary>
    public bool IsEndOfRequest => Type == Data && (Flags & 1) != 0;
}

/// <summary>A server that writes the frames it is told to, for what no well-behaved one does. Each connection is played by its script, in order.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly Task _serving;

    public RawHttp2(params Func<RawHttp2Line, Task>[] scripts)
    {
        _listener.Start();
        _serving = ServeAsync(scripts);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Connections that came.</summary>
    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await _serving;
    }

    private async Task ServeAsync(Func<RawHttp2Line, Task>[] scripts)
    {
        var playing = new List<Task>();
        try
        {
            foreach (var script in scripts)
            {
                var socket = await _listener.AcceptSocketAsync();
                Connections++;
                _sockets.Add(socket);
                playing.Add(PlayAsync(socket, script));
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }

        await Task.WhenAll(playing);
    }

    private static async Task PlayAsync(Socket socket, Func<RawHttp2Line, Task> script)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.ReadExactlyAsync(new byte[24]); // the client's preface
            var line = new RawHttp2Line(stream);
            await line.WriteAsync(new Http2Frame(Http2Frame.Settings, 0, 0, []));
            await script(line);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }
}

internal sealed class RawHttp2Line(NetworkStream stream)
{
    /// <summary>Null when the client has closed the connection.</summary>
    public async Task<Http2Frame?> ReadAsync()
    {
        var head = new byte[9];
        if (await stream.ReadAtLeastAsync(head, 9, throwOnEndOfStream: false) < 9)
        {
            return null;
        }

        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await stream.ReadExactlyAsync(payload);
        return new Http2Frame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue, payload);
    }

    /// <summary>Its stream; 0 when the client has closed the connection.</summary>
    public async Task<int> ReadRequestAsync()
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.IsEndOfRequest)
            {
                return frame.Stream;
            }
        }

        return 0;
    }

    public async Task WriteAsync(Http2Frame frame)
    {
        var bytes = new byte[9 + frame.Payload.Length];
        bytes[0] = (byte)(frame.Payload.Length >> 16);
        bytes[1] = (byte)(frame.Payload.Length >> 8);
        bytes[2] = (byte)frame.Payload.Length;
        (bytes[3], bytes[4]) = (frame.Type, frame.Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), frame.Stream);
        frame.Payload.CopyTo(bytes, 9);
        await stream.WriteAsync(bytes);
    }

    /// <summary><c>:status 200</c> is entry 8 of HPACK's static table; the stream ends with it.</summary>
    public Task OkAsync(int on) => WriteAsync(new Http2Frame(Http2Frame.Headers, 0x5, on, [0x88]));

    public Task GoawayAsync(int lastStream)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        return WriteAsync(new Http2Frame(Http2Frame.Goaway, 0, 0, [.. payload, .. "{\"reason\":\"IdleTimeout\"}"u8]));
    }

    public Task ResetAsync(int on, int code)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, code);
        return WriteAsync(new Http2Frame(Http2Frame.Reset, 0, on, payload));
    }
}

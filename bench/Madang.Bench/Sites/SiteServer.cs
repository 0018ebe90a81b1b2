using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Serves a generated internet over HTTP/1.1 on every loopback address at once. Plain sockets and one send an answer: a page costs a few
/// microseconds of the processors that it shares with the crawler.
/// </summary>
internal sealed class SiteServer : IAsyncDisposable
{
    /// <summary>Asked under this path, any host answers about the server itself, and nothing is logged.</summary>
    public const string Control = "/__";

    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<(uint Address, int Port), int> _byAddress = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly TaskCompletionSource _quit = new();
    private int _connections;

    private SiteServer(IReadOnlyList<int> ports, Func<IReadOnlyList<int>, IWeb> make)
    {
        foreach (var port in ports)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen(4096);
            _listeners.Add(listener);
        }

        Ports = [.. _listeners.Select(listener => ((IPEndPoint)listener.LocalEndPoint!).Port)];
        Web = make(Ports);
        foreach (var host in Web.Hosts)
        {
            _byAddress.TryAdd((Number(host.Address), host.Port), host.Index);
            _byName.TryAdd($"{host.Name}:{host.Port}", host.Index);
        }

        _accepting.AddRange(_listeners.Select(AcceptAsync));
    }

    public IReadOnlyList<int> Ports { get; }

    public IWeb Web { get; }

    public RequestLog Log { get; } = new();

    /// <summary>Connections that were opened so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Ends when somebody asked the server to end.</summary>
    public Task Quit => _quit.Task;

    /// <param name="ports">0 for any that is free.</param>
    /// <param name="make">Is told the ports that were bound.</param>
    public static SiteServer Start(IReadOnlyList<int> ports, Func<IReadOnlyList<int>, IWeb> make) => new(ports, make);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listeners.ForEach(listener => listener.Dispose());
        await Task.WhenAll(_accepting);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                _ = WelcomeAsync(socket, port, Interlocked.Increment(ref _connections));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a visitor who left before being let in.
            }
        }
    }

    private async Task WelcomeAsync(Socket socket, int port, int connection)
    {
        using var stop = _stopping.Token.Register(static s => ((Socket)s!).Dispose(), socket);
        using var _ = socket;
        try
        {
            socket.NoDelay = true;
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            await TalkAsync(socket, _byAddress.GetValueOrDefault((Number(address), port), -1), connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The visitor is gone: kill -9 looks like this from here.
        }
    }

    private async Task TalkAsync(Socket socket, int hostOfAddress, int connection)
    {
        var buffer = new byte[4096];
        var request = new SiteRequest();
        for (var have = 0; ;)
        {
            int head;
            while ((head = request.Read(buffer, have)) == 0)
            {
                if (have == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 4);
                }

                var read = await socket.ReceiveAsync(buffer.AsMemory(have));
                if (read == 0 || buffer.Length > 1 << 20)
                {
                    return;
                }

                have += read;
            }

            request.Host = HostOf(request, hostOfAddress);
            if (!await AnswerAsync(socket, request, connection))
            {
                return;
            }

            buffer.AsSpan(head..have).CopyTo(buffer);
            have -= head;
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> AnswerAsync(Socket socket, SiteRequest request, int connection)
    {
        using var reply = new Reply();
        if (request.Target.StartsWith("/__"u8))
        {
            Administer(request, reply);
            await SendAsync(socket, reply.Finish(request));
            return request.KeepAlive;
        }

        var ended = 0L;
        var ticket = Log.Arrive(connection, request.Host, request.Target);
        try
        {
            if (request.Host < 0)
            {
                reply.NotFound();
            }
            else
            {
                Web.Answer(request, reply);
            }

            if (reply.Delay > TimeSpan.Zero)
            {
                await Task.Delay(reply.Delay, _stopping.Token);
            }

            if (reply.Takeover is { } takeover)
            {
                await takeover(socket, _stopping.Token);
                return false;
            }

            // Before the send: once it has begun, the visitor may have everything sooner than this thread runs on.
            var bytes = reply.Finish(request);
            Enter(ended = Stopwatch.GetTimestamp());
            await SendAsync(socket, bytes);
            return request.KeepAlive && !reply.Close;
        }
        finally
        {
            if (ended == 0)
            {
                Enter(Stopwatch.GetTimestamp());
            }
        }

        void Enter(long at) => Log.Sent(ticket, at, reply.Status, reply.BodyLength, (int)reply.RetryAfter.TotalMilliseconds);
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private void Administer(SiteRequest request, Reply reply)
    {
        reply.ContentType = "text/plain; charset=utf-8";
        switch (Encoding.ASCII.GetString(request.Target))
        {
            case Control + "log":
                foreach (var line in Log.Read())
                {
                    reply.Write(line.ToString()).Write("\n"u8);
                }

                break;
            case Control + "count": reply.Write(Log.Count); break;
            case Control + "clear": Log.Clear(); break;
            case Control + "cpu": reply.Write(Environment.CpuUsage.TotalTime.TotalSeconds.ToString(CultureInfo.InvariantCulture)); break;
            case Control + "quit": _quit.TrySetResult(); break;
            default: reply.NotFound(); break;
        }
    }

    // An address tells its host at once; only a name has to be looked up.
    private int HostOf(SiteRequest request, int hostOfAddress) =>
        request.HostHeader is [>= (byte)'0' and <= (byte)'9', ..] or [] ? hostOfAddress
        : _byName.GetValueOrDefault(Encoding.ASCII.GetString(request.HostHeader), -1);

    private static uint Number(IPAddress address) => BitConverter.ToUInt32(address.GetAddressBytes());
}

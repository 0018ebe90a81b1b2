using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Madang.Tests;

/// <summary>A server on a real socket that says byte for byte what the test tells it to.</summary>
internal sealed class RawSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<RawSite, RawLine, string, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _loop;
    private int _connections;

    public RawSite(Func<RawSite, RawLine, string, Task> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>Says the same bytes to every request.</summary>
    public RawSite(byte[] answer) : this((_, stream, _) => stream.WriteAsync(answer).AsTask())
    {
    }

    public RawSite(string answer) : this(Encoding.Latin1.GetBytes(answer))
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    public int Connections => Volatile.Read(ref _connections);

    public ConcurrentQueue<string> Requests { get; } = new();

    public static byte[] Whole(byte[] body, params string[] headers) =>
        [.. Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{string.Concat(headers.Select(line => line + "\r\n"))}\r\n"), .. body];

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _loop;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_over.Token);
                Interlocked.Increment(ref _connections);
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static bool IsWhole(string request)
    {
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return false;
        }

        var length = request.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return length < 0 || length > head || request.Length - head - 4 >= int.Parse(request.AsSpan(length + 16, request.IndexOf('\r', length) - length - 16), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var safe = new SslStream(stream);
                await safe.AuthenticateAsServerAsync(_certificate);
                stream = safe;
            }

            var line = new RawLine(stream, client.Client);
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (true)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(length), _over.Token);
                if (count == 0)
                {
                    return;
                }

                length += count;
                var text = Encoding.Latin1.GetString(buffer, 0, length);
                if (IsWhole(text))
                {
                    length = 0;
                    Requests.Enqueue(text);
                    await _answer(this, line, text);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The client went away, as clients do.
        }
        finally
        {
            client.Dispose();
        }
    }
}

/// <summary>The server's end of one connection.</summary>
internal sealed record RawLine(Stream Stream, Socket Socket)
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => Stream.WriteAsync(bytes);
}

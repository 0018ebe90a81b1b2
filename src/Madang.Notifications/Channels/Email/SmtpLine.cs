using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>The line broke, or what came over it is no SMTP.</summary>
internal sealed class SmtpLineException(string fault, string? detail = null, Exception? inner = null) : Exception(detail ?? fault, inner)
{
    public string Fault { get; } = fault;
}

/// <summary>Bytes to and from one server, each step with its own patience. What arrives is bounded: 2,000 bytes a line, 100 lines a reply.</summary>
internal sealed class SmtpLine(Socket socket, Stream stream, TimeProvider time) : IAsyncDisposable
{
    private const int MaxLine = 2_000;
    private const int MaxLines = 100;
    private readonly byte[] _buffer = new byte[MaxLine];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    /// <summary>Silent as an idle line has to be: whatever waits to be read on it is a goodbye.</summary>
    public bool IsQuiet => _start == _end && !socket.Poll(0, SelectMode.SelectRead);

    /// <exception cref="SmtpLineException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<SmtpLine> ConnectAsync(string host, int port, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = new Patience(patience, time, cancellationToken);
            await limit.RunAsync(token => socket.ConnectAsync(host, port, token).AsTask(), "connect_timeout", "connect_failed");
            return new SmtpLine(socket, new NetworkStream(socket, ownsSocket: true), time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="SmtpLineException"><c>tls_failed</c> when the certificate or the handshake is not acceptable.</exception>
    public async Task SecureAsync(SslClientAuthenticationOptions options, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_start != _end)
        {
            // Said before the line was safe, to be believed after (CVE-2011-0411).
            throw new SmtpLineException("tls_failed", "The server, or somebody before it, sent more than its reply to STARTTLS.");
        }

        var secured = new SslStream(_stream);
        _stream = secured;
        using var limit = new Patience(patience, time, cancellationToken);
        try
        {
            await limit.RunAsync(token => secured.AuthenticateAsClientAsync(options, token), "connect_timeout", "connection_lost");
        }
        catch (AuthenticationException fault)
        {
            throw new SmtpLineException("tls_failed", fault.Message, fault);
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new Patience(patience, time, cancellationToken);
        await limit.RunAsync(
            async token =>
            {
                await _stream.WriteAsync(bytes, token);
                await _stream.FlushAsync(token);
            },
            "timeout", "connection_lost");
    }

    public async Task<SmtpReply> ReadAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new Patience(patience, time, cancellationToken);
        SmtpReply? reply = null;
        await limit.RunAsync(async token => reply = await ReadAsync(token), "timeout", "connection_lost");
        return reply!.Value;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<SmtpReply> ReadAsync(CancellationToken token)
    {
        var text = new StringBuilder();
        for (var lines = 0; lines < MaxLines; lines++)
        {
            var line = await ReadLineAsync(token);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code) || code is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')))
            {
                throw new SmtpLineException("protocol_error", "That is no reply of SMTP.");
            }

            // Each line repeats the enhanced code; only the first keeps it.
            var words = line.Length > 4 ? line[4..] : "";
            text.Append(text.Length > 0 ? "\n" + SmtpReply.Of(code, words).Text : words);
            if (line.Length == 3 || line[3] == ' ')
            {
                return SmtpReply.Of(code, text.ToString());
            }
        }

        throw new SmtpLineException("protocol_error", "The reply does not end.");
    }

    private async Task<string> ReadLineAsync(CancellationToken token)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, at).TrimEnd('\r');
                _start += at + 1;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length)
            {
                throw new SmtpLineException("protocol_error", "The reply's line does not end.");
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), token);
            if (read == 0)
            {
                throw new SmtpLineException("connection_lost");
            }

            _end += read;
        }
    }

    /// <summary>One step's time, apart from the caller's wish to stop.</summary>
    private sealed class Patience : IDisposable
    {
        private readonly CancellationTokenSource _limit;
        private readonly CancellationTokenSource _either;
        private readonly CancellationToken _caller;

        public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
        {
            _limit = new CancellationTokenSource(limit, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, caller);
            _caller = caller;
        }

        public async Task RunAsync(Func<CancellationToken, Task> step, string late, string broken)
        {
            try
            {
                await step(_either.Token);
            }
            catch (OperationCanceledException fault) when (!_caller.IsCancellationRequested)
            {
                throw new SmtpLineException(late, null, fault);
            }
            catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException)
            {
                throw new SmtpLineException(broken, fault.Message, fault);
            }
        }

        public void Dispose()
        {
            _either.Dispose();
            _limit.Dispose();
        }
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Feeding;

/// <summary>One kept-alive HTTP/1.1 connection, one request at a time, without a client library in the way of the measurement.</summary>
internal sealed class HttpLine : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly TcpClient _client = new() { NoDelay = true };
    private byte[] _buffer = new byte[128 * 1024];
    private NetworkStream _stream = null!;
    private string _host = "";

    /// <summary>The last answer's body, until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    public static async Task<HttpLine> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var line = new HttpLine { _host = server.Authority };
        await line._client.ConnectAsync(server.Host, server.Port, cancellationToken);
        line._stream = line._client.GetStream();
        return line;
    }

    public byte[] Get(string path, string token) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\nAuthorization: Bearer {token}\r\n\r\n");

    public byte[] Post(string path, string token, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = string.Create(
            CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. bytes];
    }

    /// <summary>Sends it and reads the whole answer; its status.</summary>
    public async ValueTask<int> AskAsync(byte[] request, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(request, cancellationToken);
        var (read, head) = (0, -1);
        while (head < 0)
        {
            read += await ReadAsync(read, cancellationToken);
            head = _buffer.AsSpan(0, read).IndexOf(EndOfHead);
        }

        var text = Encoding.ASCII.GetString(_buffer, 0, head);
        var start = head + EndOfHead.Length;
        var length = Length(text);
        if (start + length > _buffer.Length)
        {
            Array.Resize(ref _buffer, start + length);
        }

        while (read < start + length)
        {
            read += await ReadAsync(read, cancellationToken);
        }

        Body = _buffer.AsMemory(start, length);
        return int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask<int> ReadAsync(int at, CancellationToken cancellationToken) =>
        await _stream.ReadAsync(_buffer.AsMemory(at), cancellationToken) is > 0 and var count ? count : throw new EndOfStreamException("The server hung up.");

    private static int Length(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            throw new InvalidDataException($"An answer without a length: {head}");
        }

        var digits = head.AsSpan(at + Name.Length);
        var end = digits.IndexOf('\r');
        return int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}

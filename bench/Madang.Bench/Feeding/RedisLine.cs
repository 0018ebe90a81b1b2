using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Feeding;

/// <summary>
/// One connection to Redis, commands written as bytes and many of them under way at once: as little of a client as a client can be, so that the comparison
/// is with the server and not with somebody's library.
/// </summary>
internal sealed class RedisLine : IDisposable
{
    private const int PipelineBytes = 64 * 1024;

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _out = new byte[PipelineBytes + 32 * 1024];
    private readonly byte[] _in = new byte[256 * 1024];
    private NetworkStream _stream = null!;
    private int _length;
    private int _waiting;

    public static async Task<RedisLine> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var line = new RedisLine();
        await line._client.ConnectAsync("127.0.0.1", port, cancellationToken);
        line._stream = line._client.GetStream();
        return line;
    }

    public bool IsFull => _length >= PipelineBytes;

    /// <summary>Adds a command that answers one line; its arguments follow by <see cref="Add(ReadOnlySpan{byte})"/> and the others.</summary>
    public void Begin(int arguments)
    {
        _waiting++;
        _out[_length++] = (byte)'*';
        Number(arguments);
        End();
    }

    public void Add(ReadOnlySpan<byte> argument)
    {
        _out[_length++] = (byte)'$';
        Number(argument.Length);
        End();
        argument.CopyTo(_out.AsSpan(_length));
        _length += argument.Length;
        End();
    }

    public void Add(long argument)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(argument, digits, out var written);
        Add(digits[..written]);
    }

    /// <summary><c>feed:home:ID</c>.</summary>
    public void AddFeed(int reader)
    {
        Span<byte> key = stackalloc byte[32];
        "feed:home:"u8.CopyTo(key);
        _ = Utf8Formatter.TryFormat(reader, key[10..], out var written);
        Add(key[..(10 + written)]);
    }

    /// <summary>Sends what was added and waits for all its answers, a line each.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_out.AsMemory(0, _length), cancellationToken);
        _length = 0;
        while (_waiting > 0)
        {
            var read = await _stream.ReadAsync(_in, cancellationToken);
            if (read == 0 || _in[0] == '-')
            {
                throw new InvalidOperationException($"Redis answered: {Encoding.ASCII.GetString(_in, 0, read)}");
            }

            _waiting -= _in.AsSpan(0, read).Count((byte)'\n');
        }
    }

    /// <summary>Sends one command whose answer is an array of texts; how many.</summary>
    public async Task<int> AskListAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_out.AsMemory(0, _length), cancellationToken);
        (_length, _waiting) = (0, 0);
        var (read, lines, wanted) = (0, 0, 1);
        while (lines < wanted)
        {
            var more = await _stream.ReadAsync(_in.AsMemory(read), cancellationToken);
            lines += _in.AsSpan(read, more).Count((byte)'\n');
            read += more;
            // *20 and two lines each.
            wanted = _in[0] == '*' && lines > 0 ? 1 + (2 * Count()) : wanted;
        }

        return Count();
    }

    /// <summary>A number of INFO.</summary>
    public async Task<long> InfoAsync(string section, string name, CancellationToken cancellationToken)
    {
        Begin(2);
        Add("INFO"u8);
        Add(Encoding.ASCII.GetBytes(section));
        await _stream.WriteAsync(_out.AsMemory(0, _length), cancellationToken);
        (_length, _waiting) = (0, 0);
        var text = new StringBuilder();
        int total;
        do
        {
            var read = await _stream.ReadAsync(_in, cancellationToken);
            text.Append(Encoding.ASCII.GetString(_in, 0, read));
            var head = text.ToString();
            var end = head.IndexOf("\r\n", StringComparison.Ordinal);
            total = end + 4 + int.Parse(head.AsSpan(1, end - 1), CultureInfo.InvariantCulture);
        }
        while (text.Length < total);
        var found = text.ToString().Split("\r\n").First(part => part.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    public void Dispose() => _client.Dispose();

    private int Count()
    {
        _ = Utf8Parser.TryParse(_in.AsSpan(1), out int count, out _);
        return count;
    }

    private void Number(int number)
    {
        _ = Utf8Formatter.TryFormat(number, _out.AsSpan(_length), out var written);
        _length += written;
    }

    private void End()
    {
        _out[_length++] = (byte)'\r';
        _out[_length++] = (byte)'\n';
    }
}

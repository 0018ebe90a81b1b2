using System.Buffers.Text;

namespace Madang.Bench.Sites;

/// <summary>A request head, read in place out of the connection's buffer: it is valid until the next one is read.</summary>
internal sealed class SiteRequest
{
    private byte[] _buffer = [];
    private Range _method;
    private Range _target;
    private Range _host;
    private Range _noneMatch;
    private Range _modifiedSince;
    private Range _encodings;
    private Range _agent;

    /// <summary>Which of the web's hosts is asked.</summary>
    public int Host { get; set; }

    public bool KeepAlive { get; private set; }

    public ReadOnlySpan<byte> Method => _buffer.AsSpan(_method);

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Target => _buffer.AsSpan(_target);

    /// <summary>The Host header; empty without one.</summary>
    public ReadOnlySpan<byte> HostHeader => _buffer.AsSpan(_host);

    public ReadOnlySpan<byte> IfNoneMatch => _buffer.AsSpan(_noneMatch);

    public ReadOnlySpan<byte> IfModifiedSince => _buffer.AsSpan(_modifiedSince);

    public ReadOnlySpan<byte> AcceptEncoding => _buffer.AsSpan(_encodings);

    public ReadOnlySpan<byte> UserAgent => _buffer.AsSpan(_agent);

    public bool IsHead => Method.SequenceEqual("HEAD"u8);

    /// <summary>The length of the head that <paramref name="buffer"/> begins with; 0 while its end has not come.</summary>
    public int Read(byte[] buffer, int length)
    {
        var head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }

        _buffer = buffer;
        _host = _noneMatch = _modifiedSince = _encodings = _agent = default;
        KeepAlive = true;
        var line = buffer.AsSpan(0, head).IndexOf("\r\n"u8);
        ReadFirstLine(line < 0 ? head : line);
        while (line >= 0 && line < head)
        {
            var start = line + 2;
            var next = buffer.AsSpan(start, head - start).IndexOf("\r\n"u8);
            var end = next < 0 ? head : start + next;
            ReadHeader(start, end);
            line = next < 0 ? -1 : end;
        }

        return head + 4;
    }

    /// <summary>The number that ends the target; −1 when it does not end in one.</summary>
    public static int TrailingNumber(ReadOnlySpan<byte> target)
    {
        var start = target.Length;
        while (start > 0 && target[start - 1] is >= (byte)'0' and <= (byte)'9')
        {
            start--;
        }

        return Utf8Parser.TryParse(target[start..], out int number, out var used) && used == target.Length - start ? number : -1;
    }

    private void ReadFirstLine(int end)
    {
        var line = _buffer.AsSpan(0, end);
        var first = Math.Max(0, line.IndexOf((byte)' '));
        var last = Math.Max(first, line.LastIndexOf((byte)' '));
        _method = 0..first;
        _target = Math.Min(first + 1, last)..last;
        KeepAlive = line.EndsWith("1.1"u8);
    }

    private void ReadHeader(int start, int end)
    {
        var line = _buffer.AsSpan(start, end - start);
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        var value = start + colon + 1;
        while (value < end && _buffer[value] == ' ')
        {
            value++;
        }

        var range = value..end;
        switch (colon)
        {
            case 4 when Is(line, "host"u8): _host = range; break;
            case 10 when Is(line, "connection"u8): KeepAlive = !_buffer.AsSpan(range).StartsWith("close"u8); break;
            case 10 when Is(line, "user-agent"u8): _agent = range; break;
            case 13 when Is(line, "if-none-match"u8): _noneMatch = range; break;
            case 15 when Is(line, "accept-encoding"u8): _encodings = range; break;
            case 17 when Is(line, "if-modified-since"u8): _modifiedSince = range; break;
        }
    }

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name);
}

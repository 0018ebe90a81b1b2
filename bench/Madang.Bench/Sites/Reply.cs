using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// An answer under construction: the body is written first, the head is then put right before it, and both leave in one send.
/// Rented for one answer, given back by <see cref="Dispose"/>.
/// </summary>
internal sealed class Reply : IDisposable
{
    private const int HeadRoom = 4096;

    private readonly StringBuilder _headers = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    private int _end = HeadRoom;

    public int Status { get; set; } = 200;

    public string ContentType { get; set; } = "text/html; charset=utf-8";

    /// <summary>Passes before the first byte of the answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>What Retry-After says, for the books of the log.</summary>
    public TimeSpan RetryAfter { get; private set; }

    public bool Close { get; set; }

    /// <summary>Takes the connection over in place of the answer, which then counts for nothing; the connection ends with it.</summary>
    public Func<Socket, CancellationToken, Task>? Takeover { get; set; }

    public int BodyLength => _end - HeadRoom;

    public ReadOnlySpan<byte> Body => _buffer.AsSpan(HeadRoom.._end);

    public Reply Write(ReadOnlySpan<byte> utf8)
    {
        if (_buffer.Length - _end < utf8.Length)
        {
            Grow(utf8.Length);
        }

        utf8.CopyTo(_buffer.AsSpan(_end));
        _end += utf8.Length;
        return this;
    }

    public Reply Write(string text)
    {
        if (_buffer.Length - _end < text.Length * 3)
        {
            Grow(text.Length * 3);
        }

        _end += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_end));
        return this;
    }

    public Reply Write(long number)
    {
        if (_buffer.Length - _end < 20)
        {
            Grow(20);
        }

        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_end), out var written);
        _end += written;
        return this;
    }

    public Reply Header(string name, string value)
    {
        _headers.Append(name).Append(": ").Append(value).Append("\r\n");
        return this;
    }

    public Reply Empty(int status)
    {
        _end = HeadRoom;
        Status = status;
        return this;
    }

    public Reply Redirect(int status, string location) => Empty(status).Header("Location", location);

    public Reply Later(int status, TimeSpan after)
    {
        RetryAfter = after;
        return Empty(status).Header("Retry-After", ((int)after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public Reply NotFound()
    {
        Empty(404).Write("<!DOCTYPE html><title>Not found</title><p>There is no such page."u8);
        return this;
    }

    /// <summary>Answers 304 when the visitor has this version already, and marks the answer with it otherwise.</summary>
    public bool IsKnown(SiteRequest request, string etag)
    {
        Header("ETag", etag);
        if (!request.IfNoneMatch.IsEmpty && request.IfNoneMatch.IndexOf(Encoding.ASCII.GetBytes(etag)) >= 0)
        {
            Empty(304);
            return true;
        }

        return false;
    }

    /// <summary>Head and body as they go out.</summary>
    public ReadOnlyMemory<byte> Finish(SiteRequest request)
    {
        var head = new HeadText(stackalloc byte[1024]);
        head.Add("HTTP/1.1 "u8).Add(Status).Add(Status switch { 200 => " OK\r\n"u8, 304 => " Not Modified\r\n"u8, _ => " -\r\n"u8 });
        head.Add("Server: sites\r\n"u8);
        if (Status != 304)
        {
            head.Add("Content-Type: "u8).Add(ContentType).Add("\r\nContent-Length: "u8).Add(BodyLength).Add("\r\n"u8);
        }

        if (_headers.Length > 0)
        {
            foreach (var chunk in _headers.GetChunks())
            {
                head.Add(chunk.Span);
            }
        }

        head.Add(Close || !request.KeepAlive ? "Connection: close\r\n\r\n"u8 : "\r\n"u8);
        var start = HeadRoom - head.Length;
        head.Text.CopyTo(_buffer.AsSpan(start));
        return _buffer.AsMemory(start..(request.IsHead ? HeadRoom : _end));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Grow(int by)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + by));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private ref struct HeadText(Span<byte> start)
    {
        private Span<byte> _text = start;

        public int Length { get; private set; }

        public readonly ReadOnlySpan<byte> Text => _text[..Length];

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref HeadText Add(ReadOnlySpan<byte> ascii)
        {
            Reserve(ascii.Length);
            ascii.CopyTo(_text[Length..]);
            Length += ascii.Length;
            return ref this;
        }

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref HeadText Add(ReadOnlySpan<char> text)
        {
            Reserve(text.Length * 3);
            Length += Encoding.UTF8.GetBytes(text, _text[Length..]);
            return ref this;
        }

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ref HeadText Add(int number)
        {
            Reserve(11);
            Utf8Formatter.TryFormat(number, _text[Length..], out var written);
            Length += written;
            return ref this;
        }

        private void Reserve(int more)
        {
            if (_text.Length - Length < more)
            {
                Span<byte> larger = new byte[HeadRoom];
                _text[..Length].CopyTo(larger);
                _text = larger;
            }
        }
    }
}

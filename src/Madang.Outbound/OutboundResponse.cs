using System.Net;
using System.Text;
using Madang.Outbound.Transfer;

namespace Madang.Outbound;

/// <summary>
/// An answer, or the fault that came instead. With a fault the status and headers may be there, the bodies are empty. The memory belongs to the response and
/// goes back to the pool when it is disposed.
/// </summary>
public sealed class OutboundResponse : IDisposable
{
    private readonly PooledBytes _head = new();
    private PooledBytes? _wire;
    private PooledBytes? _decoded;

    /// <summary>The URL that answered, after redirects.</summary>
    public required string Url { get; set; }

    /// <summary>0 when there was no answer.</summary>
    public int Status { get; internal set; }

    public Version Version { get; internal set; } = HttpVersion.Unknown;

    /// <summary>The address that answered. Null when nothing was connected, and over HTTP/2 where a connection is shared.</summary>
    public IPAddress? Address { get; internal set; }

    /// <summary>How long its connection took, name and TLS apart; null when the request found one open.</summary>
    public TimeSpan? ConnectTime { get; internal set; }

    /// <summary>Redirects that were followed.</summary>
    public int Redirects { get; internal set; }

    /// <summary>One of <see cref="OutboundFaults"/>; null when the answer is whole.</summary>
    public string? Fault { get; internal set; }

    /// <summary>What happened in words, for a log.</summary>
    public string? Detail { get; internal set; }

    /// <summary>
    /// Status line and header lines as text (Latin-1, CR LF, an empty line at the end), as WARC keeps them; put together from what was parsed, so that folded
    /// lines and spaces around values are gone.
    /// </summary>
    public ReadOnlyMemory<byte> Head => _head.Memory;

    /// <summary>The body without transfer coding, still in its content encoding.</summary>
    public ReadOnlyMemory<byte> WireBody => _wire?.Memory ?? default;

    /// <summary>The body decoded; the same memory as <see cref="WireBody"/> when it was not encoded.</summary>
    public ReadOnlyMemory<byte> Body => _decoded?.Memory ?? WireBody;

    /// <summary>Bytes of the body that were read, also when they were thrown away.</summary>
    public long WireBytes { get; internal set; }

    /// <summary>The request did not accept it: no body was read.</summary>
    public bool IsSkipped { get; internal set; }

    /// <summary>The body goes on beyond the limit of the request.</summary>
    public bool IsCut { get; internal set; }

    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>From the start to the headers of the last answer.</summary>
    public TimeSpan ToHeaders { get; internal set; }

    public TimeSpan Total { get; internal set; }

    public string? ContentType => Header("content-type");

    public string? Location => Header("location");

    public string? ETag => Header("etag");

    public string? LastModified => Header("last-modified");

    public string? RetryAfter => Header("retry-after");

    public string? ContentEncoding => Header("content-encoding");

    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308;

    /// <summary>The first value of a header as text; null when it is not there.</summary>
    /// <param name="name">Lower case.</param>
    public string? Header(string name) => TryHeader(name, 0, out var value, out _) ? Encoding.Latin1.GetString(value) : null;

    /// <summary>Every value of a header, in order.</summary>
    /// <param name="name">Lower case.</param>
    public IReadOnlyList<string> HeaderValues(string name)
    {
        List<string>? values = null;
        for (var at = 0; TryHeader(name, at, out var value, out at);)
        {
            (values ??= []).Add(Encoding.Latin1.GetString(value));
        }

        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The next value of a header without a copy.</summary>
    /// <param name="name">Lower case.</param>
    /// <param name="from">0, or where the last one ended.</param>
    public bool TryHeader(ReadOnlySpan<char> name, int from, out ReadOnlySpan<byte> value, out int end)
    {
        var head = _head.Memory.Span;
        end = head.Length;
        value = default;
        var at = from == 0 ? head.IndexOf((byte)'\n') + 1 : from;
        while (at < head.Length)
        {
            var line = head[at..];
            var length = line.IndexOf((byte)'\n');
            line = line[..length];
            at += length + 1;
            if (line.Length > name.Length + 2 && line[name.Length] == ':' && IsName(line[..name.Length], name))
            {
                value = line[(name.Length + 2)..^1];
                end = at;
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _head.Dispose();
        _wire?.Dispose();
        _decoded?.Dispose();
        _wire = _decoded = null;
    }

    internal PooledBytes HeadBytes => _head;

    internal void Keep(PooledBytes? wire, PooledBytes? decoded)
    {
        if (!ReferenceEquals(_wire, wire))
        {
            _wire?.Dispose();
        }

        _decoded?.Dispose();
        (_wire, _decoded) = (wire, decoded);
    }

    internal OutboundResponse Failed(string fault, string detail)
    {
        Keep(null, null);
        (Fault, Detail) = (fault, detail);
        return this;
    }

    private static bool IsName(ReadOnlySpan<byte> line, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            var letter = line[i];
            if ((letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter) != name[i])
            {
                return false;
            }
        }

        return true;
    }
}

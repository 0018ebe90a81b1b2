using System.Net;

namespace Madang.Crawler.Archive;

/// <summary>One visit, as it is archived: a response (or a revisit), its request, and what else is worth keeping. Only borrowed until the records are built.</summary>
internal readonly ref struct WarcExchange
{
    /// <summary>Absolute and normalised, UTF-8.</summary>
    public required ReadOnlySpan<byte> Url { get; init; }

    /// <summary>When the request went out.</summary>
    public required DateTimeOffset At { get; init; }

    public IPAddress? Address { get; init; }

    /// <summary>Header lines of the request besides Host, each with its CR LF. Empty leaves the request out.</summary>
    public ReadOnlySpan<byte> RequestLines { get; init; }

    /// <summary>Status line, header lines and the empty line.</summary>
    public required ReadOnlySpan<byte> Head { get; init; }

    /// <summary>Without transfer coding, still in its content encoding.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    public WarcTruncation Truncated { get; init; }

    /// <summary>The SHA-256 of <see cref="Body"/> where the caller has it already (32 bytes); else it is computed.</summary>
    public ReadOnlySpan<byte> BodyHash { get; init; }

    /// <summary>What the body was found to be: <c>text/html</c>.</summary>
    public ReadOnlySpan<byte> IdentifiedType { get; init; }

    /// <summary>Writes a revisit record: the head stays, the body is what an earlier record holds.</summary>
    public WarcRevisit? Revisit { get; init; }

    /// <summary>Lines of <c>application/warc-fields</c> (<c>via: …</c>), each with its CR LF; empty leaves the metadata record out.</summary>
    public ReadOnlySpan<byte> Metadata { get; init; }
}

/// <summary>Which record a revisit repeats (WARC 1.1 §6.7).</summary>
/// <param name="IsNotModified">The server said so (304); else the payload had the same digest.</param>
/// <param name="Url">The target of the record that holds the payload.</param>
/// <param name="At">And its date.</param>
internal sealed record WarcRevisit(bool IsNotModified, string Url, DateTimeOffset At);

/// <summary>Why a body is not whole (WARC 1.1 §5.13).</summary>
internal enum WarcTruncation
{
    None,
    Length,
    Time,
    Disconnect,
    Unspecified,
}

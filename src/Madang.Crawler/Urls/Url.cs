using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>
/// A URL record (url.spec.whatwg.org §4): one UTF-8 buffer that holds the serialised URL, and the offsets of its parts. It is mutable and made to be used again: parsing
/// into a used one allocates nothing. Not for several threads at once.
/// </summary>
/// <remarks>
/// <code>
/// https://user:pass@example.com:8443/a/b?c#d
///      |      |    |           |    |   | `- FragmentStart, -1 without one
///      |      |    |           |    |   `--- QueryStart, -1 without one
///      |      |    |           |    `------- PathStart
///      |      |    |           `------------ HostEnd
///      |      |    `------------------------ HostStart
///      |      `----------------------------- UserEnd
///      `------------------------------------ SchemeEnd
/// </code>
/// Two departures from the standard: an input of more than <see cref="MaxLength"/> bytes is refused, and the origin of a <c>blob:</c> URL is not looked up.
/// </remarks>
public sealed class Url
{
    /// <summary>The longest input that is parsed, in bytes.</summary>
    public const int MaxLength = 65_536;

    internal byte[] Buffer = [];
    internal int Length;
    internal int SchemeEnd;
    internal int UserEnd;
    internal int HostStart;
    internal int HostEnd;
    internal int PathStart;
    internal int QueryStart = -1;
    internal int FragmentStart = -1;
    internal int WrittenPort = -1;

    private byte[] _origin = [];

    /// <summary>Whether this holds a URL. A record in which the last parse failed does not.</summary>
    public bool IsValid => Length > 0;

    public UrlScheme Kind { get; internal set; }

    /// <summary>Whether the host is present; <c>file:</c> has one that may be empty.</summary>
    public bool HasHost { get; internal set; }

    public HostKind HostKind { get; internal set; }

    /// <summary>Whether the path is one opaque string, as in <c>mailto:a@b.example</c>.</summary>
    public bool HasOpaquePath { get; internal set; }

    public bool HasQuery => QueryStart >= 0;

    public bool HasFragment => FragmentStart >= 0;

    public bool HasCredentials => HasHost && HostStart > SchemeEnd + 3;

    /// <summary>The serialised URL.</summary>
    public ReadOnlySpan<byte> Href => Buffer.AsSpan(0, Length);

    /// <summary>The scheme without its colon.</summary>
    public ReadOnlySpan<byte> Scheme => Buffer.AsSpan(0, SchemeEnd);

    public ReadOnlySpan<byte> Username => HasCredentials ? Buffer.AsSpan((SchemeEnd + 3)..UserEnd) : default;

    public ReadOnlySpan<byte> Password => HasCredentials && UserEnd + 1 < HostStart ? Buffer.AsSpan((UserEnd + 1)..(HostStart - 1)) : default;

    /// <summary>The host as it is serialised: a domain in lower-case ASCII, a dotted IPv4 address, an IPv6 address in brackets, or an opaque host.</summary>
    public ReadOnlySpan<byte> Host => Buffer.AsSpan(HostStart..HostEnd);

    /// <summary>Host and, unless it is the scheme's own, port: what the Host field of a request says.</summary>
    public ReadOnlySpan<byte> HostAndPort => HasHost ? Buffer.AsSpan(HostStart..PathStart) : default;

    /// <summary>The port, written or the scheme's own; -1 when the scheme has none.</summary>
    public int Port => WrittenPort >= 0 ? WrittenPort : Kind.DefaultPort();

    public ReadOnlySpan<byte> Path => Buffer.AsSpan(PathStart..PathEnd);

    /// <summary>The query without its question mark.</summary>
    public ReadOnlySpan<byte> Query => HasQuery ? Buffer.AsSpan((QueryStart + 1)..QueryEnd) : default;

    /// <summary>The fragment without its number sign.</summary>
    public ReadOnlySpan<byte> Fragment => HasFragment ? Buffer.AsSpan((FragmentStart + 1)..Length) : default;

    /// <summary>What a request line asks for and what robots rules are matched against: path and query with its question mark.</summary>
    public ReadOnlySpan<byte> PathAndQuery => Buffer.AsSpan(PathStart..QueryEnd);

    /// <summary>Scheme, host and port without credentials (§4.7), <c>null</c> for schemes that have no origin of this kind.</summary>
    public ReadOnlySpan<byte> Origin
    {
        get
        {
            if (Kind is UrlScheme.Other or UrlScheme.File)
            {
                return "null"u8;
            }

            return HasCredentials ? OriginWithoutCredentials() : Buffer.AsSpan(0, PathStart);
        }
    }

    internal int QueryEnd => FragmentStart >= 0 ? FragmentStart : Length;

    internal int PathEnd => QueryStart >= 0 ? QueryStart : QueryEnd;

    /// <summary>
    /// The basic URL parser (§4.4). Parses UTF-8 (broken sequences become U+FFFD, as decoding would) and leaves the answer in <paramref name="result"/>; false is the
    /// standard's "failure" and leaves it invalid. Never throws, whatever the bytes.
    /// </summary>
    /// <param name="queryEncoding">The encoding of the page, in which the query of http, https, ftp and file URLs is escaped; UTF-8 when null.</param>
    public static bool TryParse(ReadOnlySpan<byte> input, Url? baseUrl, Url result, Encoding? queryEncoding = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (ReferenceEquals(baseUrl, result))
        {
            throw new ArgumentException("A URL cannot be parsed into its own base.", nameof(result));
        }

        return UrlParser.Parse(input, baseUrl is { IsValid: true } ? baseUrl : null, result, queryEncoding);
    }

    /// <summary>Parses text into a new record: for set-up and tests, not for hot paths.</summary>
    public static bool TryParse(string input, Url? baseUrl, [NotNullWhen(true)] out Url? result)
    {
        result = new Url();
        if (!TryParse(Encoding.UTF8.GetBytes(input), baseUrl, result))
        {
            result = null;
        }

        return result is not null;
    }

    /// <summary>Takes over what <paramref name="other"/> holds; the buffers stay apart.</summary>
    public void CopyFrom(Url other)
    {
        EnsureCapacity(other.Length, keep: 0);
        other.Href.CopyTo(Buffer);
        (Length, SchemeEnd, UserEnd, HostStart, HostEnd, PathStart) = (other.Length, other.SchemeEnd, other.UserEnd, other.HostStart, other.HostEnd, other.PathStart);
        (QueryStart, FragmentStart, WrittenPort) = (other.QueryStart, other.FragmentStart, other.WrittenPort);
        (Kind, HasHost, HostKind, HasOpaquePath) = (other.Kind, other.HasHost, other.HostKind, other.HasOpaquePath);
    }

    public override string ToString() => Encoding.UTF8.GetString(Href);

    internal void Clear()
    {
        (Length, SchemeEnd, UserEnd, HostStart, HostEnd, PathStart) = (0, 0, 0, 0, 0, 0);
        (QueryStart, FragmentStart, WrittenPort) = (-1, -1, -1);
        (Kind, HasHost, HostKind, HasOpaquePath) = (UrlScheme.Other, false, HostKind.None, false);
    }

    internal void EnsureCapacity(int bytes, int keep)
    {
        if (Buffer.Length < bytes)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(256, bytes));
            Buffer.AsSpan(0, keep).CopyTo(larger);
            Buffer = larger;
        }
    }

    /// <summary>Cuts bytes out of path or query; <paramref name="start"/> and the parts after it move up.</summary>
    internal void Cut(int start, int count)
    {
        Buffer.AsSpan((start + count)..Length).CopyTo(Buffer.AsSpan(start));
        Length -= count;
        QueryStart -= QueryStart > start ? count : 0;
        FragmentStart -= FragmentStart > start ? count : 0;
    }

    private Span<byte> OriginWithoutCredentials()
    {
        var prefix = SchemeEnd + 3;
        var length = prefix + PathStart - HostStart;
        if (_origin.Length < length)
        {
            _origin = new byte[Buffer.Length];
        }

        Buffer.AsSpan(0, prefix).CopyTo(_origin);
        Buffer.AsSpan(HostStart..PathStart).CopyTo(_origin.AsSpan(prefix));
        return _origin.AsSpan(0, length);
    }
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Running;

/// <summary>
/// The links of one page: normalised, admitted, each once. Their text stands in one buffer, since most of them turn out to be known and never become a string. Rented and given back.
/// </summary>
internal sealed class LinkTable
{
    private const int MostKept = 64;

    /// <summary>A table that grew beyond it is not kept: sixty-four of them would hold more than all else in the crawl.</summary>
    private const int MostKeptLinks = 16_384;
    private static readonly ConcurrentBag<LinkTable> s_free = [];

    private readonly HashSet<UrlKey> _seen = [];
    private readonly List<Link> _links = [];
    private byte[] _text = new byte[8 * 1024];
    private int _length;

    private LinkTable()
    {
    }

    public int Count => _links.Count;

    public Link this[int index] => _links[index];

    /// <summary>Whether a link came with the time of its last change.</summary>
    public bool HasDates { get; private set; }

    public static LinkTable Rent() => s_free.TryTake(out var table) ? table : new LinkTable();

    public void Return()
    {
        if (_text.Length <= 1024 * 1024 && _links.Count <= MostKeptLinks && s_free.Count < MostKept)
        {
            _seen.Clear();
            _links.Clear();
            _length = 0;
            HasDates = false;
            s_free.Add(this);
        }
    }

    /// <summary>False when the page named it already.</summary>
    /// <param name="href">The whole normalised URL, which begins with its origin.</param>
    public bool Add(UrlKey key, ReadOnlySpan<byte> href, int originLength, LinkOrigin origin, DateTimeOffset? modified = null, double? priority = null, int boost = 0)
    {
        if (!_seen.Add(key))
        {
            return false;
        }

        if (_length + href.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + href.Length));
        }

        href.CopyTo(_text.AsSpan(_length));
        _links.Add(new Link(key, _length, originLength, href.Length, origin, modified?.ToUnixTimeMilliseconds() ?? 0, (float)(priority ?? double.NaN), (sbyte)boost));
        _length += href.Length;
        HasDates |= modified is not null;
        return true;
    }

    public string Origin(Link link) => Encoding.ASCII.GetString(_text, link.Start, link.OriginLength);

    /// <summary>Path and query.</summary>
    public string Path(Link link) => Encoding.ASCII.GetString(_text, link.Start + link.OriginLength, link.Length - link.OriginLength);

    /// <summary>Without its port.</summary>
    public ReadOnlySpan<byte> HostName(Link link)
    {
        var origin = _text.AsSpan(link.Start, link.OriginLength);
        var host = origin[(origin.IndexOf("://"u8) + 3)..];
        var colon = host.LastIndexOf((byte)':');
        return colon > host.LastIndexOf((byte)']') ? host[..colon] : host;
    }

    /// <summary>All keys, 16 bytes each: host, then hash, little-endian. Null without links.</summary>
    public byte[]? Keys()
    {
        if (_links.Count == 0)
        {
            return null;
        }

        var keys = new byte[_links.Count * 16];
        for (var i = 0; i < _links.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan(i * 16), _links[i].Key.Host);
            BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan((i * 16) + 8), _links[i].Key.Hash);
        }

        return keys;
    }
}

/// <summary>What named a URL.</summary>
internal enum LinkOrigin : byte
{
    Anchor,
    Redirect,
    Canonical,
    Sitemap,
    Seed,
}

/// <param name="Modified">A sitemap's lastmod or a feed's time, Unix milliseconds; 0 without.</param>
/// <param name="Priority">A sitemap's, 0 to 1; NaN without.</param>
/// <param name="Boost">Classes by the rules of the crawl.</param>
internal readonly record struct Link(UrlKey Key, int Start, int OriginLength, int Length, LinkOrigin Origin, long Modified, float Priority, sbyte Boost);

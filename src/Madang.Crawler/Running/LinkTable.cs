using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Running;

/// <summary>
/// The links of one page: normalised, admitted, each once. Their text stands in one buffer, since most of them turn out to be known and never become a string. All of it is rented,
/// some 100 bytes a link, and goes back with <see cref="Return"/>; one that is never returned is only lost to the pool.
/// </summary>
internal sealed class LinkTable
{
    private const int FirstLinks = 64;
    private const int FirstText = 4 * 1024;

    // Links by key while the page is read, open addressing: the number of a link and one, 0 where nothing stands. Keys are keyed hashes, so nobody chooses where they fall.
    private int[] _places = [];
    private int _mask;
    private Link[] _links = [];
    private byte[] _text = [];
    private int _length;

    public int Count { get; private set; }

    public Link this[int index] => _links[index];

    /// <summary>Whether a link came with the time of its last change.</summary>
    public bool HasDates { get; private set; }

    /// <summary>False when the page named it already.</summary>
    /// <param name="href">The whole normalised URL, which begins with its origin.</param>
    public bool Add(UrlKey key, ReadOnlySpan<byte> href, int originLength, LinkOrigin origin, DateTimeOffset? modified = null, double? priority = null, int boost = 0)
    {
        if (Count == _links.Length)
        {
            Widen();
        }

        ref var place = ref Place(key);
        if (place != 0)
        {
            return false;
        }

        if (_length + href.Length > _text.Length)
        {
            Grow(ref _text, _length, Math.Max(FirstText, _length + href.Length));
        }

        href.CopyTo(_text.AsSpan(_length));
        _links[Count++] = new Link(key, _length, originLength, href.Length, origin, modified?.ToUnixTimeMilliseconds() ?? 0, (float)(priority ?? double.NaN), (sbyte)boost);
        place = Count;
        _length += href.Length;
        HasDates |= modified is not null;
        return true;
    }

    /// <summary>No more links come: what told them apart is given back.</summary>
    public void Close()
    {
        if (_places.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_places);
            _places = [];
        }
    }

    /// <summary>Empties it.</summary>
    public void Return()
    {
        Close();
        Give(ref _links);
        Give(ref _text);
        (Count, _length) = (0, 0);
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
        if (Count == 0)
        {
            return null;
        }

        var keys = new byte[Count * 16];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan(i * 16), _links[i].Key.Host);
            BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan((i * 16) + 8), _links[i].Key.Hash);
        }

        return keys;
    }

    // Where the link stands, or the free place for it: half of them are free at least.
    private ref int Place(UrlKey key)
    {
        var at = (int)key.Hash & _mask;
        while (_places[at] is not 0 and var number && _links[number - 1].Key != key)
        {
            at = (at + 1) & _mask;
        }

        return ref _places[at];
    }

    private void Widen()
    {
        Grow(ref _links, Count, Math.Max(FirstLinks, Count + 1));
        Close();
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)_links.Length * 2);
        (_places, _mask) = (ArrayPool<int>.Shared.Rent(size), size - 1);
        _places.AsSpan(0, size).Clear();
        for (var i = 0; i < Count; i++)
        {
            Place(_links[i].Key) = i + 1;
        }
    }

    private static void Grow<T>(ref T[] items, int used, int least)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(items.Length * 2, least));
        items.AsSpan(0, used).CopyTo(larger);
        Give(ref items);
        items = larger;
    }

    private static void Give<T>(ref T[] items)
    {
        if (items.Length > 0)
        {
            ArrayPool<T>.Shared.Return(items);
            items = [];
        }
    }
}

/// <summary>What named a URL.</summary>
internal enum LinkOrigin : byte
{
    Anchor,
    Redirect,
    Canonical,
    Sitemap,

    /// <summary>A sitemap that an index of sitemaps names.</summary>
    SitemapPart,
    Seed,
}

/// <param name="Modified">A sitemap's lastmod or a feed's time, Unix milliseconds; 0 without.</param>
/// <param name="Priority">A sitemap's, 0 to 1; NaN without.</param>
/// <param name="Boost">Classes by the rules of the crawl.</param>
internal readonly record struct Link(UrlKey Key, int Start, int OriginLength, int Length, LinkOrigin Origin, long Modified, float Priority, sbyte Boost);

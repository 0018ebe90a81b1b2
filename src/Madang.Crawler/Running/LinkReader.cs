using System.Text;
using Madang.Crawler.Admission;
using Madang.Crawler.Frontier;
using Madang.Crawler.Priority;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Running;

/// <summary>Turns what a page names into admitted URLs with their keys. Kept by one worker at a time; allocates nothing for links that are known.</summary>
internal sealed class LinkReader(SipHash hash, AdmissionPolicy admission, BoostRules boosts)
{
    private readonly Url _page = new();
    private readonly Url _base = new();
    private readonly Url _link = new();
    private long _pageHost;
    private int _pageOrigin;
    private Encoding? _queryEncoding;
    private Dictionary<RefusalReason, int>? _refused;

    /// <summary>What was not taken up since <see cref="Begin"/>, by reason.</summary>
    public Dictionary<RefusalReason, int>? Refused => _refused;

    /// <summary>The page whose links follow.</summary>
    /// <param name="queryEncoding">The page's, see <see cref="Url.TryParse(ReadOnlySpan{byte}, Url?, Url, Encoding?)"/>.</param>
    public bool Begin(ReadOnlySpan<byte> pageUrl, ReadOnlySpan<byte> baseHref, Encoding? queryEncoding = null)
    {
        _refused = null;
        _queryEncoding = queryEncoding;
        if (!Url.TryParse(pageUrl, null, _page))
        {
            return false;
        }

        if (baseHref.IsEmpty || !Url.TryParse(baseHref, _page, _base))
        {
            _base.CopyFrom(_page);
        }

        _pageOrigin = _page.Origin.Length;
        _pageHost = (long)hash.Hash(_page.Origin);
        return true;
    }

    /// <summary>Adds the link if it is a web URL that the crawl admits.</summary>
    public void Add(ReadOnlySpan<byte> href, int depth, LinkOrigin origin, LinkTable links, DateTimeOffset? modified = null, double? priority = null)
    {
        if (Resolve(href, depth, out var key) is var reason && reason != RefusalReason.None)
        {
            Refuse(reason);
            return;
        }

        _ = links.Add(key, _link.Href, _link.Origin.Length, origin, modified, priority, Math.Clamp(boosts.Of(_link.Href, _link.PathAndQuery), -15, 15));
    }

    /// <summary>The key of the URL that a canonical link or a redirect names, whether it is admitted or not.</summary>
    public UrlKey? KeyOf(ReadOnlySpan<byte> href, out string? target)
    {
        var reason = Resolve(href, 0, out var key);
        target = reason == RefusalReason.BadUrl ? null : Encoding.ASCII.GetString(_link.Href);
        return target is null ? null : key;
    }

    /// <summary>Widens the crawl's scope to where this link leads.</summary>
    public void Include(ReadOnlySpan<byte> href)
    {
        if (Url.TryParse(href, _base, _link, _queryEncoding) && _link.Kind.IsWeb())
        {
            admission.Scope.Include(_link);
        }
    }

    public void Refuse(RefusalReason reason) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_refused ??= [], reason, out _)++;

    private RefusalReason Resolve(ReadOnlySpan<byte> href, int depth, out UrlKey key)
    {
        key = default;
        if (!Url.TryParse(href, _base, _link, _queryEncoding))
        {
            return RefusalReason.BadUrl;
        }

        if (!_link.Kind.IsWeb())
        {
            return RefusalReason.NotHttp;
        }

        UrlNormalizer.Normalize(_link);
        var origin = _link.Origin;
        var host = origin.Length == _pageOrigin && origin.SequenceEqual(_page.Origin) ? _pageHost : (long)hash.Hash(origin);
        key = new UrlKey(host, (long)hash.Hash(_link.Href));
        return admission.Check(_link, depth);
    }
}

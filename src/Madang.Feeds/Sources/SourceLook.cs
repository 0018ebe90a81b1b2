using System.Text;
using Madang.Api;
using Madang.Crawler.Parsing;
using Madang.Crawler.Sitemaps;
using Madang.Crawler.Urls;
using Madang.Outbound;

namespace Madang.Feeds.Sources;

/// <summary>One look at an address that somebody wants to follow: is it a feed, a page that names one, or a page? Everything goes through Outbound.</summary>
internal sealed class SourceLook(OutboundClient outbound)
{
    public const int MaxUrl = 2_048;
    private const int MaxBytes = 2 * 1024 * 1024;
    private const int MaxTitle = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task<Result<FoundSource>> AtAsync(string? text, CancellationToken cancellationToken)
    {
        if (Normal(text) is not { } url)
        {
            return ApiErrors.Invalid("url", "invalid", $"url is a whole http or https URL of at most {MaxUrl} characters.");
        }

        var first = await LookAsync(url, cancellationToken);
        if (!first.IsOk || first.Value.Alternate is not { } alternate)
        {
            return first.IsOk ? first.Value.Source : first.Error;
        }

        // A page's own word for its feed; where that leads nowhere the page itself is followed.
        var second = await LookAsync(alternate, cancellationToken);
        return second is { IsOk: true, Value.Source: { Kind: SourceKind.Feed } feed } ? feed : first.Value.Source;
    }

    /// <summary>The address as it is kept; null for what nobody can be sent to.</summary>
    public static string? Normal(string? text)
    {
        if (text is null || text.Length > MaxUrl || !Url.TryParse(text.Trim(), null, out var url) || url.Kind is not (UrlScheme.Http or UrlScheme.Https) || url.HasCredentials)
        {
            return null;
        }

        UrlNormalizer.Normalize(url);
        return url.ToString();
    }

    private async Task<Result<(FoundSource Source, string? Alternate)>> LookAsync(string url, CancellationToken cancellationToken)
    {
        using var response = await outbound.SendAsync(
            new OutboundRequest
            {
                Url = url,
                Headers =
                [
                    new("User-Agent", "Madang/1.0 (feed reader)"),
                    new("Accept", "application/atom+xml,application/rss+xml,application/feed+json,text/html;q=0.9,*/*;q=0.5"),
                ],
                MaxBytes = MaxBytes,
                MaxWireBytes = MaxBytes,
                CutsAtLimit = true,
                MaxRedirects = 5,
                ConnectTimeout = Patience,
                HeaderTimeout = Patience,
                IdleTimeout = Patience,
                TotalTimeout = Patience,
            },
            cancellationToken);
        if (response.Fault is not null || response.Status is < 200 or >= 300 || response.Body.IsEmpty)
        {
            return response.Fault is OutboundFaults.AddressRefused or OutboundFaults.PortRefused ? FeedsErrors.SourceRefused : FeedsErrors.SourceUnreachable;
        }

        var place = response.Url is { } final && Normal(final) is { } normal ? normal : url;
        if (SitemapReader.Read(response.Body) is { Kind: SitemapKind.Rss or SitemapKind.Atom or SitemapKind.JsonFeed } feed)
        {
            return (new FoundSource(place, SourceKind.Feed, Title(feed.Title, place)), null);
        }

        using var page = new ParsedPage();
        PageParser.Default.Parse(response.Body.Span, response.ContentType, page);
        return page.WordCount == 0 && page.Links.IsEmpty
            ? FeedsErrors.SourceEmpty
            : (new FoundSource(place, SourceKind.Pages, Title(page.TitleText, place)), FeedOf(page, place));
    }

    private static string? FeedOf(ParsedPage page, string place)
    {
        _ = Url.TryParse(place, null, out var from);
        foreach (ref readonly var link in page.Links)
        {
            if ((link.Rel & LinkRel.Feed) != 0 && Url.TryParse(Encoding.UTF8.GetString(page.Href(link)), from, out var feed) && Normal(feed.ToString()) is { } url)
            {
                return url;
            }
        }

        return null;
    }

    private static string Title(string? title, string url)
    {
        var line = Text.Line(title?.Length > MaxTitle * 4 ? title[..(MaxTitle * 4)] : title, "title", MaxTitle * 4);
        var kept = line.IsOk ? line.Value : new Uri(url).IdnHost;
        return kept.Length <= MaxTitle ? kept : string.Concat(kept.AsSpan(0, char.IsHighSurrogate(kept[MaxTitle - 2]) ? MaxTitle - 2 : MaxTitle - 1), "…");
    }
}

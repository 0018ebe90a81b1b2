using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Madang.Crawler.Admission;
using Madang.Crawler.Archive;
using Madang.Crawler.Dedupe;
using Madang.Crawler.Freshness;
using Madang.Crawler.Frontier;
using Madang.Crawler.Noise;
using Madang.Crawler.Parsing;
using Madang.Crawler.Priority;
using Madang.Crawler.Sinks;
using Madang.Crawler.Sitemaps;
using Madang.Crawler.Urls;
using Madang.Outbound;

namespace Madang.Crawler.Running;

/// <summary>
/// Makes an outcome of an answer, on whatever thread it came in: one pass over the page for links, title, text and fingerprints, and the records for the archive. What needs to know of
/// other pages is the bookkeeper's.
/// </summary>
internal sealed class VisitReading(CrawlParts parts, SipHash hash, AdmissionPolicy admission, Fingerprints fingerprints, IPageStore pages)
{
    private const int MostText = 64 * 1024;
    private const int MostHeader = 1024;

    private readonly PageParser _parser = new(new PageParserOptions { Agent = parts.Settings.Agent, MaxBytes = parts.Settings.MaxPageBytes });
    private readonly byte[] _requestLines = Encoding.ASCII.GetBytes($"User-Agent: {Visits.UserAgent(parts.Settings)}\r\n");
    private readonly BoostRules _boosts = new(parts.Settings.Boosts);
    private readonly ConcurrentBag<Desk> _desks = [];

    /// <summary>Whether the body is worth reading.</summary>
    public static bool Wants(OutboundResponse response) => response.Status is >= 200 and < 300 && PageType.Of(response.ContentType) != PageKind.Other;

    public async ValueTask<Outcome> ReadAsync(HostSlot host, WaitingUrl url, OutboundResponse response, HostClock clock)
    {
        var desk = _desks.TryTake(out var free) ? free : new Desk(hash, admission, _boosts);
        Outcome outcome;
        try
        {
            outcome = Read(desk, host, url, response, clock);
        }
        finally
        {
            _desks.Add(desk);
        }

        if (url.Last is not null && outcome.Page!.Status is not (>= 200 and < 300))
        {
            await RememberAsync(outcome);
        }

        if (parts.Settings.Recrawl && outcome.Links is { HasDates: true } links)
        {
            outcome.Moves = await PullAsync(links);
        }

        return !parts.Settings.Archive || response.Status == 0 || response.Fault is not null ? outcome : await ArchiveAsync(outcome, host.Origin + url.Path, url, response);
    }

    /// <summary>A visit that brought no page leaves what was known of it: a page that did not change, or failed this once, is still that page.</summary>
    private async Task RememberAsync(Outcome outcome)
    {
        if (await pages.PageAsync(outcome.Page!.Key, CancellationToken.None) is { Page: var known })
        {
            outcome.Page = outcome.Page with
            {
                Title = known.Title,
                Language = known.Language,
                ContentType = outcome.Page.ContentType ?? known.ContentType,
                Words = known.Words,
                NoIndex = known.NoIndex,
                Noise = known.Noise,
                Links = known.Links,
                Target = outcome.Page.Target ?? known.Target,
            };
        }
    }

    /// <summary>Pages that a sitemap or feed says have changed are visited sooner.</summary>
    private async Task<List<UrlMove>> PullAsync(LinkTable links)
    {
        var moves = new List<UrlMove>();
        var now = parts.Clock.Now;
        for (var i = 0; i < links.Count; i++)
        {
            var link = links[i];
            if (link.Modified == 0 || await pages.UrlAsync(link.Key, CancellationToken.None) is not { State: UrlState.Resting } row
                || await pages.PageAsync(link.Key, CancellationToken.None) is not { Page: var page })
            {
                continue;
            }

            var last = new LastVisit(page.Etag, page.LastModified, page.BodyHash, page.SimHash, page.IntervalSeconds, page.Fetches, page.Changes, page.Missing, page.FetchedAt);
            var due = RecrawlPolicy.Pull(parts.Settings, last, row.DueAt, DateTimeOffset.FromUnixTimeMilliseconds(link.Modified), now);
            if (due < row.DueAt)
            {
                moves.Add(new UrlMove(link.Key, UrlState.Resting, RefusalReason.None, -1, due, -1));
            }
        }

        return moves;
    }

    /// <summary>The sitemaps that a robots.txt names.</summary>
    public Outcome ReadRobots(HostSlot host, HostClock clock, string? fault)
    {
        var outcome = new Outcome(host) { Clock = clock, Fault = fault };
        if (host.Robots.Sitemaps.Count > 0)
        {
            var reader = new LinkReader(hash, admission, _boosts);
            if (reader.Begin(Encoding.ASCII.GetBytes(host.Origin + "/robots.txt"), default))
            {
                outcome.Links = new LinkTable();
                foreach (var sitemap in host.Robots.Sitemaps.Take(MostSitemaps))
                {
                    reader.Add(Encoding.UTF8.GetBytes(sitemap), 0, LinkOrigin.Sitemap, outcome.Links);
                }

                outcome.RefusedLinks = reader.Refused;
            }
        }

        return outcome;
    }

    /// <summary>Takes the places that the seeds led to in earlier runs into the scope again.</summary>
    public async Task RestoreScopeAsync(CancellationToken cancellationToken)
    {
        var reader = new LinkReader(hash, admission, _boosts);
        foreach (var seed in parts.Settings.Seeds)
        {
            var bytes = Encoding.UTF8.GetBytes(seed);
            if (reader.Begin(bytes, default) && reader.KeyOf(bytes, out _) is { } key
                && await pages.PageAsync(key, cancellationToken) is { Page: { Status: >= 300 and < 400, Target: { } target } })
            {
                reader.Include(Encoding.UTF8.GetBytes(target));
            }
        }
    }

    /// <summary>The crawl's beginning: its seeds, as if a page named them.</summary>
    public Outcome ReadSeeds()
    {
        var outcome = new Outcome(new HostSlot(new HostRow { Id = 0, Origin = "", Domain = "" }, parts.Settings.Agent)) { Links = new LinkTable() };
        var reader = new LinkReader(hash, admission, _boosts);
        foreach (var seed in parts.Settings.Seeds)
        {
            var bytes = Encoding.UTF8.GetBytes(seed);
            if (reader.Begin(bytes, default))
            {
                reader.Add(bytes, 0, LinkOrigin.Seed, outcome.Links);
            }
        }

        return outcome;
    }

    private Outcome Read(Desk desk, HostSlot host, WaitingUrl url, OutboundResponse response, HostClock clock)
    {
        var outcome = new Outcome(host) { Clock = clock, Depth = url.Depth, Path = url.Path, Last = url.Last };
        var status = response.Fault is null ? response.Status : 0;
        var href = Encoding.ASCII.GetBytes(host.Origin + url.Path);
        var hasBody = status is >= 200 and < 300 && !response.IsSkipped && response.Body.Length > 0;
        if (hasBody)
        {
            outcome.Digest = SHA256.HashData(response.Body.Span);
        }

        var page = new PageRow
        {
            Key = url.Key,
            Status = status,
            Fault = response.Fault,
            FetchedAt = response.StartedAt.ToUnixTimeMilliseconds(),
            Etag = Header(response.ETag),
            LastModified = Header(response.LastModified),
            ContentType = Header(response.ContentType),
            BodyHash = hasBody ? BinaryPrimitives.ReadInt64LittleEndian(outcome.Digest) : 0,
            Bytes = response.Body.Length,
            WireBytes = response.WireBytes,
            ElapsedMs = (int)Math.Min(int.MaxValue, response.Total.TotalMilliseconds),
            Next = UrlState.Done,
        };

        if (desk.Links.Begin(href, default))
        {
            if (response.IsRedirect && response.Location is { } location)
            {
                page = ReadRedirect(desk, outcome, page, url, location);
            }
            else if (hasBody)
            {
                page = ReadBody(desk, outcome, page, url, href, response);
            }
        }

        var hints = new VisitHints { UnavailableAfter = outcome.IsComparable ? desk.Page.Robots.UnavailableAfter : null };
        page = RecrawlPolicy.Settle(parts.Settings, url, page, hints, parts.Clock.Now);
        outcome.RefusedLinks = desk.Links.Refused;
        outcome.Links?.Close();
        outcome.Page = page;
        return outcome;
    }

    private static PageRow ReadRedirect(Desk desk, Outcome outcome, PageRow page, WaitingUrl url, string location)
    {
        outcome.Links = new LinkTable();
        var bytes = Encoding.Latin1.GetBytes(location);
        var target = desk.Links.KeyOf(bytes, out var text);
        if (url.Depth == 0)
        {
            // Who gives example.com as a seed means www.example.com too, if that is where it leads.
            desk.Links.Include(bytes);
        }

        desk.Links.Add(bytes, url.Depth, LinkOrigin.Redirect, outcome.Links);
        return target is { } key && key != page.Key ? page with { Target = text, Duplicate = DuplicateKind.Canonical, Original = key } : page with { Target = text };
    }

    private PageRow ReadBody(Desk desk, Outcome outcome, PageRow page, WaitingUrl url, byte[] href, OutboundResponse response)
    {
        if (PageType.Of(response.ContentType) != PageKind.Html && SitemapReader.Read(response.Body) is { Kind: not SitemapKind.Unknown } source)
        {
            outcome.Links = new LinkTable();
            ReadSource(desk.Links, source, url.Depth, outcome.Links);
            return page with { Title = source.Title, Text = parts.Settings.Items ? FeedItems.Write(source) : null };
        }

        outcome.IsComparable = true;
        var parsed = desk.Page;
        _parser.Parse(response.Body.Span, new PageHeaders
        {
            ContentType = response.ContentType,
            ContentLanguage = response.Header("content-language"),
            Link = response.Header("link"),
            RobotsTags = response.HeaderValues("x-robots-tag"),
        }, parsed);
        desk.Links.Begin(href, parsed.BaseHref, parsed.Charset.QueryEncoding);
        outcome.Links = new LinkTable();
        var robots = parsed.Robots;
        ReadLinks(desk.Links, parsed, url.Depth, robots.NoFollow && parts.Settings.ObeyNofollow, outcome.Links);
        page = page with
        {
            Title = Encoding.UTF8.GetString(parsed.Title),
            Language = parsed.Language,
            SimHash = (long)parsed.SimHash,
            Words = parsed.WordCount,
            Noise = Math.Clamp(parts.Policies.Noise.Judge(PageFacts.Of(parsed)).Score, 0, 100),
            NoIndex = robots.NoIndex,
            Text = parts.Settings.Search && !robots.NoIndex ? Cut(parsed.Text) : null,
        };
        if (parsed.CanonicalHref is { IsEmpty: false } canonical && desk.Links.KeyOf(canonical, out var target) is { } key && key != page.Key)
        {
            desk.Links.Add(canonical, url.Depth, LinkOrigin.Canonical, outcome.Links);
            page = page with { Target = target, Duplicate = DuplicateKind.Canonical, Original = key };
        }

        return page;
    }

    /// <summary>The URLs of a sitemap or feed, with what it says of their changes.</summary>
    private static void ReadSource(LinkReader reader, SitemapContent source, int depth, LinkTable links)
    {
        foreach (var sitemap in source.Sitemaps)
        {
            // Each is one deeper than its index, so that a chain of them has an end.
            reader.Add(Encoding.UTF8.GetBytes(sitemap.Location), depth + 1, LinkOrigin.SitemapPart, links, sitemap.LastModified);
        }

        foreach (var listed in source.Urls)
        {
            reader.Add(Encoding.UTF8.GetBytes(listed.Location), 1, LinkOrigin.Sitemap, links, listed.LastModified, listed.Priority);
        }

        foreach (var item in source.Items)
        {
            if (item.Url is { } url)
            {
                reader.Add(Encoding.UTF8.GetBytes(url), depth + 1, LinkOrigin.Sitemap, links, item.UpdatedAt ?? item.PublishedAt);
            }
        }
    }

    private void ReadLinks(LinkReader reader, ParsedPage parsed, int depth, bool isNofollow, LinkTable links)
    {
        foreach (ref readonly var link in parsed.Links)
        {
            if (isNofollow || (parts.Settings.ObeyNofollow && (link.Rel & (LinkRel.NoFollow | LinkRel.Ugc | LinkRel.Sponsored)) != 0))
            {
                reader.Refuse(RefusalReason.Nofollow);
            }
            else
            {
                reader.Add(parsed.Href(link), depth + 1, LinkOrigin.Anchor, links);
            }
        }
    }

    /// <summary>What is known already is archived as a revisit: the server said so, or the bytes do.</summary>
    private ValueTask<Outcome> ArchiveAsync(Outcome outcome, string href, WaitingUrl url, OutboundResponse response)
    {
        if (response.Status == 304 && url.Last is { } last)
        {
            return ValueTask.FromResult(Archive(outcome, href, response, new WarcRevisit(true, href, DateTimeOffset.FromUnixTimeMilliseconds(last.FetchedAt))));
        }

        var isPlain = outcome.Digest is not null && response.WireBody.Equals(response.Body);
        return isPlain && fingerprints.FindBody(outcome.Page!.BodyHash, url.Key) is { } original
            ? RevisitAsync(outcome, href, response, original)
            : ValueTask.FromResult(Archive(outcome, href, response, null));
    }

    private async ValueTask<Outcome> RevisitAsync(Outcome outcome, string href, OutboundResponse response, UrlKey original)
    {
        // One that is not durable yet, or that came compressed, is no ground to stand on.
        var known = await pages.PageAsync(original, CancellationToken.None);
        var revisit = known is { Page: { WarcFile: not null, Status: 200 } page } && page.BodyHash == outcome.Page!.BodyHash && page.Bytes == page.WireBytes
            ? new WarcRevisit(false, known.Url, DateTimeOffset.FromUnixTimeMilliseconds(page.FetchedAt))
            : null;
        return Archive(outcome, href, response, revisit);
    }

    private Outcome Archive(Outcome outcome, string href, OutboundResponse response, WarcRevisit? revisit)
    {
        outcome.Members = WarcRecords.Exchange(new WarcExchange
        {
            Url = Encoding.ASCII.GetBytes(href),
            At = response.StartedAt,
            Address = response.Address,
            RequestLines = _requestLines,
            Head = response.Head.Span,
            Body = response.WireBody.Span,
            BodyHash = response.WireBody.Equals(response.Body) ? outcome.Digest : default,
            Truncated = response.IsSkipped || response.IsCut ? WarcTruncation.Length : WarcTruncation.None,
            Revisit = revisit,
        });
        return outcome;
    }

    /// <summary>A header that is kept with the page; one that is too long is of no use later.</summary>
    private static string? Header(string? value) => value is { Length: <= MostHeader } ? value : null;

    private static byte[] Cut(ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, MostText);
        // Not in the middle of a character.
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length].ToArray();
    }

    private const int MostSitemaps = 1_000;

    /// <summary>What one worker reads with.</summary>
    private sealed class Desk(SipHash hash, AdmissionPolicy admission, BoostRules boosts)
    {
        public ParsedPage Page { get; } = new();

        public LinkReader Links { get; } = new(hash, admission, boosts);
    }
}

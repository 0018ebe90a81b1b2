using Madang.Accounts;
using Madang.Api;
using Madang.Crawler;
using Madang.Crawler.Explaining;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Sources;

/// <summary>Makes feeds and pages of the web followable, and lists them.</summary>
// Seven: a source is an account, a row and a place in a crawl, and these verbs keep the three together.
internal sealed class Sources(ISourceStore store, SourceLook look, Crawls crawls, Actors actors, JobQueue jobs, Database database, IOptions<FeedsOptions> options)
{
    private readonly FeedsOptions _options = options.Value;

    /// <summary>
    /// The source at an address, made where nobody has asked for it before. The address is looked at once; a page that names a feed stands for that feed.
    /// Codes: invalid_fields, source_refused, source_unreachable, source_empty, too_many_sources, too_many_crawls.
    /// </summary>
    public async Task<Result<(Source Source, bool IsNew)>> AddAsync(Caller caller, string? url, CancellationToken cancellationToken)
    {
        var found = await look.AtAsync(url, cancellationToken);
        if (!found.IsOk)
        {
            return found.Error;
        }

        if (await JoinAsync(caller, found.Value, cancellationToken) is { } joined)
        {
            return joined;
        }

        // The first of its kind: its crawl begins with it.
        Source? made = null;
        var crawl = await crawls.CreateAsync(
            caller,
            SourceCrawls.Settings(found.Value.Kind, [found.Value.Url], _options),
            SourceCrawls.Name(found.Value.Kind),
            (tx, id) =>
            {
                (made, var isFirst) = (null, store.Find(tx, found.Value.Url) is null && store.CrawlOf(tx, found.Value.Kind) is null);
                if (isFirst)
                {
                    made = Insert(tx, caller, found.Value, id);
                }

                return isFirst ? null : FeedsErrors.TooManySources;
            },
            cancellationToken);

        // Somebody else's was the first a moment ago: this one joins it.
        return made is not null ? (made, true)
            : crawl.Error!.Code == FeedsErrors.TooManySources.Code && await JoinAsync(caller, found.Value, cancellationToken) is { } late ? late
            : crawl.Error;
    }

    public async Task<Result<Source>> FindAsync(SourceId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } source ? source : ApiErrors.NotFound;

    /// <summary>Newest first.</summary>
    public async Task<Page<Source>> ListAsync(PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await store.ListAsync(page.After is { } after ? new SourceId(after) : null, page.Fetch, cancellationToken), source => source.Id.Value);

    /// <summary>How the crawler was answered last; nothing for a source that it has not visited yet.</summary>
    public async Task<IReadOnlyDictionary<SourceId, UrlVisit>> VisitsAsync(IReadOnlyCollection<Source> sources, CancellationToken cancellationToken)
    {
        Dictionary<SourceId, UrlVisit> visits = [];
        foreach (var together in sources.GroupBy(source => source.Crawl))
        {
            var ofCrawl = together.ToList();
            var found = await crawls.LastVisitsAsync(together.Key, [.. ofCrawl.Select(source => source.At)], cancellationToken);
            for (var i = 0; i < found.Count; i++)
            {
                if (found[i] is { } visit)
                {
                    visits.Add(ofCrawl[i].Id, visit);
                }
            }
        }

        return visits;
    }

    /// <summary>Ends a source: nobody looks at it any more, and its posts go out of sight. Whoever made it may, and moderators.</summary>
    public async Task<Result<Done>> DeleteAsync(Caller caller, SourceId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } source)
        {
            return ApiErrors.NotFound;
        }

        if (caller.Role < Role.Moderator && (caller.User is null || source.CreatedBy != caller.User))
        {
            return ApiErrors.Forbidden;
        }

        return await database.WriteAsync<Result<Done>>(
            tx =>
            {
                store.Delete(tx, id);
                actors.End(tx, source.User);
                SourceCrawls.Renew(tx, jobs, source.Crawl);
                return Done.Value;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>The source that is there already, or a new one in the crawl of its kind; null when there is no such crawl.</summary>
    private Task<Result<(Source Source, bool IsNew)>?> JoinAsync(Caller caller, FoundSource found, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<(Source, bool)>?>(
            tx =>
            {
                if (store.Find(tx, found.Url) is { } known)
                {
                    return (Result<(Source, bool)>)(known, false);
                }

                if (store.Count(tx) >= _options.MaxSources)
                {
                    return (Result<(Source, bool)>)FeedsErrors.TooManySources;
                }

                if (store.CrawlOf(tx, found.Kind) is not { } crawl)
                {
                    return null;
                }

                var source = Insert(tx, caller, found, crawl);
                crawls.Reseed(tx, crawl, store.Places(tx, crawl));
                return (Result<(Source, bool)>)(source, true);
            },
            cancellationToken: cancellationToken);

    private Source Insert(WriteTx tx, Caller caller, FoundSource found, CrawlId crawl)
    {
        var user = actors.Create(tx, new Uri(found.Url).IdnHost, found.Title);
        var source = new Source(new(user.Id.Value), found.Url, found.Url, found.Kind, crawl, caller.User, false, tx.Now, null);
        store.Insert(tx, source);
        return source;
    }
}

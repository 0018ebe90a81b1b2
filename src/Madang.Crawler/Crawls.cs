using System.Runtime.CompilerServices;
using Madang.Api;
using Madang.Crawler.Explaining;
using Madang.Crawler.Frontier;
using Madang.Crawler.Running;
using Madang.Crawler.Urls;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Crawler;

/// <summary>Starts, stops and shows the crawls of the server.</summary>
public sealed class Crawls
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int RowsAtOnce = 5_000;

    private readonly ICrawlStore _crawls;
    private readonly IFrontierStores _stores;
    private readonly CrawlFolders _folders;
    private readonly CrawlRuns _runs;
    private readonly Database _database;
    private readonly Snowflake _ids;
    private readonly CrawlerOptions _options;

    // Seven: a crawl lives in the catalogue, in its own books and in its run, and these verbs keep the three together.
    internal Crawls(ICrawlStore crawls, IFrontierStores stores, CrawlFolders folders, CrawlRuns runs, Database database, Snowflake ids, IOptions<CrawlerOptions> options) =>
        (_crawls, _stores, _folders, _runs, _database, _ids, _options) = (crawls, stores, folders, runs, database, ids, options.Value);

    /// <summary>Begins a crawl: durable when this answers, and taken up by a node within a moment.</summary>
    public Task<Result<Crawl>> CreateAsync(Caller caller, CrawlSettings settings, string? name, CancellationToken cancellationToken) =>
        CreateAsync(caller, settings, name, static (_, _) => null, cancellationToken);

    /// <summary>Begins a crawl together with what it is for.</summary>
    /// <param name="alongside">Writes that in the same transaction; or refuses before it writes anything, and there is no crawl either.</param>
    public async Task<Result<Crawl>> CreateAsync(
        Caller caller, CrawlSettings settings, string? name, Func<WriteTx, CrawlId, Error?> alongside, CancellationToken cancellationToken)
    {
        if (CrawlSettingsRules.Check(settings) is { Count: > 0 } faults)
        {
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        if (settings.Allow.Count > 0 && caller.Kind != CallerKind.Operator)
        {
            return ApiErrors.Invalid("allow", "operator_only", "Private ranges are opened by the operator of this machine: Madang:Outbound:Allow.");
        }

        if ((await _crawls.ListAsync(null, null, _options.MaxCrawls, cancellationToken)).Count >= _options.MaxCrawls)
        {
            return CrawlerErrors.TooManyCrawls;
        }

        var crawl = await _database.WriteAsync<Result<Crawl>>(
            tx =>
            {
                var id = new CrawlId(_ids.Next());
                if (alongside(tx, id) is { } refused)
                {
                    return refused;
                }

                var made = new Crawl(id, name, settings, CrawlState.Running, caller.User, tx.Now, null, null, new Dictionary<string, long>());
                _crawls.Create(tx, made);
                _runs.Tell(tx, made.Id, made.State, null);
                return made;
            },
            cancellationToken: cancellationToken);
        _runs.Look();
        return crawl;
    }

    /// <summary>
    /// Gives a crawl other seeds: those it does not know yet are fetched, for which every node begins its part of the run anew within seconds. What it knows already it keeps.
    /// Only of crawls that were made for somebody's items (<see cref="CrawlSettings.Items"/>).
    /// </summary>
    public void Reseed(WriteTx tx, CrawlId id, IReadOnlyList<string> seeds) => _crawls.SetSeeds(tx, id, seeds);

    public Task<Crawl?> FindAsync(CrawlId id, CancellationToken cancellationToken) => _crawls.FindAsync(id, cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<Page<Crawl>> ListAsync(PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await _crawls.ListAsync(null, page.After is { } after ? new CrawlId(after) : null, page.Fetch, cancellationToken), crawl => crawl.Id.Value);

    /// <summary>Lets requests under way end and starts no more.</summary>
    public Task<Result<Crawl>> PauseAsync(CrawlId id, CancellationToken cancellationToken) =>
        ChangeAsync(id, CrawlState.Paused, [CrawlState.Running], CrawlerErrors.CrawlNotRunning, cancellationToken);

    /// <summary>Goes on where it was, also after it was stopped, failed or came to its end.</summary>
    public Task<Result<Crawl>> ResumeAsync(CrawlId id, CancellationToken cancellationToken) =>
        ChangeAsync(id, CrawlState.Running, [CrawlState.Paused, CrawlState.Stopped, CrawlState.Failed, CrawlState.Finished], CrawlerErrors.CrawlRunning, cancellationToken);

    /// <summary>Ends it; what it has is kept.</summary>
    public Task<Result<Crawl>> StopAsync(CrawlId id, CancellationToken cancellationToken) =>
        ChangeAsync(id, CrawlState.Stopped, [CrawlState.Running, CrawlState.Paused], CrawlerErrors.CrawlEnded, cancellationToken);

    /// <summary>Throws away a crawl that does not run, with all that it found.</summary>
    public async Task<Result<Done>> DeleteAsync(CrawlId id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } crawl)
        {
            return ApiErrors.NotFound;
        }

        if (crawl.State == CrawlState.Running || _runs.IsActive(id))
        {
            return CrawlerErrors.CrawlRunning;
        }

        var folder = _folders.Of(id);
        while (!await _stores.DeleteAsync(id, folder, RowsAtOnce, cancellationToken))
        {
            await Task.Yield();
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return await _database.WriteAsync(tx => _crawls.Delete(tx, id), cancellationToken: cancellationToken) ? Done.Value : ApiErrors.NotFound;
    }

    /// <summary>Where it stands now.</summary>
    public async Task<CrawlProgress> ProgressAsync(Crawl crawl, CancellationToken cancellationToken)
    {
        if (_runs.Find(crawl.Id) is { } run)
        {
            return await run.ProgressAsync(cancellationToken);
        }

        return CrawlCounts.Progress(await CountsAsync(crawl, cancellationToken), 0, 0, 0, 0);
    }

    /// <summary>The crawl and its progress, at once and then every second, until it has ended.</summary>
    public async IAsyncEnumerable<(Crawl Crawl, CrawlProgress Progress)> WatchAsync(CrawlId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick);
        while (await FindAsync(id, cancellationToken) is { } crawl)
        {
            yield return (crawl, await ProgressAsync(crawl, cancellationToken));
            if (crawl.State.IsEnd() && !_runs.IsActive(id))
            {
                yield break;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Why a URL is next, waiting, parked or refused, or what came of it.</summary>
    internal async Task<Result<Explanation>> ExplainAsync(Crawl crawl, string? text, CancellationToken cancellationToken)
    {
        if (text is null || !Url.TryParse(text.Trim(), null, out var url) || !url.Kind.IsWeb())
        {
            return ApiErrors.Invalid("url", "invalid", "url is a whole http or https URL.");
        }

        UrlNormalizer.Normalize(url);
        var folder = _folders.Of(crawl.Id);
        if (await _stores.KeyAsync(crawl.Id, folder, cancellationToken) is not { } key)
        {
            return CrawlerErrors.CrawlNotStarted;
        }

        await using var pages = await _stores.OpenPagesAsync(crawl.Id, folder, cancellationToken);
        return Explainer.Explain(await FactsReading.ReadAsync(pages, crawl, new SipHash(key), url, _runs.Policies, _runs.Time, cancellationToken));
    }

    /// <summary>How the last visits of these URLs went, in their order; null for one that was not visited yet, or that the crawl does not know.</summary>
    /// <param name="urls">Whole URLs.</param>
    public async Task<IReadOnlyList<UrlVisit?>> LastVisitsAsync(CrawlId id, IReadOnlyList<string> urls, CancellationToken cancellationToken)
    {
        var visits = new UrlVisit?[urls.Count];
        var folder = _folders.Of(id);
        if (await _stores.KeyAsync(id, folder, cancellationToken) is not { } secret)
        {
            return visits;
        }

        var hash = new SipHash(secret);
        try
        {
            await using var pages = await _stores.OpenPagesAsync(id, folder, cancellationToken);
            for (var i = 0; i < urls.Count; i++)
            {
                visits[i] = Url.TryParse(urls[i], null, out var url) ? await FactsReading.LastVisitAsync(pages, hash, url, cancellationToken) : null;
            }
        }
        catch (StorageFullException)
        {
            // Opening the books takes a little room.
        }

        return visits;
    }

    private async Task<IReadOnlyDictionary<string, long>> CountsAsync(Crawl crawl, CancellationToken cancellationToken)
    {
        if (crawl.State != CrawlState.Running)
        {
            return crawl.Counts;
        }

        // Other nodes work on it.
        try
        {
            await using var pages = await _stores.OpenPagesAsync(crawl.Id, _folders.Of(crawl.Id), cancellationToken);
            return await pages.CountsAsync(cancellationToken);
        }
        catch (StorageFullException)
        {
            // Opening the books takes a little room. The crawl is about to pause for the same reason.
            return crawl.Counts;
        }
    }

    private async Task<Result<Crawl>> ChangeAsync(CrawlId id, CrawlState to, IReadOnlyCollection<CrawlState> from, Error refusal, CancellationToken cancellationToken)
    {
        var changed = await _database.WriteAsync(tx => _runs.SetState(tx, id, to, from, null, null), cancellationToken: cancellationToken);
        if (changed)
        {
            _runs.Look();
        }

        return await FindAsync(id, cancellationToken) is not { } crawl ? ApiErrors.NotFound : changed ? crawl : refusal;
    }
}

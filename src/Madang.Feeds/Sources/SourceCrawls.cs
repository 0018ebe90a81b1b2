using System.Globalization;
using Madang.Api;
using Madang.Crawler;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Sources;

/// <summary>
/// The crawls behind the sources, one for each kind. A crawl forgets nothing, so after a source is deleted another crawl takes its place a little later, with the sources that are
/// left: whoever deletes many has it begun once.
/// </summary>
/// <param name="crawls">Asked for when there is something to do: a program without crawls has no sources.</param>
internal sealed class SourceCrawls(ISourceStore store, Lazy<Crawls> crawls, Database database, IOptions<FeedsOptions> options) : IJobWorker
{
    private const string Jobs = "feeds.sources";
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    public string Queue => Jobs;

    public int Concurrency => 1;

    public static string Name(SourceKind kind) => kind == SourceKind.Feed ? "Sources: feeds" : "Sources: pages";

    /// <summary>Feeds alone, or pages and what they link to; looked at again as often as they change, within bounds.</summary>
    public static CrawlSettings Settings(SourceKind kind, IReadOnlyList<string> places, FeedsOptions options) => new()
    {
        Seeds = places,
        Scope = CrawlScope.Host,
        MaxDepth = kind == SourceKind.Feed ? 0 : 1,
        Recrawl = true,
        MinRecrawlSeconds = options.SourceIntervalSeconds,
        MaxRecrawlSeconds = options.SourceIntervalSeconds * 4,
        Archive = false,
        Search = false,
        Items = true,
        Concurrency = 16,
    };

    /// <summary>A source of this crawl was deleted.</summary>
    public static void Renew(WriteTx tx, JobQueue jobs, CrawlId crawl) =>
        jobs.Enqueue(tx, new NewJob(Jobs, crawl.ToString()) { UniqueKey = crawl.ToString(), RunAt = tx.Now + Later });

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        var old = new CrawlId(long.Parse(job.Payload, CultureInfo.InvariantCulture));
        if (await store.OfCrawlAsync(old, cancellationToken) is [var first, ..])
        {
            var places = await database.WriteAsync(tx => store.Places(tx, old), cancellationToken: cancellationToken);
            var next = await crawls.Value.CreateAsync(
                Caller.Operator,
                Settings(first.Kind, places, options.Value),
                Name(first.Kind),
                (tx, id) => store.Adopt(tx, old, id) == 0 ? ApiErrors.NotFound : null,
                cancellationToken);
            if (!next.IsOk && next.Error.Code != ApiErrors.NotFound.Code)
            {
                return JobOutcome.Retry(next.Error.Title);
            }
        }

        _ = await crawls.Value.StopAsync(old, cancellationToken);
        var deleted = await crawls.Value.DeleteAsync(old, cancellationToken);
        return deleted.IsOk || deleted.Error.Code == ApiErrors.NotFound.Code ? JobOutcome.Done : JobOutcome.Snooze(Wait);
    }
}

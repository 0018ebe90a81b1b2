using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Holds timelines in memory against the database: takes some at random, builds their newest part by pull and looks whether memory lacks any of it. What it
/// finds is a fault of ours: it is counted, told in the log, and the timeline is built anew.
/// </summary>
internal sealed partial class Auditor(
    WarmTimelines timelines, Candidates candidates, ITimelineStore store, IPostFacts facts, Graphs graphs, TimelineMetrics metrics, TimeProvider time,
    IOptions<FeedsOptions> options, ILogger<Auditor> log) : BackgroundService
{
    /// <summary>How far down a timeline is compared.</summary>
    private const int Depth = 100;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Timelines in one round.</summary>
    private const int Sample = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.AuditSeconds == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.AuditSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // The database is away or busy: nothing was compared, and the next round is soon.
                LogSkipped(fault);
            }
        }
    }

    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        var readers = timelines.Shards.SelectMany(shard => shard.Readers()).ToArray();
        Random.Shared.Shuffle(readers);
        foreach (var reader in readers.Take(Sample))
        {
            if (await CompareAsync(reader, cancellationToken) is not { } missing)
            {
                continue;
            }

            if (missing.Count > 0)
            {
                // Committed and about to be heard of, perhaps: what is still missing after a while is not.
                await Task.Delay(Settling, time, cancellationToken);
                var still = await CompareAsync(reader, cancellationToken);
                missing = still is null ? [] : [.. missing.Where(still.Contains)];
            }

            metrics.Audited(missing.Count);
            if (missing.Count > 0)
            {
                LogDifferent(reader.User, missing.Count, missing[0]);
                timelines.Remove(reader);
            }
        }
    }

    /// <summary>What memory lacks. Null when they cannot be compared now: relations changed, or the ring is being built.</summary>
    internal async Task<IReadOnlyList<PostId>?> CompareAsync(WarmReader reader, CancellationToken cancellationToken)
    {
        var graph = await graphs.OfAsync(reader.User, cancellationToken);
        if (reader.Aim.Epoch != graph.Epoch || !reader.IsReady || reader.IsGone)
        {
            return null;
        }

        // The database first: whatever it shows has been heard of here, or will have been on a node that follows its log.
        var reach = Reach.Below(long.MaxValue, Depth);
        var rows = new Found(reach, true);
        rows.Add(await store.OfAuthorsAsync(Aim.SourcesOf(graph), reach, cancellationToken));
        rows.Add(await store.DirectAsync(reader.User, reach, cancellationToken));
        var memory = await candidates.OfAsync(graph, new FeedSources(true, [], []), Reach.Below(long.MaxValue, Depth * 4), 0, cancellationToken);
        if (memory.IsFromDatabase)
        {
            return null;
        }

        var held = memory.Between(0, long.MaxValue).ToHashSet();
        List<PostId> lacking = [.. rows.Between(memory.CompleteTo - 1, long.MaxValue).Where(id => !held.Contains(id))];
        if (lacking.Count == 0)
        {
            return lacking;
        }

        // What nobody shows anyway is not missed.
        var now = await facts.OfAsync(reader.User, lacking, cancellationToken);
        return now.IsNewerThan(graph)
            ? null
            : [.. lacking.Where((_, i) => now.Posts[i] is { } post && FeedRule.Shows(post, graph) && FeedRule.IsHome(post, graph))];
    }

    [LoggerMessage(LogLevel.Error, "The timeline of {User} in memory lacked {Count} posts, {Post} among them; it is built anew")]
    private partial void LogDifferent(UserId user, int count, PostId post);

    [LoggerMessage(LogLevel.Warning, "Timelines could not be compared with the database")]
    private partial void LogSkipped(Exception fault);
}

using System.Threading.Channels;
using Madang.Api;
using Madang.Realtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Puts what has committed into the rings of warm readers: one loop a shard, one turn of an author at a time, so that a shard has one writer and nobody
/// waits for somebody with a million followers. In memory only; a process that ends loses nothing, for rings are filled from the database.
/// </summary>
internal sealed partial class FanOut(WarmTimelines timelines, ITimelineStore store, NewPosts newPosts, ISignals signals, TimelineMetrics metrics, TimeProvider time, ILogger<FanOut> log)
    : BackgroundService
{
    /// <summary>Turns before somebody else may have the thread.</summary>
    private const int TurnsAtATime = 16;

    /// <summary>How often a stop looks again whether nothing is left.</summary>
    private const int MostDrains = 100;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        [.. Enumerable.Range(0, timelines.Shards.Count).Select(shard => ServeAsync(shard, stoppingToken)), DirectAsync(stoppingToken), SweepAsync(stoppingToken)]);

    /// <summary>Deals with what is in line before one shard until nothing is left, or for so many turns. Whether something is left.</summary>
    internal bool Serve(int shard, List<UserId> told)
    {
        var (line, rings) = (timelines.Lines[shard].Reader, timelines.Shards[shard]);
        Take(line, rings);
        for (var i = 0; i < TurnsAtATime && rings.HasTurns; i++)
        {
            told.Clear();
            var isThere = rings.Turn(told, out var served);
            if (served is null)
            {
                break;
            }

            if (isThere)
            {
                metrics.Delivered(time.GetElapsedTime(served.At));
            }

            if (told.Count > 0)
            {
                newPosts.Tell(told, served);
            }

            // Whoever comes meanwhile waits for one turn of a crowd, and not for all that are dealt with at a time.
            Take(line, rings);
        }

        return rings.HasTurns || line.TryPeek(out _);
    }

    /// <summary>Deals with all that is in line, for who stops the loops. False when something stays on its way.</summary>
    internal async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        var told = new List<UserId>();
        // Others may write meanwhile, and a post that was in a loop's hands when it ended is in no line any more.
        for (var round = 0; round < MostDrains && timelines.Pending.Count > 0; round++)
        {
            for (var shard = 0; shard < timelines.Shards.Count; shard++)
            {
                while (Serve(shard, told))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            while (timelines.Direct.Reader.TryRead(out var post))
            {
                await GiveAsync(post, cancellationToken);
            }
        }

        return timelines.Pending.Count == 0;
    }

    private static void Take(ChannelReader<FreshPost> line, Shard rings)
    {
        while (rings.HasRoom && line.TryRead(out var post))
        {
            rings.Accept(post);
        }
    }

    /// <summary>Gives a direct post to its author and whom it mentions.</summary>
    internal async Task GiveAsync(FreshPost post, CancellationToken cancellationToken)
    {
        var mentioned = await store.MentionedAsync(post.Facts.Id, cancellationToken);
        var told = new List<UserId>();
        foreach (var user in mentioned.Append(post.Facts.Author))
        {
            if (timelines.Find(user) is { } reader)
            {
                timelines.ShardOf(user).Give(reader, post.Id);
                told.Add(user);
            }
        }

        timelines.Pending.Done(post);
        newPosts.Tell(told, post);
    }

    private async Task ServeAsync(int shard, CancellationToken cancellationToken)
    {
        var told = new List<UserId>();
        while (await timelines.Lines[shard].Reader.WaitToReadAsync(cancellationToken))
        {
            while (Serve(shard, told))
            {
                // Whoever waits for a thread has it between turns.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task DirectAsync(CancellationToken cancellationToken)
    {
        await foreach (var post in timelines.Direct.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await GiveAsync(post, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // It stays pending, where every read finds it; the database may be back in a moment.
                LogNotGiven(fault);
                await Task.Delay(PauseAfterFault, time, cancellationToken);
                timelines.Direct.Writer.TryWrite(post);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            timelines.Sweep(signals.IsHere);
        }
    }

    [LoggerMessage(LogLevel.Warning, "It could not be looked up whom a direct post mentions")]
    private partial void LogNotGiven(Exception fault);
}

using System.Diagnostics;
using Madang.Api;
using Madang.Bench.Measuring;

namespace Madang.Bench.Feeding;

/// <summary>One author whom a crowd follows writes among others, in this process: how long the others' posts take into their rings, with and without.</summary>
internal sealed class CrowdRun(int crowd, TextWriter output)
{
    private const long Star = 50_000_000;
    private const long FirstAuthor = 20_000_000;
    private const int Authors = 2_000;
    private const int Rounds = 4_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await CrowdAsync("pushed", 100_000_000, cancellationToken);
        await CrowdAsync("pulled", 5_000, cancellationToken);
    }

    private async Task CrowdAsync(string name, int pullFollowers, CancellationToken cancellationToken)
    {
        await using var place = await FeedPlace.OpenAsync(options => options.PullFollowers = pullFollowers, cancellationToken);
        // One by the front door; the others without a look into the empty database. One of a hundred is here, and follows somebody else too.
        await place.Timelines.OfAsync(FeedPlace.GraphOf(crowd + 1, [Star]), cancellationToken);
        for (var person = 1; person <= crowd; person++)
        {
            var isHere = person % 100 == 0;
            var shard = place.Timelines.ShardOf(new UserId(person));
            var reader = shard.Add(FeedPlace.GraphOf(person, isHere ? [FirstAuthor + (person / 100 % Authors), Star] : [Star]));
            if (isHere)
            {
                shard.Saw(reader, place.Timelines.Now);
            }
        }

        var (warm, own) = (new Histogram(), new Histogram());
        await PaceAsync(place, null, warm, own, cancellationToken);
        var (alone, beside) = (new Histogram(), new Histogram());
        await PaceAsync(place, null, alone, own, cancellationToken);
        await PaceAsync(place, Star, beside, own, cancellationToken);
        await output.WriteLineAsync($"crowd       {crowd:N0} followers, {name}; the author's own posts until the last of them: {own}");
        await output.WriteLineAsync($"            others' posts alone  {alone}");
        await output.WriteLineAsync($"            beside the author    {beside}");
    }

    private static async Task PaceAsync(FeedPlace place, long? star, Histogram others, Histogram own, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var serving = Task.Run(() => ServeUntil(place, ended.Token), CancellationToken.None);
        Task watching = Task.CompletedTask;
        for (var i = 0; i < Rounds; i++)
        {
            if (star is { } author && i % 500 == 100)
            {
                place.Hear(author);
                watching = WatchAsync(place.Last(), own);
            }

            var at = Stopwatch.GetTimestamp();
            place.Hear(FirstAuthor + (i % Authors));
            var post = place.Last();
            while (!post.IsDone)
            {
                await Task.Yield();
            }

            others.Record((long)Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            // A thousand a second.
            while (Stopwatch.GetElapsedTime(at).TotalMilliseconds < 1)
            {
                await Task.Yield();
            }
        }

        await watching;
        await ended.CancelAsync();
        await serving;
    }

    private static async Task WatchAsync(Madang.Feeds.Timelines.FreshPost post, Histogram own)
    {
        var at = Stopwatch.GetTimestamp();
        while (!post.IsDone)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        own.Record((long)Stopwatch.GetElapsedTime(at).TotalMicroseconds);
    }

    private static void ServeUntil(FeedPlace place, CancellationToken cancellationToken)
    {
        var told = new List<UserId>();
        while (!cancellationToken.IsCancellationRequested)
        {
            for (var shard = 0; shard < place.Timelines.Shards.Count; shard++)
            {
                place.FanOut.Serve(shard, told);
            }

            Thread.Yield();
        }
    }
}

using System.Diagnostics;
using Madang.Feeds;

namespace Madang.Bench.Feeding;

/// <summary>
/// What pushing and pulling cost: one day of posts and looks, the same for each setting, through the real rings, logs and policy in this process. A fifth of
/// the people are there; how often they look is log-normal (σ 1.0, mean 10 a day), how much everybody writes too (σ 1.5, mean 0.5 a day). Beside it, by
/// arithmetic on the same graph and the costs just measured: the least that any choice per pair of author and reader could take (Feeding Frenzy, SIGMOD 2010).
/// </summary>
internal sealed class PolicyRun(FollowGraph graph, TextWriter output)
{
    private const double PostsPerDay = 0.5;
    private const double LooksPerDay = 10;

    private readonly int _people = graph.Followees.Length - 1;
    private readonly Random _random = new(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var day = Day();
        await output.WriteLineAsync($"day         {day.Readers.Length:N0} readers, {day.Readers.Sum(reader => (long)graph.Followees[reader].Length):N0} edges to them, {day.Posts:N0} posts, {day.Looks:N0} looks");
        var push = await MeasureAsync("push to who reads", 100_000_000, 1_000_000, day, cancellationToken);
        Cost pull = push;
        foreach (var most in (int[])[5_000, 2_000, 1_000, 200, 50, 10, 1])
        {
            pull = await MeasureAsync($"pull from {most:N0} readers", most, 1_000_000, day, cancellationToken);
        }

        foreach (var ratio in (double[])[20, 5, 1])
        {
            await MeasureAsync($"pull over {ratio} posts a look", 100_000_000, ratio, day, cancellationToken);
        }

        await MeasureAsync("as shipped: 5,000, 20", 5_000, 20, day, cancellationToken);
        var one = push.Push.TotalNanoseconds / Math.Max(1, push.Deliveries);
        var look = (pull.Look - push.Look).TotalNanoseconds / Math.Max(1, pull.Logs);
        await new PolicyModel(graph, day, one, look).TellAsync(output);
    }

    private PolicyDay Day()
    {
        int[] readers = [.. Enumerable.Range(1, _people).Where(_ => _random.Next(5) == 0)];
        var looks = Scaled(readers.Length, 1.0, LooksPerDay);
        var posts = Scaled(_people, 1.5, PostsPerDay);
        return new PolicyDay(readers, looks, posts);
    }

    /// <summary>Log-normal numbers with this mean.</summary>
    private double[] Scaled(int count, double sigma, double mean)
    {
        double[] all = [.. Enumerable.Range(0, count).Select(_ => Math.Exp(sigma * FollowGraph.Normal(_random)))];
        var scale = mean * count / all.Sum();
        return [.. all.Select(one => one * scale)];
    }

    private async Task<Cost> MeasureAsync(string name, int pullFollowers, double postsPerView, PolicyDay day, CancellationToken cancellationToken)
    {
        await using var place = await FeedPlace.OpenAsync(
            options => (options.PullFollowers, options.PullPostsPerView, options.AuthorLogs) = (pullFollowers, postsPerView, 1_000_000), cancellationToken);
        await place.WarmAsync(graph, day.Readers, cancellationToken);
        ViewerGraph[] graphs = [.. day.Readers.Select(reader => FeedPlace.GraphOf(reader, graph.Followees[reader]))];
        // Everybody once, since who is to be pulled is so from their first post on; then half a day: logs are loaded and frequencies known.
        for (var author = 1; author <= _people; author++)
        {
            place.Publish(author);
        }

        await LiveAsync(place, graphs, day, 0.5, 3, cancellationToken);
        var cost = await LiveAsync(place, graphs, day, 1, 4, cancellationToken);
        await output.WriteLineAsync(
            $"{name,-28} {cost.Push.TotalMilliseconds,6:0} ms pushing {cost.Deliveries,9:N0} ids  {cost.Look.TotalMilliseconds,6:0} ms looking, {cost.Logs / Math.Max(1.0, day.Looks),6:0.0} logs a look  together {(cost.Push + cost.Look).TotalMilliseconds,6:0} ms  pulled {place.Timelines.Shards.Sum(shard => shard.Pulled.Length),7:N0}");
        return cost;
    }

    /// <summary>Posts and looks in a random order, each as often as it comes in so many days.</summary>
    private static async Task<Cost> LiveAsync(FeedPlace place, ViewerGraph[] graphs, PolicyDay day, double days, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var (writers, lookers) = (new Wheel(day.PostsOf), new Wheel(day.LooksOf));
        var (push, look, from, logs) = (0L, 0L, place.Delivered, 0L);
        var events = (int)((day.Posts + day.Looks) * days);
        for (var i = 0; i < events; i++)
        {
            var isPost = random.NextDouble() * (day.Posts + day.Looks) < day.Posts;
            var who = isPost ? writers.Draw(random) + 1 : lookers.Draw(random);
            var at = Stopwatch.GetTimestamp();
            if (isPost)
            {
                place.Publish(who);
                push += Stopwatch.GetTimestamp() - at;
                continue;
            }

            var found = await place.ReadAsync(graphs[who], 29, cancellationToken);
            _ = found.Between(0, long.MaxValue);
            look += Stopwatch.GetTimestamp() - at;
            logs += place.Timelines.Find(graphs[who].Viewer)?.Aim.Pulled.Length ?? 0;
        }

        return new Cost(Stopwatch.GetElapsedTime(0, push), Stopwatch.GetElapsedTime(0, look), place.Delivered - from, logs);
    }

    /// <param name="Logs">Logs that were looked into, over all looks.</param>
    private sealed record Cost(TimeSpan Push, TimeSpan Look, long Deliveries, long Logs);

    /// <summary>Draws places by their weights.</summary>
    private sealed class Wheel
    {
        private readonly double[] _sums;

        public Wheel(double[] weights)
        {
            _sums = new double[weights.Length];
            var sum = 0.0;
            for (var i = 0; i < weights.Length; i++)
            {
                _sums[i] = sum += weights[i];
            }
        }

        public int Draw(Random random)
        {
            var place = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
            return Math.Min(place < 0 ? ~place : place, _sums.Length - 1);
        }
    }
}

/// <summary>A day as it is drawn from.</summary>
/// <param name="Readers">Who is there: places in the graph.</param>
/// <param name="LooksOf">Looks a day of each of them.</param>
/// <param name="PostsOf">Posts a day of everybody, from person 1 on.</param>
internal sealed record PolicyDay(int[] Readers, double[] LooksOf, double[] PostsOf)
{
    public double Posts { get; } = PostsOf.Sum();

    public double Looks { get; } = LooksOf.Sum();
}

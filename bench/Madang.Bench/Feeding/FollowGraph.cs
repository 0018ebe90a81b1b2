namespace Madang.Bench.Feeding;

/// <summary>
/// Who follows whom, made up from a seed: how many somebody follows is log-normal (median 50, σ 1.2, at most 5,000), whom by Zipf 0.8. With 100,000 people
/// that gives about 10 million edges, followers p50 43, p99 950, and one with 64,000.
/// </summary>
internal sealed class FollowGraph
{
    private const double Median = 50;
    private const double Sigma = 1.2;
    private const double Zipf = 0.8;
    private const int MostFollowees = 5_000;

    private FollowGraph(long[][] followees, int[] followers) => (Followees, Followers) = (followees, followers);

    /// <summary>By person from 1: ascending ids.</summary>
    public long[][] Followees { get; }

    /// <summary>How many follow each.</summary>
    public int[] Followers { get; }

    public long Edges => Followees.Sum(list => (long)list.Length);

    public static FollowGraph Of(int people, int seed)
    {
        var random = new Random(seed);
        var (followees, followers) = (new long[people + 1][], new int[people + 1]);
        followees[0] = [];
        // Popularity has nothing to do with the order of ids.
        var byRank = Enumerable.Range(1, people).ToArray();
        random.Shuffle(byRank);
        var span = Math.Pow(people, 1 - Zipf) - 1;
        var drawn = new HashSet<int>();
        for (var person = 1; person <= people; person++)
        {
            var count = (int)Math.Min(Math.Min(MostFollowees, people / 2), Median * Math.Exp(Sigma * Normal(random)));
            drawn.Clear();
            for (var tries = 0; drawn.Count < count && tries < count * 4; tries++)
            {
                var rank = (int)Math.Pow((random.NextDouble() * span) + 1, 1 / (1 - Zipf)) - 1;
                var followee = byRank[Math.Min(rank, people - 1)];
                if (followee != person && drawn.Add(followee))
                {
                    followers[followee]++;
                }
            }

            followees[person] = [.. drawn.Select(id => (long)id).Order()];
        }

        return new FollowGraph(followees, followers);
    }

    /// <summary>Who writes next: how much people write is log-normal, σ 1.5, whatever their followers.</summary>
    public static int[] Writers(int people, int posts, int seed)
    {
        var random = new Random(seed);
        var sums = new double[people + 1];
        for (var i = 1; i <= people; i++)
        {
            sums[i] = sums[i - 1] + Math.Exp(1.5 * Normal(random));
        }

        var writers = new int[posts];
        for (var i = 0; i < posts; i++)
        {
            var place = Array.BinarySearch(sums, random.NextDouble() * sums[people]);
            writers[i] = Math.Clamp(place < 0 ? ~place : place, 1, people);
        }

        return writers;
    }

    internal static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

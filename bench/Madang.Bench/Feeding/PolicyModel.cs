namespace Madang.Bench.Feeding;

/// <summary>Costs of a day by arithmetic, for every way to choose between pushing and pulling: an id pushed costs this, a log looked into that.</summary>
internal sealed class PolicyModel(FollowGraph graph, PolicyDay day, double pushNanoseconds, double lookNanoseconds)
{
    private static readonly double[] Ratios = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

    public async Task TellAsync(TextWriter output)
    {
        var mean = day.Looks / day.Readers.Length;
        var (push, pull, best, edges, pulled) = (0.0, 0.0, 0.0, 0L, 0L);
        var byRatio = new double[Ratios.Length];
        for (var i = 0; i < day.Readers.Length; i++)
        {
            var look = day.LooksOf[i] * lookNanoseconds;
            foreach (var author in graph.Followees[day.Readers[i]])
            {
                var posts = day.PostsOf[author - 1];
                var put = posts * pushNanoseconds;
                (push, pull, best, edges) = (push + put, pull + look, best + Math.Min(put, look), edges + 1);
                pulled += look < put ? 1 : 0;
                for (var k = 0; k < Ratios.Length; k++)
                {
                    byRatio[k] += posts / mean > Ratios[k] ? look : put;
                }
            }
        }

        await output.WriteLineAsync($"by costs    {pushNanoseconds:0} ns for an id into a ring, {lookNanoseconds:0} ns for a look into a log");
        await output.WriteLineAsync($"            push all {push / 1e6:0} ms, pull all {pull / 1e6:0} ms, the best for each pair {best / 1e6:0} ms ({(double)pulled / edges:P1} of the pairs pulled)");
        for (var k = 0; k < Ratios.Length; k++)
        {
            await output.WriteLineAsync($"            authors over {Ratios[k]} posts a look pulled: {byRatio[k] / 1e6:0.0} ms, {(byRatio[k] / best) - 1:P1} over the best");
        }

        await output.WriteLineAsync($"            push to everybody, who is away too: {graph.Followers.Skip(1).Select((count, i) => count * day.PostsOf[i]).Sum() * pushNanoseconds / 1e6:0} ms");
    }
}

using System.Globalization;
using Madang.Bench.Serving;
using Madang.Bench.Sites.Hostile;

namespace Madang.Bench.Crawling;

/// <summary>What one way to do harm cost a crawler that met nothing else.</summary>
/// <param name="Requests">For the harmful target and what lies below it, as the server saw them.</param>
/// <param name="CpuSeconds">Of the whole process beyond that of a harmless host's crawl.</param>
/// <param name="Growth">Megabytes: the highest resident set beyond that of a crawl of good pages.</param>
/// <param name="IsAlive">It ended by itself with 0, or was still waiting for an answer at the limit.</param>
internal sealed record HarmCost(string Name, int Requests, double CpuSeconds, double Growth, bool IsAlive)
{
    public const double MostCpuSeconds = 2;
    public const double MostGrowth = 64;

    public double CpuPerPage => CpuSeconds / Math.Max(1, Requests);

    public bool IsBearable => IsAlive && CpuPerPage <= MostCpuSeconds && Growth <= MostGrowth;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"  {Name,-36} {Requests,5} requests {CpuSeconds,7:0.00} CPU-s {CpuPerPage,6:0.00} a page {Growth,6:0} MB{(IsAlive ? "" : "  DEAD")}{(IsBearable ? "" : "  TOO MUCH")}");
}

/// <summary>
/// Crawls each harmful host alone, in a process of its own with one request at a time, so that memory and processor time can be told apart by case. Subtracted are the processor
/// time of a harmless host's crawl and the memory of a crawl of a thousand good pages, whose caches have come to life; what is left holds the compilation of everything that only this case
/// needs, and garbage that was not collected yet.
/// </summary>
internal sealed class HarmAlone(HostileWeb web, SiteProcess sites, Contender madang, TimeSpan limit)
{
    /// <summary>Its host does no harm: a page whose type must be guessed.</summary>
    private const string Harmless = "no type";

    public async Task<IReadOnlyList<HarmCost>> RunAsync(Func<HostileCase, bool> choose, int atOnce, CancellationToken cancellationToken)
    {
        var harmless = web.Cases.Single(one => one.Name == Harmless);
        var cpu = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            cpu = Math.Min(cpu, (await CrawlAsync([web.HostOf(harmless).Origin + "/"], limit, cancellationToken)).Cpu);
        }

        var memory = (await CrawlAsync(web.Seeds.Except(web.Cases.Select(one => web.HostOf(one).Origin + "/")), TimeSpan.FromMinutes(1), cancellationToken)).Memory;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a harmless host: {cpu:0.00} CPU-s; good pages: {memory:0} MB"));
        var costs = new List<HarmCost>();
        var cases = web.Cases.Where(one => one != harmless).Where(choose);
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, async (one, stop) =>
        {
            var run = await CrawlAsync([web.HostOf(one).Origin + "/"], limit, stop);
            lock (costs)
            {
                costs.Add(new HarmCost(one.Name, 0, Math.Max(0, run.Cpu - cpu), Math.Max(0, run.Memory - memory), run.IsAlive));
            }
        });
        var log = await sites.LogAsync(cancellationToken);
        var asked = web.Cases.ToDictionary(one => one.Name, one => log.Count(request => request.Host == web.HostOf(one).Index && request.Target.StartsWith(one.Target, StringComparison.Ordinal)));
        return [.. costs.Select(cost => cost with { Requests = asked[cost.Name] }).OrderByDescending(cost => cost.Growth)];
    }

    public static string Table(IReadOnlyList<HarmCost> costs) => string.Join(Environment.NewLine, costs.Select(cost => cost.ToString())) + Environment.NewLine + string.Create(
        CultureInfo.InvariantCulture,
        $"{costs.Count} cases, {costs.Count(cost => !cost.IsBearable)} too much; most: {costs.Max(cost => cost.Growth):0} MB growth, {costs.Max(cost => cost.CpuPerPage):0.00} CPU-s a page");

    private async Task<(double Cpu, double Memory, bool IsAlive)> CrawlAsync(IEnumerable<string> seeds, TimeSpan patience, CancellationToken cancellationToken)
    {
        var place = Directory.CreateTempSubdirectory("madang-alone-").FullName;
        try
        {
            var start = madang.Start(new CrawlTask([.. seeds], [], Path.Combine(place, "crawl")) { Concurrency = 1 });
            using var run = new CrawlerRun(start);
            var (ended, cpu, memory) = (run.EndAsync(cancellationToken), 0.0, 0.0);
            while (await Task.WhenAny(ended, Task.Delay(5, cancellationToken)) != ended && run.Age < patience)
            {
                (cpu, memory) = (Math.Max(cpu, CpuTime.Of(run.Pid)), Math.Max(memory, CrawlerRun.MemoryOf(run.Pid)));
            }

            return (cpu, memory, !run.HasExited || run.ExitCode == 0);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }
}

using System.Globalization;
using Madang.Bench.Serving;

namespace Madang.Bench.Crawling;

/// <summary>One contender's crawl, as measured and as the server saw it.</summary>
internal sealed record CrawlResult(string Name, TimeSpan Took, double CpuSeconds, double SitesCpuSeconds, double PeakMemory, PageSetCheck Pages, PoliteCheck Polite, bool InTime)
{
    public double PagesPerCpuSecond => Pages.Fetched / Math.Max(CpuSeconds, 0.01);

    public double PagesPerSecond => Pages.Fetched / Took.TotalSeconds;
}

/// <summary>Several crawlers, one after the other and round after round, on the same sites.</summary>
internal sealed class CrawlRace(SiteProcess sites, IReadOnlyList<Contender> contenders, TimeSpan limit, string folder, TextWriter log)
{
    public async Task<IReadOnlyList<CrawlResult>> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var results = new List<CrawlResult>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var result = await RunAsync(contender, Path.Combine(folder, $"{contender.Name}-{round}"), cancellationToken);
                results.Add(result);
                await log.WriteLineAsync(Invariant($"round {round}  {result.Name,-10} {result.PagesPerCpuSecond,7:0} pages/CPU-s {result.PagesPerSecond,7:0} pages/s {result.CpuSeconds,7:0.00} CPU-s (sites {result.SitesCpuSeconds:0.00}) {result.PeakMemory,6:0} MB"));
                await log.WriteLineAsync($"  {result.Pages}");
            }
        }

        return results;
    }

    /// <summary>The median round of each, by pages per processor second.</summary>
    public static string Table(IReadOnlyList<CrawlResult> results)
    {
        var lines = new List<string> { "| crawler | pages/CPU-s | pages/s | peak MB | MB read | lost | refetched | strange | forbidden | host asked while busy |", "|---|---|---|---|---|---|---|---|---|---|" };
        foreach (var rounds in results.GroupBy(result => result.Name))
        {
            var one = rounds.OrderBy(result => result.PagesPerCpuSecond).ElementAt(rounds.Count() / 2);
            lines.Add(Invariant($"| {one.Name}{(one.InTime ? "" : " (stopped)")} | {one.PagesPerCpuSecond:0} | {one.PagesPerSecond:0} | {one.PeakMemory:0} | {one.Pages.Bytes / 1e6:0} | {one.Pages.Lost.Count} | {one.Pages.Refetched.Count} | {one.Pages.Strange.Count} | {one.Pages.Forbidden.Count} | {one.Polite.Violations.Count} |"));
        }

        return string.Join(Environment.NewLine, lines);
    }

    private async Task<CrawlResult> RunAsync(Contender contender, string place, CancellationToken cancellationToken)
    {
        await sites.ClearAsync(cancellationToken);
        Directory.CreateDirectory(place);
        var before = CpuTime.Of(sites.Pid);
        var start = contender.Start(new CrawlTask(sites.Web.Seeds, [.. sites.Web.Hosts.Select(host => host.Origin + "/")], place));
        using var run = new CrawlerRun(start);
        var inTime = await run.WaitAsync(limit, cancellationToken);
        var spent = CpuTime.Of(sites.Pid) - before;
        await File.WriteAllTextAsync(place + ".out", run.Output, cancellationToken);
        var requests = await sites.LogAsync(cancellationToken);
        var result = new CrawlResult(
            contender.Name, run.Took, run.CpuSeconds, spent, run.PeakMemory,
            PageSetCheck.Of(sites.Web, requests), new PoliteCheck(sites.Web, new Politeness()).Run(requests), inTime);
        Directory.Delete(place, recursive: true);
        return result;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

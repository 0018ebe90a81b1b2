using System.Diagnostics;
using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <param name="Faults">In words; none when all is well.</param>
internal sealed record CrawlKillReport(int Kills, PageSetCheck Pages, PoliteCheck Polite, TimeSpan Took, IReadOnlyList<int> RefetchedAfter, IReadOnlyList<string> Faults)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kills} kills in {Took.TotalSeconds:0} s; {Pages}{Environment.NewLine}{Polite}{Environment.NewLine}refetched after each kill: {string.Join(' ', RefetchedAfter)}{Environment.NewLine}{Faults.Count} faults") +
        string.Concat(Faults.Take(10).Select(fault => $"{Environment.NewLine}  {fault}"));
}

/// <summary>
/// Kills a crawler with SIGKILL at random moments and lets it resume, again and again. At the end every promised page was fetched, and whatever was
/// fetched twice was the one request that its host had under way when the process died.
/// </summary>
internal sealed class CrawlKill(SiteProcess sites, Contender crawler, Politeness asked, int seed, TextWriter log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly List<long> _deaths = [];

    public async Task<CrawlKillReport> RunAsync(int kills, int requests, CrawlTask task, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await sites.ClearAsync(cancellationToken);
        var moments = Enumerable.Range(0, kills).Select(_ => _random.Next(requests / 50, requests * 19 / 20)).Order().ToList();
        foreach (var moment in moments)
        {
            using var run = new CrawlerRun(crawler.Start(task with { Resume = _deaths.Count > 0 }));
            if (!await ReachAsync(run, moment, cancellationToken))
            {
                throw new InvalidOperationException($"The crawler ended with {run.ExitCode} before it could be killed: {run.Output}");
            }

            run.Kill();
            await run.WaitAsync(Patience, cancellationToken);
            _deaths.Add(Stopwatch.GetTimestamp());
            await log.WriteLineAsync($"kill {_deaths.Count} after {await sites.CountAsync(cancellationToken)} requests");
        }

        var faults = new List<string>();
        using (var last = new CrawlerRun(crawler.Start(task with { Resume = _deaths.Count > 0 })))
        {
            if (!await last.WaitAsync(TimeSpan.FromMinutes(30), cancellationToken) || last.ExitCode != 0)
            {
                faults.Add($"the last run ended with {last.ExitCode}: {last.Output}");
            }
        }

        return Judge(await sites.LogAsync(cancellationToken), Stopwatch.GetElapsedTime(began), faults);
    }

    private CrawlKillReport Judge(IReadOnlyList<LoggedRequest> requests, TimeSpan took, List<string> faults)
    {
        var pages = PageSetCheck.Of(sites.Web, requests);
        var polite = new PoliteCheck(sites.Web, asked).Run(requests);
        faults.AddRange(pages.Lost.Select(url => $"lost: {url}"));
        faults.AddRange(polite.Violations);
        var refetchedAfter = new int[_deaths.Count];
        var (needless, oldest) = (0, 0L);
        var byHost = requests.ToLookup(request => request.Host);
        foreach (var again in pages.Refetched)
        {
            // The kill that its first fetch did not survive; the second may come lives later.
            var before = byHost[again.Host].Last(request => request.Target == again.Target && request.Arrived < again.Arrived);
            var life = _deaths.FindIndex(death => death > before.Arrived);
            if (life < 0 || _deaths[life] > again.Arrived)
            {
                faults.Add($"fetched twice without a kill between: {before} and {again}");
                continue;
            }

            refetchedAfter[life]++;
            if (!WasUnderWay(byHost[again.Host], again, _deaths[life]))
            {
                needless++;
                oldest = Math.Max(oldest, _deaths[life] - before.Arrived);
            }
        }

        if (needless > 0)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{needless} pages were refetched that were not under way at a kill, the oldest had been fetched {oldest / 1e6:0} ms before"));
        }

        return new CrawlKillReport(_deaths.Count, pages, polite, took, refetchedAfter, faults);
    }

    /// <summary>Whether this page was the last thing that its host had been asked before the crawler died.</summary>
    private static bool WasUnderWay(IEnumerable<LoggedRequest> ofHost, LoggedRequest again, long death) =>
        ofHost.Where(request => request.Arrived < death).MaxBy(request => request.Arrived)?.Target == again.Target;

    private async Task<bool> ReachAsync(CrawlerRun run, int moment, CancellationToken cancellationToken)
    {
        // Moments that have passed meanwhile: let the next start breathe a little, at random.
        var start = await sites.CountAsync(cancellationToken);
        var target = Math.Max(moment, start + _random.Next(1, 500));
        for (var began = Stopwatch.GetTimestamp(); await sites.CountAsync(cancellationToken) < target; await Task.Delay(10, cancellationToken))
        {
            if (run.HasExited)
            {
                return false;
            }

            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"The crawler made no {target} requests within {Patience.TotalSeconds} s: {run.Output}");
            }
        }

        return true;
    }
}

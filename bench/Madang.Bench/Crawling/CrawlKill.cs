using System.Diagnostics;
using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <param name="Concurrency">Requests that the crawler may have begun without their outcome being durable.</param>
/// <param name="Repeated">After each kill, requests that the life before had made already, robots.txt among them.</param>
/// <param name="OldestMs">Of these, how long before the kill the earliest had been made.</param>
/// <param name="Faults">In words; none when all is well.</param>
internal sealed record CrawlKillReport(
    int Kills, int Concurrency, PageSetCheck Pages, PoliteCheck Polite, TimeSpan Took, IReadOnlyList<int> Repeated, double OldestMs, IReadOnlyList<string> Faults)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kills} kills in {Took.TotalSeconds:0} s; {Pages}{Environment.NewLine}{Polite}{Environment.NewLine}requests made again after each kill, of {Concurrency} in flight at most: {string.Join(' ', Repeated)}; at most {Repeated.DefaultIfEmpty(0).Max()}, {Repeated.Sum()} in all, the oldest made {OldestMs:0} ms before its kill{Environment.NewLine}{Faults.Count} faults") +
        string.Concat(Faults.Take(10).Select(fault => $"{Environment.NewLine}  {fault}"));
}

/// <summary>
/// Kills a crawler with SIGKILL at random moments and lets it resume, again and again. At the end every promised page was fetched, and no kill let more requests be made again than
/// the crawler may have in flight.
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

        return Judge(await sites.LogAsync(cancellationToken), task.Concurrency, Stopwatch.GetElapsedTime(began), faults);
    }

    private CrawlKillReport Judge(IReadOnlyList<LoggedRequest> requests, int concurrency, TimeSpan took, List<string> faults)
    {
        var pages = PageSetCheck.Of(sites.Web, requests);
        var polite = new PoliteCheck(sites.Web, asked).Run(requests);
        faults.AddRange(pages.Lost.Select(url => $"lost: {url}"));
        faults.AddRange(polite.Violations);
        var repeated = new int[_deaths.Count];
        var oldest = 0L;
        foreach (var same in requests.GroupBy(request => (request.Host, request.Target)).Where(same => same.Skip(1).Any()))
        {
            foreach (var (before, again) in same.OrderBy(request => request.Arrived).Zip(same.OrderBy(request => request.Arrived).Skip(1)))
            {
                // The kill that the first of the two did not survive; the second may come lives later.
                var life = _deaths.FindIndex(death => death > before.Arrived);
                if (life >= 0 && _deaths[life] < again.Arrived)
                {
                    repeated[life]++;
                    oldest = Math.Max(oldest, _deaths[life] - before.Arrived);
                }
                else if (before.Status == 200)
                {
                    faults.Add($"fetched twice without a kill between: {before} and {again}");
                }
            }
        }

        faults.AddRange(repeated.Index().Where(kill => kill.Item > concurrency).Select(kill => $"kill {kill.Index + 1}: {kill.Item} requests were made again, more than the {concurrency} in flight"));
        return new CrawlKillReport(_deaths.Count, concurrency, pages, polite, took, repeated, oldest / 1e6, faults);
    }

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

using System.CommandLine;
using System.Globalization;
using Madang.Bench.Serving;
using Madang.Bench.Sites;
using Madang.Bench.Sites.Hostile;

namespace Madang.Bench.Crawling;

/// <summary><c>bench crawl</c> and its kin.</summary>
internal static class CrawlCommands
{
    private static readonly Option<string> Mix = new("--mix") { Description = string.Join(", ", Mixes.Names), DefaultValueFactory = _ => "clean" };
    private static readonly Option<int> Pages = new("--pages") { DefaultValueFactory = _ => 20_000 };
    private static readonly Option<int> Hosts = new("--hosts") { DefaultValueFactory = _ => 200 };
    private static readonly Option<ulong> Seed = new("--seed") { DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Program = new("--program") { Description = "madang.dll; the one built in this repository otherwise" };
    private static readonly Option<int> Limit = new("--limit") { Description = "Seconds after which a crawler is stopped", DefaultValueFactory = _ => 300 };
    private static readonly Option<int> Delay = new("--delay") { Description = "Milliseconds between requests to one host", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Where the crawl goes; a temporary folder otherwise, removed at the end" };

    public static IEnumerable<Command> Create() => [Race(), Kill(), Harm(), Known(), Single("crawl-hostile", "hostile", "Crawls good sites beside a hundred that mean harm"), Single("crawl-polite", "polite", "Crawls hosts that ask for politeness: violations, and how much of the allowed rate was used"), Single("crawl-traps", "trap", "Crawls sites where nine links of ten lead into traps")];

    private static Command Race()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var only = new Option<string[]>("--only") { Description = "madang and its peers by name; all otherwise", AllowMultipleArgumentsPerToken = true };
        var command = new Command("crawl", "Madang and its peers, interleaved on the same generated sites, checked by the server's own log")
        {
            Mix, Pages, Hosts, Seed, Program, Limit, Folder, rounds, only,
        };
        command.SetAction((given, cancelled) => WithSitesAsync(given, given.GetValue(Mix)!, async (sites, folder) =>
        {
            var names = given.GetValue(only) is { Length: > 0 } some ? some : null;
            var contenders = Crawlers.All.Where(peer => names?.Contains(peer.Name) ?? true).ToList();
            if (names?.Contains("madang") ?? true)
            {
                contenders.Insert(0, Madang(given));
            }

            var race = new CrawlRace(sites, contenders, TimeSpan.FromSeconds(given.GetValue(Limit)), folder, Console.Out);
            var results = await race.RunAsync(given.GetValue(rounds), cancelled);
            Console.WriteLine();
            Console.WriteLine(CrawlRace.Table(results));
            foreach (var contender in contenders)
            {
                Console.WriteLine($"- {contender.Name}: {contender.Settings}");
            }

            return results.Where(result => result.Name == "madang").All(result => result.Pages.IsExact && result.Polite.Violations.Count == 0) ? 0 : 1;
        }, cancelled));
        return command;
    }

    private static Command Kill()
    {
        var kills = new Option<int>("--kills") { DefaultValueFactory = _ => 20 };
        var concurrency = new Option<int>("--concurrency") { Description = "Requests in flight: no kill may let more be made again", DefaultValueFactory = _ => 256 };
        var command = new Command("crawl-kill", "Kills Madang at random moments of a crawl and lets it resume: lost, or more asked again than was in flight?")
        {
            Mix, Pages, Hosts, Seed, Program, Delay, Folder, kills, concurrency,
        };
        command.SetAction((given, cancelled) => WithSitesAsync(given, given.GetValue(Mix)!, async (sites, folder) =>
        {
            var asked = new Politeness { HostDelay = TimeSpan.FromMilliseconds(given.GetValue(Delay)) };
            var test = new CrawlKill(sites, Madang(given), asked, (int)given.GetValue(Seed), Console.Out);
            var task = new CrawlTask(sites.Web.Seeds, [], Path.Combine(folder, "crawl")) { Delay = given.GetValue(Delay), Concurrency = given.GetValue(concurrency) };
            var report = await test.RunAsync(given.GetValue(kills), given.GetValue(Pages), task, cancelled);
            Console.WriteLine(report);
            return report.Faults.Count == 0 ? 0 : 1;
        }, cancelled));
        return command;
    }

    private static Command Harm()
    {
        var only = new Option<string?>("--only") { Description = "Cases whose name holds this" };
        var patience = new Option<int>("--patience") { Description = "Seconds after which a crawl that still waits is ended", DefaultValueFactory = _ => 12 };
        var atOnce = new Option<int>("--at-once") { Description = "Crawls side by side", DefaultValueFactory = _ => 3 };
        var command = new Command("crawl-harm", "Crawls each host that means harm alone: memory and processor time by case") { Program, only, patience, atOnce };
        command.SetAction(async (given, cancelled) =>
        {
            await using var sites = await SiteProcess.StartAsync(new MixSettings("hostile", 1_000, 10, 1), cancelled);
            var alone = new HarmAlone((HostileWeb)sites.Web, sites, Madang(given), TimeSpan.FromSeconds(given.GetValue(patience)));
            var costs = await alone.RunAsync(one => given.GetValue(only) is not { } part || one.Name.Contains(part, StringComparison.OrdinalIgnoreCase), given.GetValue(atOnce), cancelled);
            Console.WriteLine(HarmAlone.Table(costs));
            return costs.All(cost => cost.IsBearable) ? 0 : 1;
        });
        return command;
    }

    private static Command Known()
    {
        var most = new Option<int>("--memory") { Description = "Megabytes that the crawler may take", DefaultValueFactory = _ => 500 };
        var command = new Command("crawl-known", "Crawls sites of more URLs than can be fetched: memory by known URLs") { Pages, Hosts, Seed, Program, Limit, Folder, most };
        command.SetAction((given, cancelled) => WithSitesAsync(given, "wide", async (sites, folder) =>
        {
            using var run = new CrawlerRun(Madang(given).Start(new CrawlTask(sites.Web.Seeds, [], Path.Combine(folder, "crawl"))));
            var (peak, known) = await KnownUrls.RunAsync(run, TimeSpan.FromSeconds(given.GetValue(Limit)), TimeSpan.FromSeconds(10), cancelled);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{known:N0} known URLs, peak {peak:0} MB"));
            return peak <= given.GetValue(most) && known >= given.GetValue(Pages) ? 0 : 1;
        }, cancelled));
        return command;
    }

    /// <summary>One crawl of one mix, judged by what that mix is about.</summary>
    private static Command Single(string name, string mix, string description)
    {
        var command = new Command(name, description) { Pages, Hosts, Seed, Program, Delay, Limit, Folder };
        command.SetAction((given, cancelled) => WithSitesAsync(given, mix, async (sites, folder) =>
        {
            await using var names = SiteNames.Of(sites.Web);
            var asked = new Politeness
            {
                HostDelay = TimeSpan.FromMilliseconds(given.GetValue(Delay)),
                DomainDelay = TimeSpan.FromMilliseconds(given.GetValue(Delay) / 2),
                AddressDelay = TimeSpan.FromMilliseconds(given.GetValue(Delay) / 4),
                LatencyFactor = given.GetValue(Delay) > 0 ? 5 : 0,
            };
            var start = Madang(given).Start(new CrawlTask(sites.Web.Seeds, [], Path.Combine(folder, "crawl")) { Delay = given.GetValue(Delay) });
            start.Environment["MADANG__OUTBOUND__NAMESERVERS"] = names.Address.ToString();
            using var run = new CrawlerRun(start);
            var inTime = await run.WaitAsync(TimeSpan.FromSeconds(given.GetValue(Limit)), cancelled);
            var log = await sites.LogAsync(cancelled);
            await File.WriteAllLinesAsync(Path.Combine(folder, "sites.log"), log.Select(request => request.ToString()), cancelled);
            return Judge(sites.Web, run, inTime, log, new PoliteCheck(sites.Web, asked).Run(log));
        }, cancelled));
        return command;
    }

    private static int Judge(IWeb web, CrawlerRun run, bool inTime, IReadOnlyList<LoggedRequest> log, PoliteCheck polite)
    {
        var pages = PageSetCheck.Of(web, log);
        Console.WriteLine(run.Output.Trim().Split('\n')[^1]);
        Console.WriteLine(pages);
        Console.WriteLine(polite);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(inTime ? $"ended with {run.ExitCode}" : "stopped at the limit")} after {run.Took.TotalSeconds:0.0} s, {run.CpuSeconds:0.0} CPU-s, peak {run.PeakMemory:0} MB"));
        if (web is TrapWeb)
        {
            var traps = log.Count(request => TrapWeb.IsTrap(request.Target));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traps} of {log.Count} requests went into traps: {(double)traps / log.Count:P2}"));
        }

        if (web is HostileWeb hostile)
        {
            foreach (var one in hostile.Cases)
            {
                var host = hostile.HostOf(one).Index;
                var asked = log.Where(request => request.Host == host).ToList();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {one.Name,-36} {asked.Count,6} requests, {(asked.Any(request => request.Target == "/after") ? "after" : "NOT after")}"));
            }
        }

        return inTime && run.ExitCode == 0 && pages.Lost.Count == 0 && polite.Violations.Count == 0 ? 0 : 1;
    }

    private static Contender Madang(ParseResult given) => Crawlers.Madang(given.GetValue(Program) ?? ServerSettings.FindProgram());

    private static async Task<int> WithSitesAsync(ParseResult given, string mix, Func<SiteProcess, string, Task<int>> run, CancellationToken cancelled)
    {
        var settings = new MixSettings(mix, given.GetValue(Pages), given.GetValue(Hosts), given.GetValue(Seed));
        var kept = given.GetValue(Folder);
        var folder = kept is null ? Directory.CreateTempSubdirectory("madang-crawl-").FullName : Directory.CreateDirectory(kept).FullName;
        try
        {
            await using var sites = await SiteProcess.StartAsync(settings, cancelled);
            return await run(sites, folder);
        }
        finally
        {
            if (kept is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}

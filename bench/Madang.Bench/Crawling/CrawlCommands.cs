using System.CommandLine;
using Madang.Bench.Serving;
using Madang.Bench.Sites;

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

    public static IEnumerable<Command> Create() => [Race()];

    private static Command Race()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var only = new Option<string[]>("--only") { Description = "madang and its peers by name; all otherwise", AllowMultipleArgumentsPerToken = true };
        var command = new Command("crawl", "Madang and its peers, interleaved on the same generated sites, checked by the server's own log")
        {
            Mix, Pages, Hosts, Seed, Program, Limit, rounds, only,
        };
        command.SetAction((given, cancelled) => WithSitesAsync(given, async (sites, folder) =>
        {
            var names = given.GetValue(only) is { Length: > 0 } some ? some : null;
            var contenders = Crawlers.All.Where(peer => names?.Contains(peer.Name) ?? true).ToList();
            if (names?.Contains("madang") ?? true)
            {
                contenders.Insert(0, Crawlers.Madang(given.GetValue(Program) ?? ServerSettings.FindProgram()));
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

    private static async Task<int> WithSitesAsync(ParseResult given, Func<SiteProcess, string, Task<int>> run, CancellationToken cancelled)
    {
        var settings = new MixSettings(given.GetValue(Mix)!, given.GetValue(Pages), given.GetValue(Hosts), given.GetValue(Seed));
        var folder = Directory.CreateTempSubdirectory("madang-crawl-").FullName;
        try
        {
            await using var sites = await SiteProcess.StartAsync(settings, cancelled);
            return await run(sites, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Diagnostics;

namespace Madang.Bench.Crawling;

/// <summary>One crawl that every contender is given alike.</summary>
/// <param name="Seeds">Lead to everything.</param>
/// <param name="Sites">The first page of every host, for a crawler that stays on one site.</param>
/// <param name="Folder">Empty, and the contender's own.</param>
internal sealed record CrawlTask(IReadOnlyList<string> Seeds, IReadOnlyList<string> Sites, string Folder)
{
    public bool Resume { get; init; }

    /// <summary>Milliseconds between requests to one host.</summary>
    public int Delay { get; init; }

    /// <summary>Requests that Madang may have in flight; the peers are set as their table says.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>Further options of Madang's command line, for the tests that crawl as the race does.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];
}

/// <param name="Settings">How it is set, told beside its figures.</param>
internal sealed record Contender(string Name, string Settings, Func<CrawlTask, ProcessStartInfo> Start);

/// <summary>The crawlers that can run here, each with its fastest sensible settings.</summary>
internal static class Crawlers
{
    /// <summary>Where the peers from npm are installed, outside the repository.</summary>
    public static string Cache { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "madang-bench");

    private static readonly string Peers = Path.Combine(AppContext.BaseDirectory, "peers");

    public static Contender Madang(string program) => new(
        "madang", "robots, dedupe, SimHash, WARC gzip, durable frontier on; one request in flight per host",
        task => Command("dotnet", [
            program, "crawl", .. task.Seeds, "--out", task.Folder, "--scope", "any", "--delay", task.Delay.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--concurrency", task.Concurrency.ToString(System.Globalization.CultureInfo.InvariantCulture), "--allow", "127.1.0.0/16", "--json", .. task.Resume ? ["--resume"] : Array.Empty<string>(), .. task.Extra]));

    public static IReadOnlyList<Contender> All { get; } =
    [
        new("wget2", "robots on, 16 threads, pages written to disk", task => Command("wget2", [
            "--recursive", "--level=inf", "--span-hosts", "--robots=on", "--max-threads=16", "--tries=1", "--no-config", "--quiet",
            "--compression=identity", "--directory-prefix", task.Folder, .. task.Seeds])),
        new("scrapy", "robots on, 64 in flight, 8 per host, pages thrown away", task =>
            WithSeeds(Command("scrapy", ["runspider", Path.Combine(Peers, "scrapy_spider.py")]), task)),
        new("spider-rs", "robots on, 16 sites at once, pages thrown away", task =>
            WithSeeds(Command("node", [Path.Combine(Peers, "spider_rs.cjs")]), task)),
        new("crawlee", "CheerioCrawler, robots on, 16 to 64 in flight, storage in memory", task =>
            WithSeeds(Command("node", [Path.Combine(Peers, "crawlee.cjs")]), task)),
    ];

    private static ProcessStartInfo WithSeeds(ProcessStartInfo start, CrawlTask task)
    {
        start.WorkingDirectory = task.Folder;
        start.Environment["SEEDS"] = string.Join(' ', task.Seeds);
        start.Environment["SITES"] = string.Join(' ', task.Sites);
        start.Environment["NODE_PATH"] = Path.Combine(Cache, "npm", "node_modules");
        return start;
    }

    private static ProcessStartInfo Command(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var proxy in start.Environment.Keys.Where(key => key.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(proxy);
        }

        return start;
    }
}

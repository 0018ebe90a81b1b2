using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary>
/// A short cut of <c>bench/run crawl…</c>: <c>madang crawl</c> as a process of its own against generated sites, in a folder of its own, judged by the log of the server that it visited.
/// </summary>
internal sealed class ToolCrawl : IDisposable
{
    /// <summary>Ends a crawl that hangs. How quick a crawl is depends on what else the machine does, and is no test's matter.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public string Folder { get; } = Directory.CreateTempSubdirectory("madang-crawl-").FullName;

    public static Contender Madang => Crawlers.Madang(Path.Combine(AppContext.BaseDirectory, "madang.dll"));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <returns>Its memory at the peak, megabytes.</returns>
    public static async Task<double> RunAsync(CrawlTask task, SiteNames? names = null)
    {
        var start = Madang.Start(task with { Folder = Path.Combine(task.Folder, "crawl") });
        if (names is not null)
        {
            start.Environment["MADANG__OUTBOUND__NAMESERVERS"] = names.Address.ToString();
        }

        using var run = new CrawlerRun(start);
        var inTime = await run.WaitAsync(Limit, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{run.Took.TotalSeconds:0.0} s, {run.PeakMemory:0} MB");
        Assert.True(inTime && run.ExitCode == 0, $"ended with {run.ExitCode} after {run.Took.TotalSeconds:0} s: {run.Output}");
        return run.PeakMemory;
    }

    public static void AssertPolite(SiteServer server, Politeness asked)
    {
        var check = new PoliteCheck(server.Web, asked).Run(server.Log.Read());
        Assert.True(check.Violations.Count == 0, check.ToString());
    }
}

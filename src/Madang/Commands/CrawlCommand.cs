using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Madang.Crawler;
using Madang.Outbound;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Commands;

/// <summary><c>madang crawl URL…</c>: crawls into a folder, without a server. Ctrl+C ends it cleanly, and <c>--resume</c> goes on.</summary>
internal static class CrawlCommand
{
    public static void AddTo(RootCommand root)
    {
        var flags = new CrawlFlags();
        var crawl = new Command("crawl", "Crawl the web from the URLs given, into a folder.");
        flags.AddTo(crawl);
        CrawlTools.AddTo(crawl);
        CrawlExportCommand.AddTo(crawl);
        crawl.SetAction((parsed, cancellationToken) => RunAsync(flags, parsed, cancellationToken));
        root.Add(crawl);
    }

    private static async Task<int> RunAsync(CrawlFlags flags, ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(parsed.GetValue(flags.Out)!);
        var settings = flags.Read(parsed, Before(flags, parsed, folder));
        var reading = Flags.Settings(parsed);
        if (!Flags.Report(reading))
        {
            return Cli.Usage;
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(reading.Effective());
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System).AddSqliteCrawls();
        builder.AddOutbound();
        using var host = builder.Build();
        try
        {
            await using var crawl = await FolderCrawl.StartAsync(host.Services, folder, settings, cancellationToken);
            return await WatchAsync(crawl, folder, parsed.GetValue(flags.Json));
        }
        catch (FolderTakenException taken)
        {
            throw new CliException(taken.Message);
        }
        catch (StorageFullException)
        {
            throw new CliException(FolderCrawl.Read(folder) is null
                ? "the disk is full: no crawl was begun."
                : $"the disk is full, and the crawl is paused; nothing is lost. Make room, then go on with: madang crawl --resume --out {folder}");
        }
    }

    /// <summary>The settings of the crawl to go on with; null for a new one.</summary>
    private static CrawlSettings? Before(CrawlFlags flags, ParseResult parsed, string folder)
    {
        var before = FolderCrawl.Read(folder);
        var seeds = parsed.GetValue(flags.Seeds) ?? [];
        if (parsed.GetValue(flags.Resume))
        {
            return before ?? throw new CliException($"there is no crawl in {folder}.", Cli.Usage);
        }

        if (before is not null)
        {
            throw new CliException($"there is a crawl in {folder}: go on with --resume, or choose another folder with --out.", Cli.Usage);
        }

        if (seeds.Length == 0)
        {
            throw new CliException("where to begin? Give at least one URL.", Cli.Usage);
        }

        foreach (var seed in seeds)
        {
            if (!Uri.TryCreate(seed, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                throw new CliException($"{seed} is not an http or https URL.", Cli.Usage);
            }
        }

        return null;
    }

    private static async Task<int> WatchAsync(FolderCrawl crawl, string folder, bool json)
    {
        using var interrupt = Ending(PosixSignal.SIGINT, crawl);
        using var terminate = Ending(PosixSignal.SIGTERM, crawl);
        if (crawl.CutBytes > 0)
        {
            Say.Line(string.Create(CultureInfo.InvariantCulture, $"The last run ended without closing its books: {crawl.CutBytes:N0} bytes at the end of the archive were cut, and their pages are fetched again."));
        }

        var completion = crawl.Completion;
        await new CrawlView(crawl.ProgressAsync, json, TimeProvider.System).ShowAsync(completion);
        if (await completion)
        {
            if ((await crawl.ProgressAsync()).Faults.ContainsKey(OutboundFaults.AddressRefused))
            {
                Say.Warning("some hosts are at private addresses and were left out; --allow CIDR opens a range, such as --allow 127.0.0.0/8.");
            }

            return Cli.Done;
        }

        Say.Line($"Stopped; everything so far is in {folder}. Go on with: madang crawl --resume --out {folder}");
        return Cli.Interrupted;
    }

    /// <summary>The first signal lets the requests under way end; a second one ends the process at once, which loses nothing but those.</summary>
    private static PosixSignalRegistration Ending(PosixSignal signal, FolderCrawl crawl)
    {
        var told = false;
        return PosixSignalRegistration.Create(signal, context =>
        {
            if (!told)
            {
                told = true;
                context.Cancel = true;
                Say.Line("Stopping …");
                crawl.Stop();
            }
        });
    }
}

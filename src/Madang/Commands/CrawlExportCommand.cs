using System.CommandLine;
using Madang.Crawler.Exports;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Commands;

/// <summary><c>madang crawl export</c>: what a crawl of a folder has found, as files or on standard output.</summary>
internal static class CrawlExportCommand
{
    public static void AddTo(Command crawl)
    {
        var folder = new Argument<string>("folder") { Description = "The folder of the crawl (the --out of madang crawl).", DefaultValueFactory = _ => "madang-crawl" };
        var target = new Option<string?>("--out") { Description = "The folder to write pages.jsonl, pages.csv, or links.tsv and nodes.tsv to. Without it: standard output.", HelpName = "DIR" };
        var format = new Option<string>("--format") { Description = "jsonl (default), csv, or links.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv", "links");
        var command = new Command("export", "Write the pages that a crawl has found as JSON lines or CSV, or its link graph.") { folder, target, format };
        command.SetAction((parsed, cancellationToken) => RunAsync(Path.GetFullPath(parsed.GetValue(folder)!), parsed.GetValue(target), parsed.GetValue(format)!, cancellationToken));
        crawl.Add(command);
    }

    private static async Task<int> RunAsync(string folder, string? target, string format, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, "crawl.db")))
        {
            throw new CliException($"there is no crawl in {folder}.", Cli.Usage);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System).AddSqliteCrawls();
        using var host = builder.Build();
        (string File, ExportFormat Format)[] files = format switch
        {
            "csv" => [("pages.csv", ExportFormat.Csv)],
            "links" => [("links.tsv", ExportFormat.Links), ("nodes.tsv", ExportFormat.Nodes)],
            _ => [("pages.jsonl", ExportFormat.Jsonl)],
        };
        try
        {
            await WriteAsync(host.Services, folder, target, files, cancellationToken);
        }
        catch (FolderTakenException taken)
        {
            throw new CliException(taken.Message);
        }

        return Cli.Done;
    }

    private static async Task WriteAsync(IServiceProvider services, string folder, string? target, (string File, ExportFormat Format)[] files, CancellationToken cancellationToken)
    {
        if (target is null)
        {
            await using var output = Console.OpenStandardOutput();
            await FolderExport.WriteAsync(services, folder, files[0].Format, output, cancellationToken);
            return;
        }

        Directory.CreateDirectory(target);
        foreach (var (name, format) in files)
        {
            await using var file = File.Create(Path.Combine(target, name));
            await FolderExport.WriteAsync(services, folder, format, file, cancellationToken);
        }
    }
}

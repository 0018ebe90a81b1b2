using System.Globalization;
using System.Text.Json;
using Madang.Api;
using Madang.Crawler;
using Spectre.Console;

namespace Madang.Commands;

/// <summary>Shows how a crawl goes: a live view on a terminal, a line every five seconds in a pipe, JSON lines for programs.</summary>
internal sealed class CrawlView(Func<CancellationToken, Task<CrawlProgress>> progress, bool json, TimeProvider time)
{
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(500);

    public async Task ShowAsync(Task crawl)
    {
        if (json || Console.IsErrorRedirected)
        {
            await LinesAsync(crawl);
        }
        else
        {
            var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            await terminal.Live(Picture(await progress(CancellationToken.None))).AutoClear(false).StartAsync(async live =>
            {
                while (!crawl.IsCompleted)
                {
                    await WaitAsync(crawl, Frame);
                    live.UpdateTarget(Picture(await progress(CancellationToken.None)));
                }
            });
        }

        Tell("end", await progress(CancellationToken.None));
    }

    private async Task LinesAsync(Task crawl)
    {
        while (!crawl.IsCompleted)
        {
            await WaitAsync(crawl, Line);
            if (!crawl.IsCompleted)
            {
                Tell("progress", await progress(CancellationToken.None));
            }
        }
    }

    private async Task WaitAsync(Task crawl, TimeSpan span) => await Task.WhenAny(crawl, Task.Delay(span, time));

    private void Tell(string what, CrawlProgress now)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new CrawlLine(what, now), ApiJson.Options));
        }
        else
        {
            Say.Line(string.Create(CultureInfo.InvariantCulture,
                $"{Span(now.ElapsedMs)}  {now.Fetched:N0} pages  {now.PerSecond:N0}/s  {now.Hosts:N0} hosts  {now.Waiting:N0} waiting  {now.Parked:N0} parked  {Size(now.WireBytes)}  {Faults(now)}{Eta(now)}"));
        }
    }

    private static Panel Picture(CrawlProgress now)
    {
        var grid = new Grid().AddColumn().AddColumn().AddColumn().AddColumn();
        grid.AddRow("[bold]pages[/]", Number(now.Fetched), "[bold]per second[/]", now.PerSecond.ToString("N1", CultureInfo.CurrentCulture));
        grid.AddRow("[bold]waiting[/]", Number(now.Waiting), "[bold]in flight[/]", Number(now.InFlight));
        grid.AddRow("[bold]hosts[/]", Number(now.Hosts), "[bold]parked[/]", Number(now.Parked));
        grid.AddRow("[bold]received[/]", Size(now.WireBytes), "[bold]elapsed[/]", Span(now.ElapsedMs));
        grid.AddRow("[bold]answers[/]", Markup.Escape(Pairs(now.Statuses)), "[bold]left[/]", now.EtaMs is { } eta ? "~" + Span(eta) : "–");
        grid.AddRow("[bold]faults[/]", Markup.Escape(Pairs(now.Faults)), "[bold]duplicates[/]", Markup.Escape(Pairs(now.Duplicates)));
        return new Panel(grid) { Header = new PanelHeader("madang crawl"), Border = BoxBorder.Rounded };
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.CurrentCulture);

    private static string Pairs(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "–" : string.Join("  ", counts.Select(pair => $"{pair.Key} {pair.Value.ToString("N0", CultureInfo.CurrentCulture)}"));

    private static string Faults(CrawlProgress now) => now.Faults.Count == 0 ? "no faults" : string.Join(' ', now.Faults.Select(fault => $"{fault.Key}={fault.Value}"));

    private static string Eta(CrawlProgress now) => now.EtaMs is { } eta ? "  ~" + Span(eta) + " left" : "";

    private static string Span(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds) is var span && span.TotalDays >= 1
        ? span.ToString(@"d\d\ hh\:mm\:ss", CultureInfo.InvariantCulture)
        : span.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes switch
    {
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.00} GiB"),
    };
}

/// <param name="Event"><c>progress</c>, and <c>end</c> once.</param>
internal sealed record CrawlLine(string Event, CrawlProgress Progress);

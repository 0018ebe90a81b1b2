using System.Globalization;
using System.Text.Json;

namespace Madang.Bench.Crawling;

/// <summary>A crawl that finds far more URLs than it can fetch: its memory while the frontier grows, and while it goes on.</summary>
internal static class KnownUrls
{
    /// <summary>Crawls until the limit and tells, line by line, what is known, what was fetched and how much memory that took. The highest resident set, megabytes, and the most that was known.</summary>
    public static async Task<(double Peak, long Known)> RunAsync(CrawlerRun run, TimeSpan limit, TimeSpan every, CancellationToken cancellationToken)
    {
        var (ended, next, peak, known) = (run.EndAsync(cancellationToken), every, 0.0, 0L);
        while (await Task.WhenAny(ended, Task.Delay(100, cancellationToken)) != ended && run.Age < limit)
        {
            peak = Math.Max(peak, CrawlerRun.MemoryOf(run.Pid));
            if (run.Age >= next && Progress(run.Output) is { } progress)
            {
                next = run.Age + every;
                long Number(string name) => progress.GetProperty(name).GetInt64();
                known = Number("waiting") + Number("done") + Number("refused") + Number("parked") + Number("resting");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Age.TotalSeconds,5:0} s  {known,10:N0} known  {Number("fetched"),9:N0} fetched  {peak,5:0} MB at the peak so far"));
            }
        }

        return (peak, known);
    }

    private static JsonElement? Progress(string output)
    {
        var end = output.LastIndexOf('\n');
        var line = end < 0 ? "" : output[(output.LastIndexOf('\n', end - 1) + 1)..end];
        return line.StartsWith('{') && JsonDocument.Parse(line).RootElement.TryGetProperty("progress", out var progress) ? progress : null;
    }
}

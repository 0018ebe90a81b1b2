using Madang.Crawler.Frontier;

namespace Madang.Crawler.Running;

/// <summary>The names of a crawl's counts, and how a progress is read from them.</summary>
internal static class CrawlCounts
{
    public const string Pages = "pages";
    public const string Bytes = "bytes";
    public const string WireBytes = "wire_bytes";

    private const string StatusPrefix = "status.";
    private const string FaultPrefix = "fault.";
    private const string RefusedPrefix = "refused.";
    private const string DuplicatePrefix = "duplicate.";

    private static readonly string[] StatusNames = [StatusPrefix + "none", StatusPrefix + "1xx", StatusPrefix + "2xx", StatusPrefix + "3xx", StatusPrefix + "4xx", StatusPrefix + "5xx"];

    public static string Status(int status) => StatusNames[status is >= 100 and < 600 ? status / 100 : 0];

    public static string Fault(string code) => FaultPrefix + code;

    public static string Refused(string code) => RefusedPrefix + code;

    public static string Duplicate(DuplicateKind kind) => kind switch
    {
        DuplicateKind.Canonical => DuplicatePrefix + "canonical",
        DuplicateKind.Body => DuplicatePrefix + "body",
        _ => DuplicatePrefix + "near",
    };

    public static CrawlProgress Progress(IReadOnlyDictionary<string, long> counts, double perSecond, int hosts, int inFlight, long elapsedMs)
    {
        var waiting = counts.GetValueOrDefault("state.waiting");
        return new CrawlProgress
        {
            Fetched = counts.GetValueOrDefault(Pages),
            PerSecond = Math.Round(perSecond, 1),
            Hosts = hosts,
            InFlight = inFlight,
            Waiting = waiting,
            Resting = counts.GetValueOrDefault("state.resting"),
            Parked = counts.GetValueOrDefault("state.parked"),
            Done = counts.GetValueOrDefault("state.done"),
            Gone = counts.GetValueOrDefault("state.gone"),
            Refused = counts.GetValueOrDefault("state.refused"),
            Bytes = counts.GetValueOrDefault(Bytes),
            WireBytes = counts.GetValueOrDefault(WireBytes),
            Statuses = Under(counts, StatusPrefix),
            Faults = Under(counts, FaultPrefix),
            RefusedBy = Under(counts, RefusedPrefix),
            Duplicates = Under(counts, DuplicatePrefix),
            EtaMs = perSecond > 0 && waiting > 0 ? (long)(waiting / perSecond * 1000) : null,
            ElapsedMs = elapsedMs,
        };
    }

    private static SortedDictionary<string, long> Under(IReadOnlyDictionary<string, long> counts, string prefix)
    {
        var under = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, value) in counts)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && value > 0)
            {
                under.Add(name[prefix.Length..], value);
            }
        }

        return under;
    }
}

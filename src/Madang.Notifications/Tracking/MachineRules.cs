namespace Madang.Notifications.Tracking;

/// <summary>What is known of a request for a picture or a link.</summary>
/// <param name="SinceSent">Null when it is not known when the message went out.</param>
/// <param name="OtherLinks">How many other links of the same delivery were followed within <see cref="MachineRules.Burst"/>.</param>
internal readonly record struct Hit(TrackedKind Kind, string Method, string? Agent, TimeSpan? SinceSent, int OtherLinks);

/// <summary>Tells programs from people: mail programs that load everything beforehand, and scanners that follow every link. Pure; the first rule that holds gives its name.</summary>
internal static class MachineRules
{
    /// <summary>Nobody reads and clicks so soon after the message went out.</summary>
    public static readonly TimeSpan TooFast = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Burst = TimeSpan.FromSeconds(5);

    public const string AllLinks = "all_links";
    private const int ManyLinks = 2;

    // GoogleImageProxy is not among them: it fetches when somebody looks.
    private static readonly string[] s_programs =
    [
        "bot", "crawler", "spider", "scanner", "barracuda", "proofpoint", "mimecast", "safelinks", "symantec", "fireeye", "trendmicro", "forcepoint", "sophos", "headless", "phantomjs",
        "curl/", "wget/", "python", "go-http-client", "java/", "apache-httpclient", "libwww", "node-fetch", "axios", "facebookexternalhit", "kakaotalk-scrap", "yeti/", "preview",
    ];

    /// <summary>Null for a person.</summary>
    public static string? Judge(Hit hit)
    {
        if (hit.Method != "GET")
        {
            return "method";
        }

        if (string.IsNullOrWhiteSpace(hit.Agent))
        {
            return "no_agent";
        }

        // Apple's Mail Privacy Protection loads every picture by a proxy that says no more than this.
        if (hit.Agent.Trim() == "Mozilla/5.0")
        {
            return "apple_mpp";
        }

        foreach (var program in s_programs)
        {
            if (hit.Agent.Contains(program, StringComparison.OrdinalIgnoreCase))
            {
                return "program";
            }
        }

        return hit.SinceSent < TooFast ? "too_fast" : hit.Kind == TrackedKind.Clicked && hit.OtherLinks >= ManyLinks ? AllLinks : null;
    }

    /// <summary>What counts of a batch: clicks of which it turned out later that all links were followed at once are a machine's, and so are the opens they stand for.</summary>
    public static IReadOnlyList<TrackedEvent> Settle(IReadOnlyList<TrackedEvent> batch)
    {
        var scanned = batch.Where(one => one is { Kind: TrackedKind.Clicked, IsMachine: true, Detail: AllLinks }).Select(one => one.Delivery).ToHashSet();
        return scanned.Count == 0
            ? batch
            : [.. batch.Where(one => one.IsMachine || one.Kind is not (TrackedKind.Clicked or TrackedKind.Opened) || !scanned.Contains(one.Delivery))];
    }
}

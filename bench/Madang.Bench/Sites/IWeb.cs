namespace Madang.Bench.Sites;

/// <summary>A generated internet: what stands behind every host and path, a pure function of seed, host and target.</summary>
internal interface IWeb
{
    IReadOnlyList<SiteHost> Hosts { get; }

    /// <summary>Absolute URLs that lead to everything promised.</summary>
    IReadOnlyList<string> Seeds { get; }

    /// <summary>Called by many threads at once; never blocks.</summary>
    void Answer(SiteRequest request, Reply reply);

    /// <summary>Everything that a crawler which obeys robots.txt has to request, each URL once.</summary>
    IEnumerable<Promised> Promises();

    /// <summary>What the host asks of its visitors.</summary>
    HostRules RulesOf(int host) => HostRules.None;
}

internal enum Role
{
    /// <summary>Answers 200 with a page; losing it is a loss.</summary>
    Page,

    /// <summary>Leads elsewhere or to nothing (3xx, 404): asking is right, and so is knowing better.</summary>
    Passage,
}

/// <param name="Target">Path and query, as in the request line.</param>
internal readonly record struct Promised(int Host, string Target, Role Role);

/// <param name="CrawlDelay">As in its robots.txt.</param>
/// <param name="Disallowed">Prefixes that robots.txt forbids.</param>
internal sealed record HostRules(TimeSpan CrawlDelay, IReadOnlyList<string> Disallowed)
{
    public static HostRules None { get; } = new(TimeSpan.Zero, []);

    public bool Forbids(string target) => Disallowed.Any(prefix => target.StartsWith(prefix, StringComparison.Ordinal));
}

using Madang.Crawler.Archive;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Running;

/// <summary>What one turn of a host came to, on its way into the books.</summary>
internal sealed class Outcome(HostSlot host)
{
    public HostSlot Host { get; } = host;

    /// <summary>The host's clock after this turn; null when no request was made.</summary>
    public HostClock? Clock { get; set; }

    /// <summary>What kept robots.txt from being read, Outbound's code.</summary>
    public string? Fault { get; init; }

    /// <summary>The visit; null for robots.txt and for a move.</summary>
    public PageRow? Page { get; set; }

    /// <summary>A URL that was refused or parked instead of fetched.</summary>
    public UrlMove? Move { get; set; }

    public int Depth { get; set; }

    /// <summary>What the page names; the bookkeeper gives it back.</summary>
    public LinkTable? Links { get; set; }

    /// <summary>Links that were not taken up, by reason.</summary>
    public Dictionary<RefusalReason, int>? RefusedLinks { get; set; }

    /// <summary>Whether the page's text may be compared with others.</summary>
    public bool IsComparable { get; set; }

    /// <summary>Path and query of the page.</summary>
    public string? Path { get; init; }

    /// <summary>What the visit before left.</summary>
    public LastVisit? Last { get; init; }

    /// <summary>Known URLs that are visited sooner than they were to be.</summary>
    public List<UrlMove>? Moves { get; set; }

    /// <summary>SHA-256 of the decoded body; null without one.</summary>
    public byte[]? Digest { get; set; }

    /// <summary>The host is given back.</summary>
    public bool IsRelease { get; init; }

    /// <summary>Its domain's gate when it is given back: by now its time is right.</summary>
    public Gate? Gate { get; init; }

    /// <summary>The archive's records of the visit.</summary>
    public WarcMembers? Members { get; set; }
}

namespace Madang.Crawler.Frontier;

/// <summary>
/// Everything that one transaction of a crawl writes: what was fetched, what was found on it, and the clocks that it moved. After a kill either all of it is there or none.
/// Written in the order hosts, URLs, moves, pages, clocks, the rest, releases: what a page says of its URL has the last word. Filled by the bookkeeper alone; reused.
/// </summary>
internal sealed class CrawlBatch
{
    public long Now { get; set; }

    public List<PageRow> Pages { get; } = [];

    /// <summary>Before <see cref="Urls"/>, which refer to them.</summary>
    public List<NewHost> Hosts { get; } = [];

    public List<NewUrl> Urls { get; } = [];

    public List<UrlMove> Moves { get; } = [];

    public List<HostClock> Clocks { get; } = [];

    /// <summary>Gates by key (<c>d:example.com</c>, <c>a:192.0.2.1</c>): not before this, Unix milliseconds.</summary>
    public Dictionary<string, long> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>Path templates whose counts changed, whole.</summary>
    public List<TemplateRow> Templates { get; } = [];

    /// <summary>Registrable domains whose books changed: fetched is a delta, references are merged by OR.</summary>
    public List<DomainDelta> Domains { get; } = [];

    /// <summary>Named counts of the crawl (pages, bytes, status_2xx, refused.robots…), deltas.</summary>
    public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>How far each WARC file of this node is synced; what lies beyond is cut on start.</summary>
    public Dictionary<string, long> WarcLengths { get; } = new(StringComparer.Ordinal);

    /// <summary>Hosts whose lease ends with this batch.</summary>
    public List<long> Released { get; } = [];

    public bool IsEmpty =>
        Pages.Count + Hosts.Count + Urls.Count + Moves.Count + Clocks.Count + Gates.Count + Templates.Count + Domains.Count + Counts.Count + WarcLengths.Count + Released.Count == 0;

    public void Clear()
    {
        Pages.Clear();
        Hosts.Clear();
        Urls.Clear();
        Moves.Clear();
        Clocks.Clear();
        Gates.Clear();
        Templates.Clear();
        Domains.Clear();
        Counts.Clear();
        WarcLengths.Clear();
        Released.Clear();
    }
}

/// <summary>A path template of a host (digits and ids are wildcards) and what came of its URLs.</summary>
internal sealed record TemplateRow(long Host, long Hash, string Template, int Fetched, int Duplicates);

/// <param name="References">A bitmap of 128 bytes: distinct referring domains by linear counting (Whang et al. 1990).</param>
internal sealed record DomainDelta(string Domain, int Fetched, byte[]? References)
{
    /// <summary>Both bitmaps in one.</summary>
    public static byte[] Merge(ReadOnlySpan<byte> known, byte[]? more)
    {
        var merged = known.ToArray();
        for (var i = 0; i < merged.Length && i < more?.Length; i++)
        {
            merged[i] |= more[i];
        }

        return merged;
    }
}

/// <summary>A domain's books as they are kept.</summary>
internal sealed record DomainRow(string Domain, long Fetched, byte[]? References);

/// <param name="Added">URLs that were new.</param>
/// <param name="Lost">
/// Hosts of this batch that other nodes have leased meanwhile: their pages, moves and clocks were left out, and this node must ask them no more. Empty but on shared crawls.
/// </param>
internal sealed record CommitOutcome(int Added, IReadOnlyList<long> Lost);

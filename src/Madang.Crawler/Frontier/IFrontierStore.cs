namespace Madang.Crawler.Frontier;

/// <summary>
/// The frontier of one crawl. <see cref="CommitAsync"/> is its only write of results and durable when it completes; one call at a time.
/// A host is leased by one node while that node's heartbeat is younger than its lease; all hosts of one registrable domain go to the same node.
/// </summary>
internal interface IFrontierStore : IAsyncDisposable
{
    /// <summary>The gates of addresses when other processes may work on this crawl; null when they are kept in memory alone.</summary>
    ISharedGates? SharedGates { get; }

    /// <summary>Makes the SipHash key on first use (16 bytes) and answers it, with the counts so far.</summary>
    Task<FrontierStart> StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Leases up to <paramref name="max"/> hosts that have waiting URLs, those of <paramref name="region"/> and those due first first. Gates of their domains come along.
    /// </summary>
    Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, string? region, long now, CancellationToken cancellationToken);

    /// <summary>The heartbeat of this node: its leases hold until then.</summary>
    Task<Heartbeat> RenewAsync(long now, long until, CancellationToken cancellationToken);

    /// <summary>The first <paramref name="max"/> waiting URLs of a host by class and seq.</summary>
    Task<IReadOnlyList<WaitingUrl>> QueueAsync(long host, int max, CancellationToken cancellationToken);

    Task<CommitOutcome> CommitAsync(CrawlBatch batch, CancellationToken cancellationToken);

    /// <summary>Puts up to <paramref name="max"/> resting URLs that are due into their queues, and says what is left.</summary>
    Task<WakeOutcome> WakeAsync(long now, int max, CancellationToken cancellationToken);

    /// <summary>Puts up to <paramref name="max"/> parked URLs of a domain (null is all) back into their queues. How many.</summary>
    Task<int> UnparkAsync(string? domain, RefusalReason reason, int max, CancellationToken cancellationToken);

    Task<IReadOnlyList<TemplateRow>> TemplatesAsync(long host, CancellationToken cancellationToken);

    Task<DomainRow?> DomainAsync(string domain, CancellationToken cancellationToken);

    /// <summary>What other nodes and earlier runs know: fingerprints of pages with a log position after <paramref name="after"/>, in log order.</summary>
    Task<IReadOnlyList<PageFingerprint>> FingerprintsAsync(long after, int max, CancellationToken cancellationToken);
}

/// <param name="IsHeld">False when it came too late and the hosts may have gone to others.</param>
/// <param name="Share">How many hosts this node would hold if the living nodes of its region held as many each; null when it is the only one.</param>
internal readonly record struct Heartbeat(bool IsHeld, int? Share);

/// <param name="Woken">URLs that went into their queues.</param>
/// <param name="AnyWaiting">Whether any host, leased by whichever node, has waiting URLs.</param>
/// <param name="NextDueAt">When the next resting URL is due, Unix milliseconds; null when none rests.</param>
internal sealed record WakeOutcome(int Woken, bool AnyWaiting, long? NextDueAt);

/// <param name="Key">16 bytes, for SipHash.</param>
/// <param name="Counts">As summed from all batches.</param>
/// <param name="WarcLengths">The synced length of each file of this node's folder.</param>
/// <param name="WasClean">False when the last run of this node was killed: clocks may be as much as a commit behind.</param>
/// <param name="Now">Shared crawls: the one clock that all nodes go by, Unix milliseconds.</param>
internal sealed record FrontierStart(byte[] Key, IReadOnlyDictionary<string, long> Counts, IReadOnlyDictionary<string, long> WarcLengths, bool WasClean, long? Now = null);

/// <param name="DomainGate">Not before this for the whole registrable domain, Unix milliseconds.</param>
/// <param name="WasAbandoned">Whoever held it before was killed or fell silent, and may have asked it until now: whole delays count from now on.</param>
internal sealed record LeasedHost(HostRow Host, long DomainGate, bool WasAbandoned);

/// <param name="Log">The page's position in the crawl's log.</param>
internal readonly record struct PageFingerprint(long Log, UrlKey Key, long BodyHash, long SimHash);

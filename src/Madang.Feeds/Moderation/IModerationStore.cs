using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Moderation;

/// <summary>Reports, and the log of what moderators did.</summary>
internal interface IModerationStore
{
    /// <summary>The open report of this person about this post, or else about this person.</summary>
    Report? FindOpen(WriteTx tx, UserId reporter, PostId post, UserId about);

    int CountOpen(WriteTx tx, UserId reporter);

    void Insert(WriteTx tx, Report report);

    /// <summary>Reads and locks it.</summary>
    Report? Lock(WriteTx tx, ReportId id);

    /// <summary>Writes how it was closed.</summary>
    void Close(WriteTx tx, Report report);

    void Log(WriteTx tx, ModerationEntry entry);

    Task<Report?> FindAsync(ReportId id, CancellationToken cancellationToken);

    /// <summary>Open ones oldest first, beyond <paramref name="after"/>.</summary>
    Task<IReadOnlyList<Report>> OpenAsync(long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Closed ones newest first, before <paramref name="before"/>.</summary>
    Task<IReadOnlyList<Report>> ClosedAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first, before <paramref name="before"/>.</summary>
    Task<IReadOnlyList<ModerationEntry>> LogAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Lets go of reports that were closed before <paramref name="before"/>; how many. The log stays.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

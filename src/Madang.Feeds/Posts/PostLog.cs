using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Posts;

/// <summary>A place in the log, in the order of commits. On SQLite the first number is always 0.</summary>
internal readonly record struct LogPosition(long Xid, long Seq) : IComparable<LogPosition>
{
    public int CompareTo(LogPosition other) => (Xid, Seq).CompareTo((other.Xid, other.Seq));
}

/// <summary>Something was done to a post. What the post is now, and who may see it, its row says.</summary>
internal sealed record PostLogEntry(LogPosition Position, PostId Post, UserId Author, PostOp Op, DateTimeOffset At);

/// <summary>Follows what happens to posts, within two seconds. Register it as a service; one node at a time calls it.</summary>
internal interface IPostLogReader
{
    /// <summary>Its cursor lies under this name: 1 to 64 of <c>a–z 0–9 _</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Takes the next entries, in commit order. They come again after a crash, or when it throws: what it does must bear repeating. Comments, and posts that
    /// are gone or narrower by now, are among them.
    /// </summary>
    Task AcceptAsync(IReadOnlyList<PostLogEntry> entries, CancellationToken cancellationToken);
}

/// <summary>The log of what was done to posts, and how far each of its readers is.</summary>
internal interface IPostLogStore
{
    /// <summary>What was committed after <paramref name="after"/>, in commit order, as far as nothing can still commit before it.</summary>
    Task<IReadOnlyList<PostLogEntry>> ReadAsync(LogPosition after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest entry that <see cref="ReadAsync"/> would answer; the default without one.</summary>
    Task<LogPosition> HeadAsync(CancellationToken cancellationToken);

    /// <summary>Leases the reader to <paramref name="owner"/>; how far it is. Null while it is another's.</summary>
    LogPosition? Take(WriteTx tx, string name, string owner, DateTimeOffset until);

    /// <summary>False, with nothing written, when the lease went to another.</summary>
    bool Advance(WriteTx tx, string name, string owner, LogPosition position, DateTimeOffset until);

    /// <summary>
    /// Lets go of entries from before <paramref name="before"/> that all of <paramref name="readers"/> have taken; how many. And of what stands below what is left
    /// and would miss them (<see cref="Timelines.Keeping.ITimelineKeepStore"/>).
    /// </summary>
    int Prune(WriteTx tx, DateTimeOffset before, IReadOnlyCollection<string> readers, int limit);
}

using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Rows of friend, follow, mute and block.</summary>
internal interface IRelationStore
{
    Relation? Find(WriteTx tx, UserId owner, RelationKind kind, UserId target);

    /// <summary>Writes the row, over an older one of the same pair and kind.</summary>
    void Put(WriteTx tx, Relation relation);

    /// <summary>Whether there was one.</summary>
    bool Delete(WriteTx tx, UserId owner, RelationKind kind, UserId target);

    /// <summary>How many rows of one kind somebody has; not counted beyond <paramref name="atMost"/>.</summary>
    int Count(WriteTx tx, UserId owner, RelationKind kind, int atMost);

    /// <summary>Deletes rows that have ended, and tells whose they were and towards whom.</summary>
    IReadOnlyList<(UserId Viewer, UserId Other)> TakeEnded(WriteTx tx, DateTimeOffset now, int limit);

    bool IsBlockedEitherWay(WriteTx tx, UserId a, UserId b);

    /// <summary>Who of <paramref name="among"/> has blocked <paramref name="target"/>.</summary>
    IReadOnlySet<UserId> BlockersOf(WriteTx tx, UserId target, IReadOnlyCollection<UserId> among);

    /// <summary>All rows of <paramref name="owner"/> towards <paramref name="targets"/>.</summary>
    Task<IReadOnlyList<Relation>> OfAsync(UserId owner, IReadOnlyCollection<UserId> targets, CancellationToken cancellationToken);

    /// <summary>Rows of one kind that have not ended, by ascending target, after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<Relation>> ListAsync(
        UserId owner, RelationKind kind, FriendState? state, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken);

    Task<IReadOnlySet<UserId>> BlockedByAsync(UserId owner, CancellationToken cancellationToken);
}

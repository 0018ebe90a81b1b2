using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>
/// Some of one person's relations, changed in one transaction. Everybody concerned is locked before, so that two who ask each other at once become friends
/// instead of two who wait.
/// </summary>
internal sealed class RelationTurn(IRelationStore store, WriteTx tx, UserId me, IReadOnlyDictionary<UserId, User> people, int most)
{
    private readonly Dictionary<RelationKind, int> _counts = [];
    private readonly List<(UserId Viewer, UserId Other)> _changed = [];
    private readonly List<(UserId Follower, UserId Followed, bool On)> _follows = [];

    /// <summary>Who sees whom differently now.</summary>
    public IReadOnlyList<(UserId Viewer, UserId Other)> Changed => _changed;

    /// <summary>Who follows whom from now on, or no longer.</summary>
    public IReadOnlyList<(UserId Follower, UserId Followed, bool On)> Follows => _follows;

    public Result<Relation> Put(NewRelation wanted)
    {
        if (wanted.Target == me)
        {
            return AccountsErrors.SelfRelation;
        }

        if (people.GetValueOrDefault(wanted.Target) is not { Disabled: false })
        {
            return ApiErrors.NotFound;
        }

        if (wanted.Kind is RelationKind.Friend or RelationKind.Follow && store.IsBlockedEitherWay(tx, me, wanted.Target))
        {
            return AccountsErrors.Blocked;
        }

        var before = store.Find(tx, me, wanted.Kind, wanted.Target);
        if (before is null && IsFull(wanted.Kind))
        {
            return AccountsErrors.TooManyRelations;
        }

        return wanted.Kind switch
        {
            RelationKind.Friend => Befriend(wanted.Target, before),
            RelationKind.Follow => Write(before, New(wanted) with { Shares = wanted.Shares ?? before?.Shares ?? true }),
            RelationKind.Mute => Write(before?.HasEnded(tx.Now) == true ? null : before, New(wanted) with { EndsAt = wanted.EndsAt }),
            _ => Block(wanted.Target, before),
        };
    }

    private Relation New(NewRelation wanted) => new(me, wanted.Kind, wanted.Target, FriendState.Accepted, tx.Now);

    private Relation Write(Relation? before, Relation after)
    {
        after = before is null ? after : after with { CreatedAt = before.CreatedAt };
        if (after != before)
        {
            store.Put(tx, after);
            _changed.Add((me, after.Target));
            if (before is null && after.Kind == RelationKind.Follow)
            {
                _follows.Add((me, after.Target, true));
            }
        }

        return after;
    }

    /// <summary>Asks for a friendship, or accepts when the other one has asked. Asking twice is asking once.</summary>
    private Relation Befriend(UserId other, Relation? mine)
    {
        if (mine is { State: not FriendState.Incoming })
        {
            return mine;
        }

        var next = new Relation(me, RelationKind.Friend, other, mine is null ? FriendState.Outgoing : FriendState.Accepted, tx.Now);
        store.Put(tx, next);
        store.Put(tx, next with { Owner = other, Target = me, State = mine is null ? FriendState.Incoming : FriendState.Accepted });
        _changed.Add((me, other));
        _changed.Add((other, me));
        return next;
    }

    /// <summary>Ends friendship, requests and following both ways.</summary>
    private Relation Block(UserId other, Relation? before)
    {
        if (before is not null)
        {
            return before;
        }

        var block = new Relation(me, RelationKind.Block, other, FriendState.Accepted, tx.Now);
        store.Put(tx, block);
        store.Delete(tx, me, RelationKind.Friend, other);
        Unfollow(me, other);
        _changed.Add((me, other));
        if (store.Delete(tx, other, RelationKind.Friend, me) | Unfollow(other, me))
        {
            // Who is blocked without having stood in any relation is not told.
            _changed.Add((other, me));
        }

        return block;
    }

    private bool Unfollow(UserId follower, UserId followed)
    {
        var was = store.Delete(tx, follower, RelationKind.Follow, followed);
        if (was)
        {
            _follows.Add((follower, followed, false));
        }

        return was;
    }

    // Counted once a turn: an index range of at most so many rows.
    private bool IsFull(RelationKind kind)
    {
        var count = _counts.TryGetValue(kind, out var known) ? known : store.Count(tx, me, kind, most);
        _counts[kind] = count + 1;
        return count >= most;
    }
}

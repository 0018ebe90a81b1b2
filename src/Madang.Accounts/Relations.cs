using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Friend, follow, mute and block.</summary>
public sealed class Relations
{
    private readonly IRelationStore _store;
    private readonly IUserStore _users;
    private readonly Database _database;
    private readonly Lazy<IReadOnlyList<IAccountEvents>> _events;

    internal Relations(IRelationStore store, IUserStore users, Database database, Lazy<IReadOnlyList<IAccountEvents>> events) =>
        (_store, _users, _database, _events) = (store, users, database, events);

    public bool IsBlockedEitherWay(WriteTx tx, UserId a, UserId b) => _store.IsBlockedEitherWay(tx, a, b);

    /// <summary>Who of <paramref name="among"/> has blocked <paramref name="sender"/>.</summary>
    public IReadOnlySet<UserId> BlockersOf(WriteTx tx, UserId sender, IReadOnlyCollection<UserId> among) => _store.BlockersOf(tx, sender, among);

    /// <summary>How <paramref name="viewer"/> stands to each of <paramref name="others"/>; every one of them has an answer.</summary>
    public async Task<IReadOnlyDictionary<UserId, RelationView>> OfAsync(UserId viewer, IReadOnlyCollection<UserId> others, CancellationToken cancellationToken)
    {
        var views = others.Distinct().ToDictionary(other => other, _ => default(RelationView));
        foreach (var relation in await _store.OfAsync(viewer, others, cancellationToken))
        {
            var view = views[relation.Target];
            views[relation.Target] = relation.Kind switch
            {
                RelationKind.Friend => view with { Friend = relation.State },
                RelationKind.Follow => view with { Follows = true },
                RelationKind.Mute => view with { Muted = true },
                _ => view with { Blocked = true },
            };
        }

        return views;
    }

    /// <summary>Whom <paramref name="viewer"/> has blocked.</summary>
    public Task<IReadOnlySet<UserId>> BlockedByAsync(UserId viewer, CancellationToken cancellationToken) => _store.BlockedByAsync(viewer, cancellationToken);

    internal async Task<Page<Relation>> ListAsync(UserId owner, RelationKind kind, FriendState? state, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await _store.ListAsync(owner, kind, state, page.After, page.Fetch, cancellationToken), relation => relation.Target.Value);

    /// <summary>Asks for a friendship, or accepts when the other one has asked. Asking twice is asking once.</summary>
    internal Task<Result<Relation>> BefriendAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        ChangeAsync(me, other, refuseBlocked: true, tx =>
        {
            var mine = _store.Find(tx, me, RelationKind.Friend, other);
            if (mine is { State: not FriendState.Incoming })
            {
                return mine;
            }

            var state = mine is null ? FriendState.Outgoing : FriendState.Accepted;
            var next = new Relation(me, RelationKind.Friend, other, state, tx.Now);
            _store.Put(tx, next);
            _store.Put(tx, next with { Owner = other, Target = me, State = mine is null ? FriendState.Incoming : FriendState.Accepted });
            Tell(tx, (me, other), (other, me));
            return next;
        },
        cancellationToken);

    /// <summary>Ends a friendship, takes a request back or declines one. Nothing to end is fine.</summary>
    internal Task UnfriendAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            tx =>
            {
                _users.Lock(tx, me, other);
                if (_store.Delete(tx, me, RelationKind.Friend, other) | _store.Delete(tx, other, RelationKind.Friend, me))
                {
                    Tell(tx, (me, other), (other, me));
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);

    internal Task<Result<Relation>> FollowAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        ChangeAsync(me, other, refuseBlocked: true, tx => PutOnce(tx, me, RelationKind.Follow, other), cancellationToken);

    internal Task<Result<Relation>> MuteAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        ChangeAsync(me, other, refuseBlocked: false, tx => PutOnce(tx, me, RelationKind.Mute, other), cancellationToken);

    /// <summary>Ends friendship, requests and following both ways.</summary>
    internal Task<Result<Relation>> BlockAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        ChangeAsync(me, other, refuseBlocked: false, tx =>
        {
            if (_store.Find(tx, me, RelationKind.Block, other) is { } before)
            {
                return before;
            }

            var block = new Relation(me, RelationKind.Block, other, FriendState.Accepted, tx.Now);
            _store.Put(tx, block);
            _store.Delete(tx, me, RelationKind.Friend, other);
            _store.Delete(tx, me, RelationKind.Follow, other);
            if (_store.Delete(tx, other, RelationKind.Friend, me) | _store.Delete(tx, other, RelationKind.Follow, me))
            {
                Tell(tx, (me, other), (other, me));
            }
            else
            {
                // Who is blocked without having stood in any relation is not told.
                Tell(tx, (me, other));
            }

            return block;
        },
        cancellationToken);

    /// <summary>Takes back a follow, mute or block. Nothing to take back is fine.</summary>
    internal Task RemoveAsync(UserId me, RelationKind kind, UserId other, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            tx =>
            {
                if (_store.Delete(tx, me, kind, other))
                {
                    Tell(tx, (me, other));
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);

    private Relation PutOnce(WriteTx tx, UserId me, RelationKind kind, UserId other)
    {
        if (_store.Find(tx, me, kind, other) is { } before)
        {
            return before;
        }

        var relation = new Relation(me, kind, other, FriendState.Accepted, tx.Now);
        _store.Put(tx, relation);
        Tell(tx, (me, other));
        return relation;
    }

    private async Task<Result<Relation>> ChangeAsync(UserId me, UserId other, bool refuseBlocked, Func<WriteTx, Relation> change, CancellationToken cancellationToken)
    {
        if (me == other)
        {
            return AccountsErrors.SelfRelation;
        }

        return await _database.WriteAsync<Result<Relation>>(
            tx =>
            {
                // Both people are locked, so that two who ask each other at once become friends instead of two who wait.
                if (_users.Lock(tx, me, other).GetValueOrDefault(other) is not { Disabled: false })
                {
                    return ApiErrors.NotFound;
                }

                return refuseBlocked && _store.IsBlockedEitherWay(tx, me, other) ? AccountsErrors.Blocked : change(tx);
            },
            cancellationToken: cancellationToken);
    }

    private void Tell(WriteTx tx, params IReadOnlyList<(UserId, UserId)> changed)
    {
        foreach (var listener in _events.Value)
        {
            listener.RelationsChanged(tx, changed);
        }
    }
}

using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Friend, follow, mute and block.</summary>
public sealed class Relations
{
    /// <summary>What one transaction takes on.</summary>
    public const int MaxAtOnce = 50;

    private readonly IRelationStore _store;
    private readonly IUserStore _users;
    private readonly Database _database;
    private readonly Lazy<IReadOnlyList<IAccountEvents>> _events;
    private readonly TimeProvider _time;
    private readonly int _most;

    internal Relations(IRelationStore store, IUserStore users, Database database, Lazy<IReadOnlyList<IAccountEvents>> events, TimeProvider time, int most) =>
        (_store, _users, _database, _events, _time, _most) = (store, users, database, events, time, most);

    public bool IsBlockedEitherWay(WriteTx tx, UserId a, UserId b) => _store.IsBlockedEitherWay(tx, a, b);

    /// <summary>Who of <paramref name="among"/> has blocked <paramref name="sender"/>.</summary>
    public IReadOnlySet<UserId> BlockersOf(WriteTx tx, UserId sender, IReadOnlyCollection<UserId> among) => _store.BlockersOf(tx, sender, among);

    /// <summary>How <paramref name="viewer"/> stands to each of <paramref name="others"/>; every one of them has an answer.</summary>
    public async Task<IReadOnlyDictionary<UserId, RelationView>> OfAsync(UserId viewer, IReadOnlyCollection<UserId> others, CancellationToken cancellationToken)
    {
        var views = others.Distinct().ToDictionary(other => other, _ => default(RelationView));
        var now = _time.GetUtcNow();
        foreach (var relation in await _store.OfAsync(viewer, others, cancellationToken))
        {
            if (relation.HasEnded(now))
            {
                continue;
            }

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

    /// <summary>By ascending id of the other one; without mutes that have ended.</summary>
    public async Task<Page<Relation>> ListAsync(UserId owner, RelationKind kind, FriendState? state, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await _store.ListAsync(owner, kind, state, _time.GetUtcNow(), page.After, page.Fetch, cancellationToken), relation => relation.Target.Value);

    /// <summary>
    /// Takes on relations as their verbs would, each with an answer of its own; what is so already stays as it is. At most
    /// <see cref="MaxAtOnce"/> in one transaction.
    /// </summary>
    public Task<IReadOnlyList<Result<Relation>>> PutAsync(UserId me, IReadOnlyList<NewRelation> wanted, Lane lane, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted.Count, MaxAtOnce);
        return _database.WriteAsync<IReadOnlyList<Result<Relation>>>(
            tx =>
            {
                var people = _users.Lock(tx, [.. wanted.Select(one => one.Target).Append(me).Distinct()]);
                var turn = new RelationTurn(_store, tx, me, people, _most);
                var answers = wanted.Select(turn.Put).ToList();
                Follow(tx, turn.Follows);
                Tell(tx, turn.Changed);
                return answers;
            },
            lane, cancellationToken);
    }

    internal async Task<Result<Relation>> PutAsync(UserId me, NewRelation wanted, CancellationToken cancellationToken) =>
        (await PutAsync(me, [wanted], Lane.Interactive, cancellationToken))[0];

    internal Task<Result<Relation>> BefriendAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        PutAsync(me, new NewRelation(RelationKind.Friend, other), cancellationToken);

    internal Task<Result<Relation>> FollowAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        PutAsync(me, new NewRelation(RelationKind.Follow, other), cancellationToken);

    internal Task<Result<Relation>> MuteAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        PutAsync(me, new NewRelation(RelationKind.Mute, other), cancellationToken);

    internal Task<Result<Relation>> BlockAsync(UserId me, UserId other, CancellationToken cancellationToken) =>
        PutAsync(me, new NewRelation(RelationKind.Block, other), cancellationToken);

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

    /// <summary>Takes back a follow, mute or block. Nothing to take back is fine.</summary>
    internal Task RemoveAsync(UserId me, RelationKind kind, UserId other, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            tx =>
            {
                if (_store.Find(tx, me, kind, other) is { } before && _store.Delete(tx, me, kind, other) && !before.HasEnded(tx.Now))
                {
                    Follow(tx, kind == RelationKind.Follow ? [(me, other, false)] : []);
                    Tell(tx, (me, other));
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);

    private void Follow(WriteTx tx, IReadOnlyList<(UserId Follower, UserId Followed, bool On)> follows)
    {
        foreach (var (follower, followed, on) in follows)
        {
            foreach (var listener in _events.Value)
            {
                listener.Followed(tx, follower, followed, on);
            }
        }
    }

    internal void Tell(WriteTx tx, params IReadOnlyList<(UserId, UserId)> changed)
    {
        if (changed.Count == 0)
        {
            return;
        }

        foreach (var listener in _events.Value)
        {
            listener.RelationsChanged(tx, changed);
        }
    }
}

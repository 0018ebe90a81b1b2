using Madang.Accounts;
using Madang.Api;

namespace Madang.Feeds.Graph;

/// <summary>Rows of one snapshot, in whatever order an engine gives them, on their way to a <see cref="ViewerGraph"/>.</summary>
internal sealed class GraphRows(UserId viewer, DateTimeOffset now)
{
    private readonly List<long> _follows = [];
    private readonly List<long> _friends = [];
    private readonly List<long> _blocked = [];
    private readonly List<long> _muted = [];
    private readonly List<long> _withoutShares = [];
    private readonly List<long> _onLists = [];
    private readonly List<long> _apart = [];
    private readonly List<string> _tags = [];
    private DateTimeOffset? _mutesEndAt;

    public long Epoch { get; set; }

    public void Relation(RelationKind kind, long target, FriendState state, bool shares, DateTimeOffset? endsAt)
    {
        switch (kind)
        {
            case RelationKind.Friend when state == FriendState.Accepted:
                _friends.Add(target);
                break;
            case RelationKind.Follow:
                _follows.Add(target);
                if (!shares)
                {
                    _withoutShares.Add(target);
                }

                break;
            case RelationKind.Mute when endsAt is null || endsAt > now:
                _muted.Add(target);
                _mutesEndAt = endsAt is null || _mutesEndAt < endsAt ? _mutesEndAt : endsAt;
                break;
            case RelationKind.Block:
                _blocked.Add(target);
                break;
            default:
                break;
        }
    }

    public void BlockedBy(long owner) => _blocked.Add(owner);

    /// <summary>A list of somebody else that the viewer is on.</summary>
    public void OnList(long list) => _onLists.Add(list);

    /// <summary>Somebody on an exclusive list of the viewer.</summary>
    public void Apart(long member) => _apart.Add(member);

    public void Tag(string tag) => _tags.Add(tag);

    public ViewerGraph Build()
    {
        var (follows, friends) = (Ascending(_follows), Ascending(_friends));
        _tags.Sort(StringComparer.Ordinal);
        return new ViewerGraph
        {
            Viewer = viewer,
            Epoch = Epoch,
            Followees = Followees(follows, friends),
            Follows = follows,
            Friends = friends,
            Blocked = Ascending(_blocked),
            Muted = Ascending(_muted),
            MutesEndAt = _mutesEndAt,
            WithoutShares = Ascending(_withoutShares),
            OnLists = Ascending(_onLists),
            Tags = [.. _tags],
        };
    }

    private long[] Followees(long[] follows, long[] friends)
    {
        if (friends.Length == 0 && _apart.Count == 0)
        {
            return follows;
        }

        var apart = Ascending(_apart);
        return Ascending([.. follows.Concat(friends).Where(id => !ViewerGraph.Holds(apart, id))]);
    }

    // Most come in order already, each once.
    private static long[] Ascending(List<long> ids)
    {
        for (var i = 1; i < ids.Count; i++)
        {
            if (ids[i] <= ids[i - 1])
            {
                return [.. ids.Distinct().Order()];
            }
        }

        return [.. ids];
    }
}

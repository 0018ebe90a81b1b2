using FsCheck;
using FsCheck.Fluent;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph;

namespace Madang.Tests.Unit.Feeds;

public sealed class GraphRowsTests
{
    private static readonly UserId Mina = new(1);
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Home_is_followed_people_and_friends_less_those_set_apart() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(byte[] Follows, byte[] Friends, byte[] Apart)>(),
        drawn =>
        {
            var rows = new GraphRows(Mina, Now);
            foreach (var id in (drawn.Follows ?? []).Distinct())
            {
                rows.Relation(RelationKind.Follow, id, FriendState.Accepted, shares: true, endsAt: null);
            }

            foreach (var id in (drawn.Friends ?? []).Distinct())
            {
                rows.Relation(RelationKind.Friend, id, FriendState.Accepted, shares: true, endsAt: null);
            }

            foreach (var id in drawn.Apart ?? [])
            {
                rows.Apart(id);
            }

            var expected = (drawn.Follows ?? []).Union(drawn.Friends ?? []).Except(drawn.Apart ?? []).Order().Select(id => (long)id);
            return rows.Build().Followees.SequenceEqual(expected);
        }));

    [Fact]
    public void A_request_is_no_friendship()
    {
        var rows = new GraphRows(Mina, Now);
        rows.Relation(RelationKind.Friend, 2, FriendState.Outgoing, shares: true, endsAt: null);
        rows.Relation(RelationKind.Friend, 3, FriendState.Incoming, shares: true, endsAt: null);
        var graph = rows.Build();
        Assert.Empty(graph.Friends);
        Assert.Empty(graph.Followees);
    }

    [Fact]
    public void A_mute_that_has_ended_is_none_and_the_next_end_is_told()
    {
        var rows = new GraphRows(Mina, Now);
        rows.Relation(RelationKind.Mute, 2, FriendState.Accepted, shares: true, endsAt: Now);
        rows.Relation(RelationKind.Mute, 3, FriendState.Accepted, shares: true, endsAt: Now.AddHours(2));
        rows.Relation(RelationKind.Mute, 4, FriendState.Accepted, shares: true, endsAt: null);
        rows.Relation(RelationKind.Mute, 5, FriendState.Accepted, shares: true, endsAt: Now.AddHours(1));
        var graph = rows.Build();
        Assert.Equal([3, 4, 5], graph.Muted);
        Assert.Equal(Now.AddHours(1), graph.MutesEndAt);
    }

    [Fact]
    public void Blocks_of_either_side_are_one_list_in_order()
    {
        var rows = new GraphRows(Mina, Now);
        rows.Relation(RelationKind.Block, 9, FriendState.Accepted, shares: true, endsAt: null);
        rows.BlockedBy(3);
        rows.BlockedBy(9);
        Assert.Equal([3, 9], rows.Build().Blocked);
    }

    [Fact]
    public void Tags_are_in_ordinal_order_as_the_timelines_search_them()
    {
        var rows = new GraphRows(Mina, Now);
        foreach (var tag in new[] { "마당", "zebra", "Álamo", "apple" })
        {
            rows.Tag(tag);
        }

        Assert.Equal(["apple", "zebra", "Álamo", "마당"], rows.Build().Tags);
    }
}

using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

public abstract class GraphFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task What_touches_somebody_from_either_side_raises_both_epochs()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        Assert.Equal((0, 0), await EpochsAsync(world, mina, jun));
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal((1, 1), await EpochsAsync(world, mina, jun));
        // The blocked one is not told, and sees less all the same.
        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal((2, 2), await EpochsAsync(world, mina, jun));
        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal((2, 2), await EpochsAsync(world, mina, jun));
        await world.Relations.RemoveAsync(mina, RelationKind.Block, jun, AccountsWorld.Cancel);
        Assert.Equal((3, 3), await EpochsAsync(world, mina, jun));
    }

    [Fact]
    public async Task A_graph_is_everything_that_decides_what_a_viewer_sees()
    {
        await using var world = await FreshAsync();
        var viewer = (await world.AddAsync("mina")).Id;
        var people = new List<UserId>();
        for (var i = 0; i < 7; i++)
        {
            people.Add((await world.AddAsync($"p{i}")).Id);
        }

        await world.Relations.FollowAsync(viewer, people[0], AccountsWorld.Cancel);
        await world.Relations.FollowAsync(viewer, people[1], AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(viewer, people[1], AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(people[1], viewer, AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(people[2], viewer, AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(viewer, people[2], AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(people[3], viewer, AccountsWorld.Cancel);
        await world.Relations.MuteAsync(viewer, people[4], AccountsWorld.Cancel);
        await world.Relations.BlockAsync(people[5], viewer, AccountsWorld.Cancel);
        await world.Relations.BlockAsync(viewer, people[6], AccountsWorld.Cancel);

        var graph = await Graphs(world).OfAsync(viewer, AccountsWorld.Cancel);
        Assert.Equal(Values(people[0], people[1], people[2]), graph.Followees);
        Assert.Equal(Values(people[0], people[1]), graph.Follows);
        Assert.Equal(Values(people[1], people[2]), graph.Friends);
        Assert.Equal(Values(people[4]), graph.Muted);
        Assert.Equal(Values(people[5], people[6]), graph.Blocked);
        Assert.Empty(graph.WithoutShares);
        Assert.Empty(graph.OnLists);
        Assert.Empty(graph.Tags);
        Assert.Null(graph.MutesEndAt);
        Assert.Equal((await world.Database.Store<IGraphStore>().ReadAsync(viewer, world.Database.Time.GetUtcNow(), AccountsWorld.Cancel)).Epoch, graph.Epoch);
    }

    [Fact]
    public async Task A_change_is_in_the_next_answer_and_nothing_is_read_twice_without_one()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var graphs = Graphs(world);
        var empty = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Same(empty, await graphs.OfAsync(mina, AccountsWorld.Cancel));
        Assert.Same(empty, await graphs.AtAsync(mina, 0, AccountsWorld.Cancel));
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        var follows = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal(Values(jun), follows.Followees);
        await world.Relations.BlockAsync(jun, mina, AccountsWorld.Cancel);
        var blocked = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal((0, 1), (blocked.Followees.Length, blocked.Blocked.Length));
    }

    [Fact]
    public async Task All_who_ask_at_once_wait_for_one_read()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        var graphs = Graphs(world);
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => graphs.OfAsync(mina, AccountsWorld.Cancel).AsTask()));
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
    }

    [Fact]
    public async Task What_another_node_changed_is_read_when_a_page_has_seen_its_epoch()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var here = Graphs(world);
        _ = await here.OfAsync(mina, AccountsWorld.Cancel);
        // Another node's commit: nothing is said here.
        await world.WriteAsync(tx =>
        {
            var store = world.Database.Store<IRelationStore>();
            store.Put(tx, new Relation(mina, RelationKind.Follow, jun, FriendState.Accepted, tx.Now));
            world.Database.Store<IGraphStore>().Raise(tx, [mina, jun]);
            return 0;
        });
        Assert.Empty((await here.OfAsync(mina, AccountsWorld.Cancel)).Followees);
        Assert.Equal(Values(jun), (await here.AtAsync(mina, 1, AccountsWorld.Cancel)).Followees);
        Assert.Equal(Values(jun), (await here.OfAsync(mina, AccountsWorld.Cancel)).Followees);
        await Assert.ThrowsAsync<InvalidOperationException>(() => here.AtAsync(mina, 2, AccountsWorld.Cancel).AsTask());
    }

    [Fact]
    public async Task The_graphs_of_all_viewers_stay_within_their_memory()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        var graphs = new Graphs(
            world.Database.Store<IGraphStore>(), world.Database.Database, world.Database.Time, Options.Create(new FeedsOptions { GraphCacheMegabytes = 1 }));
        for (var i = 1; i <= 4_000; i++)
        {
            // Who is asked for all the time stays.
            _ = await graphs.OfAsync(mina, AccountsWorld.Cancel);
            _ = await graphs.OfAsync(new UserId(i), AccountsWorld.Cancel);
        }

        Assert.InRange(graphs.Bytes, 1, 1024 * 1024);
        Assert.InRange(graphs.Count, 1_000, 2_000);
        var kept = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Same(kept, await graphs.OfAsync(mina, AccountsWorld.Cancel));
        Assert.Equal(Values(jun), kept.Followees);
    }

    [Fact]
    public async Task Followers_are_read_in_order_and_each_once_however_they_stand()
    {
        await using var world = await FreshAsync();
        var author = (await world.AddAsync("mina")).Id;
        var people = new List<UserId>();
        for (var i = 0; i < 6; i++)
        {
            people.Add((await world.AddAsync($"p{i}")).Id);
        }

        foreach (var follower in new[] { people[4], people[0], people[2] })
        {
            await world.Relations.FollowAsync(follower, author, AccountsWorld.Cancel);
        }

        // Both a follower and a friend; a friend alone; one who only asks; one who is asked.
        foreach (var friend in new[] { people[2], people[3] })
        {
            await world.Relations.BefriendAsync(friend, author, AccountsWorld.Cancel);
            await world.Relations.BefriendAsync(author, friend, AccountsWorld.Cancel);
        }

        await world.Relations.BefriendAsync(people[1], author, AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(author, people[5], AccountsWorld.Cancel);

        var store = world.Database.Store<IGraphStore>();
        for (var limit = 1; limit <= 5; limit++)
        {
            var seen = new List<UserId>();
            IReadOnlyList<UserId> page;
            do
            {
                page = await store.FollowersAsync(author, seen.Count == 0 ? default : seen[^1], limit, AccountsWorld.Cancel);
                seen.AddRange(page);
            }
            while (page.Count == limit);

            Assert.Equal([people[0], people[2], people[3], people[4]], seen);
        }

        Assert.Equal(4, await store.CountFollowersAsync(author, 100, AccountsWorld.Cancel));
        Assert.Equal(3, await store.CountFollowersAsync(author, 3, AccountsWorld.Cancel));
        Assert.Equal(0, await store.CountFollowersAsync(new UserId(1), 3, AccountsWorld.Cancel));
    }

    private static Graphs Graphs(AccountsWorld world) => world.Database.Store<Graphs>();

    private static long[] Values(params UserId[] people) => [.. people.Select(person => person.Value).Order()];

    private static async Task<(long, long)> EpochsAsync(AccountsWorld world, UserId one, UserId other)
    {
        var store = world.Database.Store<IGraphStore>();
        var now = world.Database.Time.GetUtcNow();
        return ((await store.ReadAsync(one, now, AccountsWorld.Cancel)).Epoch, (await store.ReadAsync(other, now, AccountsWorld.Cancel)).Epoch);
    }

    private static async Task<(UserId, UserId)> PairAsync(AccountsWorld world) => ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
}

public sealed class SqliteGraphTests : GraphFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresGraphTests : GraphFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

using Madang.Accounts;
using Madang.Api;

namespace Madang.Tests.Conformance.Accounts;

public abstract class RelationFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_request_and_its_acceptance_make_friends()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        Assert.Equal(FriendState.Outgoing, (await world.Relations.BefriendAsync(mina, jun, AccountsWorld.Cancel)).Value.State);
        Assert.Equal([$"{mina}>{jun} {jun}>{mina}"], world.Events.TakeRelations());
        Assert.Equal(FriendState.Outgoing, (await world.Relations.BefriendAsync(mina, jun, AccountsWorld.Cancel)).Value.State);
        Assert.Empty(world.Events.TakeRelations());
        Assert.Equal(FriendState.Incoming, await FriendAsync(world, jun, mina));

        Assert.Equal(FriendState.Accepted, (await world.Relations.BefriendAsync(jun, mina, AccountsWorld.Cancel)).Value.State);
        Assert.Equal([$"{jun}>{mina} {mina}>{jun}"], world.Events.TakeRelations());
        Assert.Equal((FriendState.Accepted, FriendState.Accepted), (await FriendAsync(world, mina, jun), await FriendAsync(world, jun, mina)));

        await world.Relations.UnfriendAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal([$"{mina}>{jun} {jun}>{mina}"], world.Events.TakeRelations());
        Assert.Equal((null, null), (await FriendAsync(world, mina, jun), await FriendAsync(world, jun, mina)));
        await world.Relations.UnfriendAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Empty(world.Events.TakeRelations());
    }

    [Fact]
    public async Task A_request_can_be_declined_and_made_again()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.BefriendAsync(mina, jun, AccountsWorld.Cancel);
        await world.Relations.UnfriendAsync(jun, mina, AccountsWorld.Cancel);
        Assert.Null(await FriendAsync(world, mina, jun));
        Assert.Equal(FriendState.Outgoing, (await world.Relations.BefriendAsync(mina, jun, AccountsWorld.Cancel)).Value.State);
    }

    [Fact]
    public async Task Two_who_ask_each_other_at_once_are_friends()
    {
        await using var world = await FreshAsync();
        for (var i = 0; i < 10; i++)
        {
            var (a, b) = ((await world.AddAsync($"a{i}")).Id, (await world.AddAsync($"b{i}")).Id);
            await Task.WhenAll(world.Relations.BefriendAsync(a, b, AccountsWorld.Cancel), world.Relations.BefriendAsync(b, a, AccountsWorld.Cancel));
            Assert.Equal((FriendState.Accepted, FriendState.Accepted), (await FriendAsync(world, a, b), await FriendAsync(world, b, a)));
        }
    }

    [Fact]
    public async Task A_block_ends_what_was_between_two_people_and_keeps_it_so()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.BefriendAsync(mina, jun, AccountsWorld.Cancel);
        await world.Relations.BefriendAsync(jun, mina, AccountsWorld.Cancel);
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        await world.Relations.FollowAsync(jun, mina, AccountsWorld.Cancel);
        await world.Relations.MuteAsync(jun, mina, AccountsWorld.Cancel);
        world.Events.TakeRelations();

        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal([$"{mina}>{jun} {jun}>{mina}"], world.Events.TakeRelations());
        Assert.Equal(new RelationView(null, false, false, true), await ViewAsync(world, mina, jun));
        Assert.Equal(new RelationView(null, false, true, false), await ViewAsync(world, jun, mina));
        Assert.True(await world.WriteAsync(tx => world.Relations.IsBlockedEitherWay(tx, jun, mina)));
        Assert.True(await world.WriteAsync(tx => world.Relations.IsBlockedEitherWay(tx, mina, jun)));
        Assert.Equal([mina], await world.WriteAsync(tx => world.Relations.BlockersOf(tx, jun, [mina, jun])));
        Assert.Empty(await world.WriteAsync(tx => world.Relations.BlockersOf(tx, mina, [mina, jun])));
        Assert.Equal([jun], await world.Relations.BlockedByAsync(mina, AccountsWorld.Cancel));

        foreach (var (one, other) in new[] { (mina, jun), (jun, mina) })
        {
            Assert.Equal("blocked", (await world.Relations.BefriendAsync(one, other, AccountsWorld.Cancel)).Error!.Code);
            Assert.Equal("blocked", (await world.Relations.FollowAsync(one, other, AccountsWorld.Cancel)).Error!.Code);
        }

        await world.Relations.RemoveAsync(mina, RelationKind.Block, jun, AccountsWorld.Cancel);
        Assert.True((await world.Relations.BefriendAsync(jun, mina, AccountsWorld.Cancel)).IsOk);
    }

    [Fact]
    public async Task Who_is_blocked_out_of_nothing_is_not_told()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        await world.Relations.BlockAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal([$"{mina}>{jun}"], world.Events.TakeRelations());
    }

    [Fact]
    public async Task Follow_and_mute_are_ones_own_and_happen_once()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var first = (await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel)).Value;
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(first, (await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel)).Value);
        await world.Relations.MuteAsync(mina, jun, AccountsWorld.Cancel);
        Assert.Equal([$"{mina}>{jun}", $"{mina}>{jun}"], world.Events.TakeRelations());
        Assert.Equal(new RelationView(null, true, true, false), await ViewAsync(world, mina, jun));
        Assert.Equal(default, await ViewAsync(world, jun, mina));
        await world.Relations.RemoveAsync(mina, RelationKind.Mute, jun, AccountsWorld.Cancel);
        await world.Relations.RemoveAsync(mina, RelationKind.Mute, jun, AccountsWorld.Cancel);
        Assert.Equal([$"{mina}>{jun}"], world.Events.TakeRelations());
        Assert.Equal(new RelationView(null, true, false, false), await ViewAsync(world, mina, jun));
    }

    [Fact]
    public async Task Nobody_relates_to_themselves_to_nobody_or_to_who_is_disabled()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        Assert.Equal("self_relation", (await world.Relations.BlockAsync(mina, mina, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await world.Relations.MuteAsync(mina, new UserId(3), AccountsWorld.Cancel)).Error!.Code);
        await world.Database.Store<Administration>().ChangeAsync(jun, null, disabled: true, AccountsWorld.Cancel);
        Assert.Equal("not_found", (await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel)).Error!.Code);
        Assert.Empty(world.Events.TakeRelations());
    }

    [Fact]
    public async Task Friends_are_listed_by_state_and_page_to_the_end()
    {
        await using var world = await FreshAsync();
        var mina = (await world.AddAsync("mina")).Id;
        var others = new List<UserId>();
        for (var i = 0; i < 5; i++)
        {
            others.Add((await world.AddAsync($"user{i}")).Id);
        }

        await world.Relations.BefriendAsync(others[0], mina, AccountsWorld.Cancel);
        foreach (var other in others)
        {
            await world.Relations.BefriendAsync(mina, other, AccountsWorld.Cancel);
        }

        await world.Relations.BefriendAsync(others[4], mina, AccountsWorld.Cancel);
        Assert.Equal([others[0], others[4]], await ListAsync(world, mina, FriendState.Accepted));
        Assert.Equal([others[1], others[2], others[3]], await ListAsync(world, mina, FriendState.Outgoing));
        Assert.Equal([mina], await ListAsync(world, others[2], FriendState.Incoming));
        Assert.Equal(others, await ListAsync(world, mina, null));
    }

    private static async Task<List<UserId>> ListAsync(AccountsWorld world, UserId owner, FriendState? state)
    {
        var seen = new List<UserId>();
        long? after = null;
        do
        {
            var page = await world.Relations.ListAsync(owner, RelationKind.Friend, state, new PageQuery(after, 2), AccountsWorld.Cancel);
            seen.AddRange(page.Items.Select(relation => relation.Target));
            after = page.Next is { } next && Cursor.TryRead(next, out var id) ? id : null;
        }
        while (after is not null);

        return seen;
    }

    private static async Task<FriendState?> FriendAsync(AccountsWorld world, UserId viewer, UserId other) => (await ViewAsync(world, viewer, other)).Friend;

    private static async Task<RelationView> ViewAsync(AccountsWorld world, UserId viewer, UserId other) =>
        (await world.Relations.OfAsync(viewer, [other], AccountsWorld.Cancel))[other];

    private static async Task<(UserId, UserId)> PairAsync(AccountsWorld world) => ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
}

public sealed class SqliteRelationTests : RelationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresRelationTests : RelationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

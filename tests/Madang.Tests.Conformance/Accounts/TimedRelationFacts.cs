using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Storage;

namespace Madang.Tests.Conformance.Accounts;

/// <summary>Mutes that end, follows without shares, and many relations at once.</summary>
public abstract class TimedRelationFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task An_ended_mute_is_no_mute_anywhere()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var end = world.Database.Time.GetUtcNow().AddHours(1);
        Assert.Equal(end, (await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: end))).Value.EndsAt);
        var graphs = world.Database.Store<Graphs>();
        Assert.True(await IsMutedAsync(world, mina, jun));
        var graph = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal((1, end), (graph.Muted.Length, graph.MutesEndAt));

        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await IsMutedAsync(world, mina, jun));
        Assert.Empty((await world.Relations.ListAsync(mina, RelationKind.Mute, null, new PageQuery(null, 10), AccountsWorld.Cancel)).Items);
        Assert.Empty((await graphs.OfAsync(mina, AccountsWorld.Cancel)).Muted);
    }

    [Fact]
    public async Task A_mute_can_be_made_longer_shorter_and_without_an_end()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var now = world.Database.Time.GetUtcNow();
        var first = (await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: now.AddHours(1)))).Value;
        _ = world.Events.TakeRelations();
        Assert.Equal(first, (await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: now.AddHours(1)))).Value);
        Assert.Empty(world.Events.TakeRelations());
        Assert.Null((await PutAsync(world, mina, new(RelationKind.Mute, jun))).Value.EndsAt);
        Assert.Equal([$"{mina}>{jun}"], world.Events.TakeRelations());
        world.Database.Time.Advance(TimeSpan.FromDays(100));
        Assert.True(await IsMutedAsync(world, mina, jun));
    }

    [Fact]
    public async Task Muting_again_after_the_end_begins_anew()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var start = world.Database.Time.GetUtcNow();
        await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: start.AddHours(1)));
        world.Database.Time.Advance(TimeSpan.FromHours(2));
        _ = world.Events.TakeRelations();
        Assert.Equal(start.AddHours(2), (await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: start.AddHours(3)))).Value.CreatedAt);
        Assert.Equal([$"{mina}>{jun}"], world.Events.TakeRelations());
        Assert.True(await IsMutedAsync(world, mina, jun));
    }

    [Fact]
    public async Task Ended_mutes_are_taken_away_and_told_of()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var hana = (await world.AddAsync("hana")).Id;
        var now = world.Database.Time.GetUtcNow();
        await PutAsync(world, mina, new(RelationKind.Mute, jun, EndsAt: now.AddHours(1)));
        await PutAsync(world, hana, new(RelationKind.Mute, jun, EndsAt: now.AddHours(2)));
        await PutAsync(world, jun, new(RelationKind.Mute, mina));
        _ = world.Events.TakeRelations();
        var retention = new EndedMutes(world.Database.Store<IRelationStore>(), world.Relations);
        Assert.Equal(0, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        Assert.Equal([$"{mina}>{jun}"], world.Events.TakeRelations());
        world.Database.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        Assert.Equal(0, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
        Assert.True(await IsMutedAsync(world, jun, mina));
    }

    [Fact]
    public async Task A_follow_can_leave_shares_out_and_take_them_in_again()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        Assert.True((await PutAsync(world, mina, new(RelationKind.Follow, jun))).Value.Shares);
        Assert.False((await PutAsync(world, mina, new(RelationKind.Follow, jun, Shares: false))).Value.Shares);
        var graphs = world.Database.Store<Graphs>();
        Assert.Equal([jun.Value], (await graphs.OfAsync(mina, AccountsWorld.Cancel)).WithoutShares);
        // Following again without a word leaves it as it is.
        Assert.False((await PutAsync(world, mina, new(RelationKind.Follow, jun))).Value.Shares);
        Assert.True((await PutAsync(world, mina, new(RelationKind.Follow, jun, Shares: true))).Value.Shares);
        Assert.Empty((await graphs.OfAsync(mina, AccountsWorld.Cancel)).WithoutShares);
    }

    [Fact]
    public async Task Many_are_taken_at_once_each_with_an_answer_of_its_own_and_told_together()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var (hana, blocker) = ((await world.AddAsync("hana")).Id, (await world.AddAsync("blocker")).Id);
        await world.Relations.BlockAsync(blocker, mina, AccountsWorld.Cancel);
        _ = world.Events.TakeRelations();
        NewRelation[] wanted = [.. new[] { jun, mina, blocker, new UserId(1), hana, jun }.Select(target => new NewRelation(RelationKind.Follow, target))];
        var answers = await world.Relations.PutAsync(mina, wanted, Lane.Background, AccountsWorld.Cancel);
        Assert.Equal(["", "self_relation", "blocked", "not_found", "", ""], answers.Select(answer => answer.Error?.Code ?? ""));
        Assert.Equal([$"{mina}>{jun} {mina}>{hana}"], world.Events.TakeRelations());
    }

    [Fact]
    public async Task There_are_not_more_relations_of_a_kind_than_may_be()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var hana = (await world.AddAsync("hana")).Id;
        var store = world.Database.Store<IRelationStore>();
        var users = world.UserStore;
        var codes = await world.WriteAsync(tx =>
        {
            var turn = new RelationTurn(store, tx, mina, users.Lock(tx, mina, jun, hana), most: 1);
            return new[] { new NewRelation(RelationKind.Follow, jun), new(RelationKind.Follow, hana), new(RelationKind.Mute, hana), new(RelationKind.Follow, jun, false) }
                .Select(wanted => turn.Put(wanted).Error?.Code ?? "").ToArray();
        });
        Assert.Equal(["", "too_many_relations", "", ""], codes);
    }

    [Fact]
    public async Task People_are_found_by_name_whatever_its_case_and_who_is_disabled_is_not()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("Mina");
        var gone = await world.AddAsync("gone");
        await world.Database.Store<Administration>().ChangeAsync(gone.Id, null, disabled: true, AccountsWorld.Cancel);
        var found = await world.Users.FindByNamesAsync(["mINA", "gone", "nobody", "no name!", ""], AccountsWorld.Cancel);
        Assert.Equal(["mINA"], found.Keys);
        Assert.Equal(mina.Id, found["mINA"].Id);
    }

    private static async Task<Result<Relation>> PutAsync(AccountsWorld world, UserId me, NewRelation wanted) =>
        await world.Relations.PutAsync(me, wanted, AccountsWorld.Cancel);

    private static async Task<bool> IsMutedAsync(AccountsWorld world, UserId viewer, UserId other) =>
        (await world.Relations.OfAsync(viewer, [other], AccountsWorld.Cancel))[other].Muted;

    private static async Task<(UserId, UserId)> PairAsync(AccountsWorld world) => ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
}

public sealed class SqliteTimedRelationTests : TimedRelationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresTimedRelationTests : TimedRelationFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Feeds.Moving;
using Madang.Storage;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

public abstract class PeopleListFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_list_is_made_once_by_its_title_and_is_its_owners_alone()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var lists = Lists(world);
        var made = (await lists.CreateAsync(mina, "친구".Normalize(System.Text.NormalizationForm.FormD), exclusive: true, AccountsWorld.Cancel)).Value;
        var again = (await lists.CreateAsync(mina, "친구", exclusive: false, AccountsWorld.Cancel)).Value;
        Assert.Equal((true, false, made.List), (made.Made, again.Made, again.List));
        Assert.NotEqual(made.List.Id, (await lists.CreateAsync(jun, "친구", exclusive: false, AccountsWorld.Cancel)).Value.List.Id);

        var id = made.List.Id;
        Assert.Null(await lists.FindAsync(jun, id, AccountsWorld.Cancel));
        Assert.False(await lists.DeleteAsync(jun, id, AccountsWorld.Cancel));
        Assert.Equal("not_found", (await lists.ChangeAsync(jun, id, "mine", null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await AddAsync(world, jun, id, mina)).Error!.Code);
        Assert.Equal("not_found", (await lists.MembersAsync(jun, id, new PageQuery(null, 10), AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal(made.List, await lists.FindAsync(mina, id, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task Titles_change_to_what_no_other_list_has()
    {
        await using var world = await FreshAsync();
        var (mina, _) = await PairAsync(world);
        var lists = Lists(world);
        var one = (await lists.CreateAsync(mina, "one", false, AccountsWorld.Cancel)).Value.List;
        await lists.CreateAsync(mina, "two", false, AccountsWorld.Cancel);
        Assert.Equal("list_title_taken", (await lists.ChangeAsync(mina, one.Id, "two", null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("invalid_fields", (await lists.ChangeAsync(mina, one.Id, " ", null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("three", (await lists.ChangeAsync(mina, one.Id, "three", null, AccountsWorld.Cancel)).Value.Title);
        Assert.True((await lists.ChangeAsync(mina, one.Id, null, true, AccountsWorld.Cancel)).Value.Exclusive);
        Assert.Equal(["three", "two"], (await lists.OfAsync(mina, new PageQuery(null, 10), AccountsWorld.Cancel)).Items.Select(list => list.Title));
    }

    [Fact]
    public async Task Who_is_on_a_list_has_it_in_the_graph_until_it_is_deleted()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var lists = Lists(world);
        var graphs = world.Database.Store<Graphs>();
        var id = (await lists.CreateAsync(mina, "close", false, AccountsWorld.Cancel)).Value.List.Id;
        Assert.Empty((await graphs.OfAsync(jun, AccountsWorld.Cancel)).OnLists);
        Assert.True((await AddAsync(world, mina, id, jun)).IsOk);
        Assert.True((await AddAsync(world, mina, id, jun)).IsOk);
        Assert.Equal([id.Value], (await graphs.OfAsync(jun, AccountsWorld.Cancel)).OnLists);
        Assert.Equal(1, (await lists.FindAsync(mina, id, AccountsWorld.Cancel))!.Members);
        Assert.True(await lists.RemoveAsync(mina, id, jun, AccountsWorld.Cancel));
        Assert.Empty((await graphs.OfAsync(jun, AccountsWorld.Cancel)).OnLists);
        Assert.True((await AddAsync(world, mina, id, jun)).IsOk);
        Assert.True(await lists.DeleteAsync(mina, id, AccountsWorld.Cancel));
        Assert.False(await lists.DeleteAsync(mina, id, AccountsWorld.Cancel));
        Assert.Empty((await graphs.OfAsync(jun, AccountsWorld.Cancel)).OnLists);
    }

    [Fact]
    public async Task People_of_an_exclusive_list_leave_home_and_come_back_with_it()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.FollowAsync(mina, jun, AccountsWorld.Cancel);
        var lists = Lists(world);
        var graphs = world.Database.Store<Graphs>();
        var id = (await lists.CreateAsync(mina, "news", false, AccountsWorld.Cancel)).Value.List.Id;
        await AddAsync(world, mina, id, jun);
        Assert.Equal([jun.Value], (await graphs.OfAsync(mina, AccountsWorld.Cancel)).Followees);
        await lists.ChangeAsync(mina, id, null, exclusive: true, AccountsWorld.Cancel);
        var apart = await graphs.OfAsync(mina, AccountsWorld.Cancel);
        Assert.Equal((0, 1), (apart.Followees.Length, apart.Follows.Length));
        await lists.DeleteAsync(mina, id, AccountsWorld.Cancel);
        Assert.Equal([jun.Value], (await graphs.OfAsync(mina, AccountsWorld.Cancel)).Followees);
    }

    [Fact]
    public async Task Not_everybody_can_be_put_on_a_list_and_not_more_than_it_holds()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var hana = (await world.AddAsync("hana")).Id;
        var blocker = (await world.AddAsync("blocker")).Id;
        await world.Relations.BlockAsync(blocker, mina, AccountsWorld.Cancel);
        var lists = Lists(world, new() { MaxLists = 2, MaxListMembers = 1 });
        var id = (await lists.CreateAsync(mina, "one", false, AccountsWorld.Cancel)).Value.List.Id;
        await lists.CreateAsync(mina, "two", false, AccountsWorld.Cancel);
        Assert.Equal("too_many_lists", (await lists.CreateAsync(mina, "three", false, AccountsWorld.Cancel)).Error!.Code);
        var answers = await lists.AddAsync(mina, id, [mina, new UserId(1), blocker, jun, hana], Lane.Interactive, AccountsWorld.Cancel);
        Assert.Equal(["self_relation", "not_found", "blocked", "", "list_full"], answers.Select(answer => answer.Error?.Code ?? ""));
        Assert.Equal([jun], (await lists.MembersAsync(mina, id, new PageQuery(null, 10), AccountsWorld.Cancel)).Value.Items);
    }

    [Fact]
    public async Task What_is_exported_can_be_brought_in_again_elsewhere()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        var hana = (await world.AddAsync("hana")).Id;
        var taker = (await world.AddAsync("taker")).Id;
        await world.Relations.PutAsync(mina, [new(Madang.Accounts.RelationKind.Follow, jun, Shares: false), new(Madang.Accounts.RelationKind.Follow, hana)], Lane.Interactive, AccountsWorld.Cancel);
        await world.Relations.MuteAsync(mina, hana, AccountsWorld.Cancel);
        var list = (await Lists(world).CreateAsync(mina, "book, club", false, AccountsWorld.Cancel)).Value.List.Id;
        await AddAsync(world, mina, list, jun);

        Assert.Equal("Account address,Show boosts,Notify on new posts,Languages\r\njun,false,false,\r\nhana,true,false,\r\n", await ExportAsync(world, mina, MovedKind.Follows));
        Assert.Equal("Account address,Hide notifications\r\nhana,true\r\n", await ExportAsync(world, mina, MovedKind.Mutes));
        Assert.Equal("", await ExportAsync(world, mina, MovedKind.Blocks));
        Assert.Equal("\"book, club\",jun\r\n", await ExportAsync(world, mina, MovedKind.Lists));
        foreach (var kind in Enum.GetValues<MovedKind>())
        {
            var file = await ExportAsync(world, mina, kind);
            var imported = await ImportAsync(world, taker, kind, file);
            Assert.Equal((imported.Rows, 0), (imported.Taken, imported.NotTaken));
            Assert.Equal(file, await ExportAsync(world, taker, kind));
        }
    }

    [Fact]
    public async Task Each_row_that_is_not_taken_is_told_of()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = await PairAsync(world);
        await world.Relations.BlockAsync(jun, mina, AccountsWorld.Cancel);
        var hana = await world.AddAsync("hana");
        var imported = await ImportAsync(world, mina, MovedKind.Follows, "Account address\nhana\nhana@elsewhere.example\nnobody\njun\nmina\n\nHANA@old.example\n", "old.example");
        Assert.Equal((6, 2, 4), (imported.Rows, imported.Taken, imported.NotTaken));
        Assert.Equal(["3 other_server", "4 unknown_name", "5 blocked", "6 self_relation"], imported.Refused.Select(row => $"{row.Line} {row.Code}"));
        Assert.Equal([hana.Id.Value], (await world.Database.Store<Graphs>().OfAsync(mina, AccountsWorld.Cancel)).Follows);
    }

    [Fact]
    public async Task Many_rows_go_in_many_small_transactions()
    {
        await using var world = await FreshAsync();
        var (mina, _) = await PairAsync(world);
        for (var i = 0; i < 120; i++)
        {
            await world.AddAsync($"p{i}");
        }

        var imported = await ImportAsync(world, mina, MovedKind.Blocks, string.Concat(Enumerable.Range(0, 120).Select(i => $"p{i}\n")));
        Assert.Equal((120, 120), (imported.Rows, imported.Taken));
        Assert.Equal(120, (await ExportAsync(world, mina, MovedKind.Blocks)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        // One for each transaction: fifty, fifty and twenty.
        Assert.Equal(3, (await world.Database.Store<Graphs>().OfAsync(mina, AccountsWorld.Cancel)).Epoch);
    }

    private static PeopleLists Lists(AccountsWorld world, FeedsOptions? options = null) => new(
        world.Database.Store<IPeopleListStore>(), world.Database.Database, world.Users, world.Relations, world.Database.Store<Epochs>(),
        world.Database.Store<Snowflake>(), Options.Create(options ?? new FeedsOptions()));

    private static async Task<Result<Done>> AddAsync(AccountsWorld world, UserId owner, ListId list, UserId person) =>
        (await Lists(world).AddAsync(owner, list, [person], Lane.Interactive, AccountsWorld.Cancel))[0];

    private static async Task<string> ExportAsync(AccountsWorld world, UserId owner, MovedKind kind)
    {
        var file = "";
        await foreach (var line in world.Database.Store<Exports>().OfAsync(owner, kind, AccountsWorld.Cancel))
        {
            file += line;
        }

        return file;
    }

    private static async Task<Imported> ImportAsync(AccountsWorld world, UserId owner, MovedKind kind, string file, string? oldHost = null) =>
        (await world.Database.Store<Imports>().TakeAsync(owner, kind, System.Text.Encoding.UTF8.GetBytes(file), oldHost, AccountsWorld.Cancel)).Value;

    private static async Task<(UserId, UserId)> PairAsync(AccountsWorld world) => ((await world.AddAsync("mina")).Id, (await world.AddAsync("jun")).Id);
}

public sealed class SqlitePeopleListTests : PeopleListFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresPeopleListTests : PeopleListFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

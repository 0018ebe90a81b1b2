using System.Text;
using Madang.Accounts;
using Madang.Api;

namespace Madang.Tests.Conformance.Accounts;

public abstract class UserFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_person_is_found_again_as_made()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("Mina", "민아 Kim");
        Assert.Equal(mina, await world.Users.FindAsync(mina.Id, AccountsWorld.Cancel));
        Assert.Equal(mina, (await world.UserStore.FindByNameAsync("mina", AccountsWorld.Cancel))!.Value.User);
        Assert.Equal(("en", "UTC", Role.User, false), (mina.Locale, mina.TimeZone, mina.Role, mina.Disabled));
        Assert.Null(await world.Users.FindAsync(new UserId(1), AccountsWorld.Cancel));
        Assert.Null(await world.UserStore.FindByNameAsync("Mina", AccountsWorld.Cancel));
        Assert.Empty(await world.Users.FindAsync([], AccountsWorld.Cancel));
    }

    [Theory]
    [InlineData("MINA")]
    [InlineData("mina")]
    public async Task A_name_is_taken_whatever_its_case(string again)
    {
        await using var world = await FreshAsync();
        await world.AddAsync("Mina");
        var refused = await world.Database.Store<SignUp>().RegisterAsync(Caller.Operator, new(again, null, new(null, null, null)), null, AccountsWorld.Cancel);
        Assert.Equal("name_taken", refused.Error!.Code);
    }

    [Fact]
    public async Task Of_many_who_want_one_name_at_once_one_gets_it()
    {
        await using var world = await FreshAsync();
        var signUp = world.Database.Store<SignUp>();
        var spellings = new[] { "한글", "한글".Normalize(NormalizationForm.FormD) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => signUp.RegisterAsync(
            Caller.Operator, new(UserName.Check(spellings[i % 2]).Value, null, new(null, null, null)), null, AccountsWorld.Cancel)));
        Assert.Single(answers, answer => answer.IsOk);
        Assert.Equal(19, answers.Count(answer => answer.Error == AccountsErrors.NameTaken));
    }

    [Fact]
    public async Task People_are_found_by_the_beginning_of_the_name_and_any_part_of_the_display_name()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina", "김민아");
        await world.AddAsync("minsu", "Park Minsu");
        await world.AddAsync("jun", "최준민");
        Assert.Equal(["mina", "minsu"], await SearchAsync(world, "MIN"));
        Assert.Equal(["mina"], await SearchAsync(world, "민아"));
        Assert.Equal(["mina"], await SearchAsync(world, "민아".Normalize(NormalizationForm.FormD)));
        Assert.Equal(["mina", "jun"], await SearchAsync(world, "민"));
        Assert.Equal(["minsu"], await SearchAsync(world, "park m"));
        Assert.Equal(["mina", "minsu", "jun"], await SearchAsync(world, ""));
        Assert.Empty(await SearchAsync(world, "ina"));
        Assert.Empty(await SearchAsync(world, "%"));
        Assert.Empty(await SearchAsync(world, "_"));
        Assert.Empty(await SearchAsync(world, "'"));
    }

    [Fact]
    public async Task A_search_pages_to_the_true_end()
    {
        await using var world = await FreshAsync();
        for (var i = 0; i < 7; i++)
        {
            await world.AddAsync($"user{i}");
        }

        var seen = new List<string>();
        long? after = null;
        do
        {
            var page = (await world.Users.SearchAsync(Caller.Operator, "user", new PageQuery(after, 3), AccountsWorld.Cancel)).Value;
            seen.AddRange(page.Items.Select(user => user.Name));
            after = page.Next is { } next && Cursor.TryRead(next, out var id) ? id : null;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"user{i}"), seen);
    }

    [Fact]
    public async Task Who_is_disabled_is_missing_to_others_and_shows_to_moderators()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina");
        var jun = await world.AddAsync("jun");
        await world.Database.Store<Administration>().ChangeAsync(jun.Id, null, disabled: true, AccountsWorld.Cancel);
        var missing = await world.WriteAsync(tx => world.Users.Missing(tx, [mina.Id, jun.Id, new UserId(5)]));
        Assert.Equal([new UserId(5), jun.Id], missing.Order());
        Assert.Equal(["mina"], await SearchAsync(world, ""));
        Assert.Equal(["mina", "jun"], await SearchAsync(world, "", Caller.Operator));
        Assert.True((await world.Users.FindAsync(jun.Id, AccountsWorld.Cancel))!.Disabled);
    }

    [Fact]
    public async Task A_profile_changes_where_it_says_so()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina");
        var changed = (await world.Users.ChangeAsync(mina.Id, new("김민아", null, "Asia/Seoul"), AccountsWorld.Cancel)).Value;
        Assert.Equal(mina with { DisplayName = "김민아", TimeZone = "Asia/Seoul" }, changed);
        Assert.Equal(changed, await world.Users.FindAsync(mina.Id, AccountsWorld.Cancel));
        Assert.Equal(["mina"], await SearchAsync(world, "민아"));
        Assert.Equal("not_found", (await world.Users.ChangeAsync(new UserId(1), new(null, null, null), AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task A_stronger_hash_replaces_only_the_one_it_was_made_from()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        await world.WriteAsync(tx =>
        {
            world.UserStore.SetPassword(tx, mina.Id, "new");
            world.UserStore.ReplacePassword(tx, mina.Id, "old", "stronger");
            return true;
        });
        Assert.Equal("new", await world.UserStore.PasswordOfAsync(mina.Id, AccountsWorld.Cancel));
        Assert.Null(await world.UserStore.PasswordOfAsync((await world.AddAsync("jun")).Id, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task One_admin_always_remains()
    {
        await using var world = await FreshAsync();
        var administration = world.Database.Store<Administration>();
        var mina = await world.AddAdminAsync("mina");
        Assert.Equal("last_admin", (await administration.ChangeAsync(mina.Id, Role.User, null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("last_admin", (await administration.ChangeAsync(mina.Id, null, true, AccountsWorld.Cancel)).Error!.Code);

        var jun = await world.AddAdminAsync("jun");
        var answers = await Task.WhenAll(
            administration.ChangeAsync(mina.Id, Role.User, null, AccountsWorld.Cancel), administration.ChangeAsync(jun.Id, null, true, AccountsWorld.Cancel));
        Assert.Single(answers, answer => answer.IsOk);
        Assert.Single(answers, answer => answer.Error == AccountsErrors.LastAdmin);
        Assert.Single(await world.WriteAsync(tx => world.UserStore.LockAdmins(tx)));
    }

    private static async Task<string[]> SearchAsync(AccountsWorld world, string query, Caller? caller = null)
    {
        var page = await world.Users.SearchAsync(caller ?? new(CallerKind.Session, new UserId(1), Role.User, 1), query, new PageQuery(null, 50), AccountsWorld.Cancel);
        return [.. page.Value.Items.Select(user => user.Name)];
    }
}

public sealed class SqliteUserTests : UserFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresUserTests : UserFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

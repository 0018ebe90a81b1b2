using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Accounts;

/// <summary>Signing in, and everything that lets somebody in.</summary>
public abstract class AccessFacts
{
    private protected abstract Task<AccountsWorld> FreshAsync();

    [Fact]
    public async Task A_session_lets_its_person_in_until_it_ends()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("MINA", "laptop");
        var caller = await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel);
        Assert.Equal((CallerKind.Session, mina.Id, Role.User, session.ExpiresAt), (caller!.Kind, caller.Person, caller.Role, caller.ExpiresAt));

        Assert.True(await world.Sessions.EndAsync(mina.Id, caller.Credential, AccountsWorld.Cancel));
        Assert.Null(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        Assert.Equal([caller.Credential], world.Events.TakeEnded());
        Assert.False(await world.Sessions.EndAsync(mina.Id, caller.Credential, AccountsWorld.Cancel));
        Assert.Empty(world.Events.TakeEnded());
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina", password: AccountsWorld.Password);
        var jun = await world.AddAsync("jun");
        var session = await world.SignInAsync("mina");
        var caller = await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel);
        Assert.False(await world.Sessions.EndAsync(jun.Id, caller!.Credential, AccountsWorld.Cancel));
        Assert.False(await world.Database.Store<ServerTokens>().EndKeyAsync(caller.Credential, AccountsWorld.Cancel));
        Assert.NotNull(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task Wrong_unknown_and_passwordless_get_one_answer_and_then_a_wait()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina", password: AccountsWorld.Password);
        await world.AddAsync("jun");
        foreach (var name in new[] { "mina", "jun", "nobody" })
        {
            for (var i = 0; i < SignInThrottle.Failures; i++)
            {
                Assert.Equal(AccountsErrors.InvalidCredentials, (await world.Sessions.SignInAsync(name, "wrong-password", null, null, AccountsWorld.Cancel)).Error);
            }

            Assert.Equal("rate_limited", (await world.Sessions.SignInAsync(name, AccountsWorld.Password, null, null, AccountsWorld.Cancel)).Error!.Code);
        }

        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("mina", (await world.SignInAsync("mina")).User.Name);
    }

    [Fact]
    public async Task An_old_hash_is_made_anew_at_the_next_sign_in()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina");
        var old = PasswordHash.Create(AccountsWorld.Password, 5);
        await world.WriteAsync(tx =>
        {
            world.UserStore.SetPassword(tx, mina.Id, old);
            return true;
        });
        await world.SignInAsync("mina");
        var stored = await world.UserStore.PasswordOfAsync(mina.Id, AccountsWorld.Cancel);
        Assert.Equal(10, PasswordHash.RoundsOf(stored!));
        await world.SignInAsync("mina");
        Assert.Equal(stored, await world.UserStore.PasswordOfAsync(mina.Id, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task Disabling_ends_everything_that_acts_for_a_person()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("mina");
        var minted = (await world.Database.Store<ServerTokens>().MintAsync(mina.Id, TimeSpan.FromHours(1), AccountsWorld.Cancel)).Value;
        Assert.Equal(CallerKind.UserToken, (await world.Sessions.AuthenticateAsync(minted.Token.Text, AccountsWorld.Cancel))!.Kind);

        await world.Database.Store<Administration>().ChangeAsync(mina.Id, null, disabled: true, AccountsWorld.Cancel);
        Assert.Equal(2, world.Events.TakeEnded().Length);
        Assert.Null(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        Assert.Null(await world.Sessions.AuthenticateAsync(minted.Token.Text, AccountsWorld.Cancel));
        Assert.Equal("account_disabled", (await world.Sessions.SignInAsync("mina", AccountsWorld.Password, null, null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("invalid_credentials", (await world.Sessions.SignInAsync("mina", "wrong-password", null, null, AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("account_disabled", (await world.Database.Store<ServerTokens>().MintAsync(mina.Id, TimeSpan.FromHours(1), AccountsWorld.Cancel)).Error!.Code);
        Assert.Equal("not_found", (await world.Database.Store<ServerTokens>().MintAsync(new UserId(1), TimeSpan.FromHours(1), AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task What_another_node_ended_is_believed_for_moments_only()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("mina");
        var caller = (await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel))!;

        // Without a publication, which is what a commit of another node looks like here.
        Assert.True(await world.WriteAsync(tx => world.Credentials.End(tx, caller.Credential, mina.Id)));
        Assert.NotNull(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        world.Database.Time.Advance(world.Credentials.Life);
        Assert.Null(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task A_new_role_is_seen_by_the_next_request()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("mina");
        Assert.False((await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel))!.IsAdmin);
        await world.Database.Store<Administration>().ChangeAsync(mina.Id, Role.Admin, null, AccountsWorld.Cancel);
        Assert.True((await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel))!.IsAdmin);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina", password: AccountsWorld.Password);
        var administration = world.Database.Store<Administration>();
        var (here, there) = (await world.SignInAsync("mina"), await world.SignInAsync("mina"));
        var caller = (await world.Sessions.AuthenticateAsync(here.Token.Text, AccountsWorld.Cancel))!;
        Assert.Equal("wrong_password", (await administration.ChangePasswordAsync(caller, "mina", "not-my-password", "gravel-path-22", null, AccountsWorld.Cancel)).Error!.Code);
        Assert.True((await administration.ChangePasswordAsync(caller, "mina", AccountsWorld.Password, "gravel-path-22", null, AccountsWorld.Cancel)).IsOk);
        Assert.NotNull(await world.Sessions.AuthenticateAsync(here.Token.Text, AccountsWorld.Cancel));
        Assert.Null(await world.Sessions.AuthenticateAsync(there.Token.Text, AccountsWorld.Cancel));
        Assert.Equal("invalid_credentials", (await world.Sessions.SignInAsync("mina", AccountsWorld.Password, null, null, AccountsWorld.Cancel)).Error!.Code);
        Assert.True((await world.Sessions.SignInAsync("mina", "gravel-path-22", null, null, AccountsWorld.Cancel)).IsOk);

        Assert.True((await administration.ResetPasswordAsync(caller.Person, AccountsWorld.Password, AccountsWorld.Cancel)).IsOk);
        Assert.Null(await world.Sessions.AuthenticateAsync(here.Token.Text, AccountsWorld.Cancel));
        Assert.Equal("not_found", (await administration.ResetPasswordAsync(new UserId(1), AccountsWorld.Password, AccountsWorld.Cancel)).Error!.Code);
    }

    [Fact]
    public async Task A_session_slides_while_it_is_used_and_ends_when_it_is_not()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("mina");
        await world.Database.Store<SeenSessions>().StartAsync(AccountsWorld.Cancel);

        world.Database.Time.Advance(TimeSpan.FromDays(29));
        var caller = await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel);
        Assert.Equal(session.ExpiresAt.AddDays(29), caller!.ExpiresAt);
        await SeenAsync(world, mina.Id, session.ExpiresAt.AddDays(29));

        world.Database.Time.Advance(TimeSpan.FromDays(29));
        Assert.NotNull(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        await SeenAsync(world, mina.Id, session.ExpiresAt.AddDays(58));

        world.Database.Time.Advance(TimeSpan.FromDays(31));
        Assert.Null(await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel));
        Assert.Empty(await world.Credentials.SessionsAsync(mina.Id, world.Database.Time.GetUtcNow(), null, 10, AccountsWorld.Cancel));
        await world.Database.Store<SeenSessions>().StopAsync(AccountsWorld.Cancel);
    }

    [Fact]
    public async Task A_use_within_minutes_of_the_last_writes_nothing()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina", password: AccountsWorld.Password);
        var session = await world.SignInAsync("mina");
        world.Database.Time.Advance(TimeSpan.FromMinutes(4));
        var caller = await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel);
        Assert.Equal(session.ExpiresAt, caller!.ExpiresAt);
    }

    [Fact]
    public async Task Devices_are_listed_and_the_others_signed_out()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        await world.AddAsync("jun", password: AccountsWorld.Password);
        await world.SignInAsync("jun", "other");
        var laptop = await world.SignInAsync("mina", "laptop");
        await world.SignInAsync("mina", "phone");
        await world.SignInAsync("mina");
        var minted = (await world.Database.Store<ServerTokens>().MintAsync(mina.Id, TimeSpan.FromHours(1), AccountsWorld.Cancel)).Value;

        var first = await world.Sessions.ListAsync(mina.Id, new PageQuery(null, 2), AccountsWorld.Cancel);
        Assert.Equal(["laptop", "phone"], first.Items.Select(session => session.Name));
        Assert.True(Cursor.TryRead(first.Next, out var after));
        Assert.Equal([null], (await world.Sessions.ListAsync(mina.Id, new PageQuery(after, 2), AccountsWorld.Cancel)).Items.Select(session => session.Name));

        var caller = (await world.Sessions.AuthenticateAsync(laptop.Token.Text, AccountsWorld.Cancel))!;
        await world.Sessions.EndOthersAsync(mina.Id, caller.Credential, AccountsWorld.Cancel);
        Assert.Equal(2, world.Events.TakeEnded().Length);
        Assert.Equal(["laptop"], (await world.Sessions.ListAsync(mina.Id, new PageQuery(null, 50), AccountsWorld.Cancel)).Items.Select(session => session.Name));
        Assert.NotNull(await world.Sessions.AuthenticateAsync(minted.Token.Text, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task What_no_longer_lets_in_is_told_of_many_at_once()
    {
        await using var world = await FreshAsync();
        var (mina, jun) = (await world.AddAsync("mina"), await world.AddAsync("jun"));
        var tokens = world.Database.Store<ServerTokens>();
        var ids = new List<long>();
        foreach (var (user, life) in new[] { (mina, 60), (mina, 60), (jun, 60), (mina, 1) })
        {
            var minted = (await tokens.MintAsync(user.Id, TimeSpan.FromMinutes(life), AccountsWorld.Cancel)).Value;
            ids.Add((await world.Sessions.AuthenticateAsync(minted.Token.Text, AccountsWorld.Cancel))!.Credential);
        }

        ids.Add((await tokens.CreateKeyAsync("key", Role.User, null, AccountsWorld.Cancel)).Key.Id);
        await world.Sessions.EndAsync(mina.Id, ids[1], AccountsWorld.Cancel);
        await world.Database.Store<Administration>().ChangeAsync(jun.Id, null, disabled: true, AccountsWorld.Cancel);
        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([ids[1], ids[2], ids[3], 7], await world.Sessions.EndedAsync([.. ids, 7], AccountsWorld.Cancel));
        Assert.Empty(await world.Sessions.EndedAsync([], AccountsWorld.Cancel));
        Assert.InRange(world.Credentials.Life, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task An_api_key_acts_as_itself_until_it_is_revoked()
    {
        await using var world = await FreshAsync();
        var tokens = world.Database.Store<ServerTokens>();
        var (key, token) = await tokens.CreateKeyAsync("backend", Role.Moderator, null, AccountsWorld.Cancel);
        var caller = (await world.Sessions.AuthenticateAsync(token.Text, AccountsWorld.Cancel))!;
        Assert.Equal((CallerKind.ApiKey, null, Role.Moderator, null), (caller.Kind, caller.User, caller.Role, caller.ExpiresAt));
        Assert.Equal([key], (await tokens.KeysAsync(new PageQuery(null, 50), AccountsWorld.Cancel)).Items);
        Assert.True(await tokens.EndKeyAsync(key.Id, AccountsWorld.Cancel));
        Assert.Null(await world.Sessions.AuthenticateAsync(token.Text, AccountsWorld.Cancel));
        Assert.False(await tokens.EndKeyAsync(key.Id, AccountsWorld.Cancel));

        var (_, brief) = await tokens.CreateKeyAsync("brief", Role.User, world.Database.Time.GetUtcNow().AddHours(1), AccountsWorld.Cancel);
        Assert.NotNull(await world.Sessions.AuthenticateAsync(brief.Text, AccountsWorld.Cancel));
        world.Database.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await world.Sessions.AuthenticateAsync(brief.Text, AccountsWorld.Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mds_")]
    [InlineData("mds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    public async Task What_is_no_token_of_ours_lets_nobody_in(string? token)
    {
        await using var world = await FreshAsync();
        Assert.Null(await world.Sessions.AuthenticateAsync(token, AccountsWorld.Cancel));
    }

    [Fact]
    public async Task An_invite_lets_in_as_many_as_it_says()
    {
        await using var world = await FreshAsync();
        var (invite, code) = await world.Database.Store<Invites>().CreateAsync(3, null, AccountsWorld.Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => JoinAsync(world, $"user{i}", code.Text)));
        Assert.Equal(3, answers.Count(answer => answer.IsOk));
        Assert.Equal(7, answers.Count(answer => answer.Error == AccountsErrors.InvalidInvite));
        Assert.Equal([invite with { Uses = 3 }], (await world.Database.Store<Invites>().ListAsync(new PageQuery(null, 50), AccountsWorld.Cancel)).Items);
    }

    [Fact]
    public async Task A_taken_name_does_not_use_an_invite_up()
    {
        await using var world = await FreshAsync();
        await world.AddAsync("mina");
        var (_, code) = await world.Database.Store<Invites>().CreateAsync(1, null, AccountsWorld.Cancel);
        Assert.Equal("name_taken", (await JoinAsync(world, "mina", code.Text)).Error!.Code);
        Assert.True((await JoinAsync(world, "jun", code.Text)).IsOk);
    }

    [Fact]
    public async Task An_invite_that_is_missing_wrong_old_or_taken_back_lets_nobody_in()
    {
        await using var world = await FreshAsync();
        var invites = world.Database.Store<Invites>();
        Assert.Equal("invite_required", (await JoinAsync(world, "mina", null)).Error!.Code);
        Assert.Equal("invalid_invite", (await JoinAsync(world, "mina", "mdi_nothing")).Error!.Code);
        var (invite, code) = await invites.CreateAsync(1, null, AccountsWorld.Cancel);
        Assert.True(await invites.DeleteAsync(invite.Id, AccountsWorld.Cancel));
        Assert.False(await invites.DeleteAsync(invite.Id, AccountsWorld.Cancel));
        Assert.Equal("invalid_invite", (await JoinAsync(world, "mina", code.Text)).Error!.Code);
        var (_, old) = await invites.CreateAsync(1, null, AccountsWorld.Cancel);
        world.Database.Time.Advance(Invites.DefaultLife);
        Assert.Equal("invalid_invite", (await JoinAsync(world, "mina", old.Text)).Error!.Code);
    }

    [Fact]
    public async Task Setup_has_one_winner()
    {
        await using var world = await FreshAsync();
        var setup = world.Database.Store<Setup>();
        Assert.True(await setup.NeededAsync(AccountsWorld.Cancel));
        var link = (await setup.IssueLinkAsync(AccountsWorld.Cancel))!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            setup.CompleteAsync(link.Token, new($"admin{i}", AccountsWorld.Password, new(null, null, null)), null, null, AccountsWorld.Cancel)));
        var session = Assert.Single(answers, answer => answer.IsOk).Value;
        Assert.Equal(Role.Admin, session.User.Role);
        Assert.All(answers.Where(answer => !answer.IsOk), answer => Assert.Equal("setup_done", answer.Error!.Code));
        Assert.True((await world.Sessions.AuthenticateAsync(session.Token.Text, AccountsWorld.Cancel))!.IsAdmin);
        Assert.False(await setup.NeededAsync(AccountsWorld.Cancel));
        Assert.Null(await setup.IssueLinkAsync(AccountsWorld.Cancel));
    }

    [Fact]
    public async Task A_setup_link_is_valid_for_half_an_hour_and_a_new_one_leaves_others_alone()
    {
        await using var world = await FreshAsync();
        var setup = world.Database.Store<Setup>();
        var first = (await setup.IssueLinkAsync(AccountsWorld.Cancel))!;
        Assert.Equal("invalid_setup_token", (await CompleteAsync(first.Token + "x")).Error!.Code);
        world.Database.Time.Advance(Setup.LinkLife);
        Assert.Equal("invalid_setup_token", (await CompleteAsync(first.Token)).Error!.Code);
        var second = (await setup.IssueLinkAsync(AccountsWorld.Cancel))!;
        await setup.IssueLinkAsync(AccountsWorld.Cancel);
        Assert.True((await CompleteAsync(second.Token)).IsOk);

        Task<Result<OpenSession>> CompleteAsync(string token) =>
            setup.CompleteAsync(token, new("mina", AccountsWorld.Password, new(null, null, null)), null, null, AccountsWorld.Cancel);
    }

    [Fact]
    public async Task Making_an_admin_by_hand_ends_setup()
    {
        await using var world = await FreshAsync();
        await world.AddAdminAsync("mina");
        Assert.False(await world.Database.Store<Setup>().NeededAsync(AccountsWorld.Cancel));
    }

    [Fact]
    public async Task What_expired_is_pruned_and_nothing_else()
    {
        await using var world = await FreshAsync();
        var mina = await world.AddAsync("mina", password: AccountsWorld.Password);
        await world.SignInAsync("mina", "kept");
        var tokens = world.Database.Store<ServerTokens>();
        for (var i = 0; i < 3; i++)
        {
            await tokens.MintAsync(mina.Id, TimeSpan.FromHours(1), AccountsWorld.Cancel);
        }

        await tokens.CreateKeyAsync("kept", Role.User, null, AccountsWorld.Cancel);
        await world.Database.Store<Invites>().CreateAsync(1, world.Database.Time.GetUtcNow().AddHours(1), AccountsWorld.Cancel);
        var retention = world.Database.Services.GetServices<IRetention>().Single(one => one.Name == "access");

        world.Database.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((2, 1, 0), (await PruneAsync(2), await PruneAsync(2), await PruneAsync(2)));
        Assert.Single((await world.Sessions.ListAsync(mina.Id, new PageQuery(null, 50), AccountsWorld.Cancel)).Items);
        Assert.Single((await tokens.KeysAsync(new PageQuery(null, 50), AccountsWorld.Cancel)).Items);
        Assert.Single((await world.Database.Store<Invites>().ListAsync(new PageQuery(null, 50), AccountsWorld.Cancel)).Items);

        world.Database.Time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(2, await PruneAsync(50));
        Assert.Empty((await world.Database.Store<Invites>().ListAsync(new PageQuery(null, 50), AccountsWorld.Cancel)).Items);

        Task<int> PruneAsync(int limit) => world.Database.Database.WriteAsync(tx => retention.Prune(tx, tx.Now, limit), Lane.Background, AccountsWorld.Cancel);
    }

    private static Task<Result<User>> JoinAsync(AccountsWorld world, string name, string? invite) =>
        world.Database.Store<SignUp>().RegisterAsync(Caller.Anonymous, new(name, AccountsWorld.Password, new(null, null, null)), invite, AccountsWorld.Cancel);

    /// <summary>Waits until the background write of the mark is read back.</summary>
    private static async Task SeenAsync(AccountsWorld world, UserId user, DateTimeOffset until)
    {
        while ((await world.Credentials.SessionsAsync(user, world.Database.Time.GetUtcNow(), null, 10, AccountsWorld.Cancel)).SingleOrDefault()?.ExpiresAt != until)
        {
            // The mark goes through the same lane before this write does.
            await world.Database.Database.WriteAsync(_ => true, Lane.Background, AccountsWorld.Cancel);
        }
    }
}

public sealed class SqliteAccessTests : AccessFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.SqliteAsync();
}

public sealed class PostgresAccessTests : AccessFacts
{
    private protected override Task<AccountsWorld> FreshAsync() => Worlds.PostgresAsync();
}

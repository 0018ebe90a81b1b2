using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Planning;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>The address book: tokens that move, sessions that end, addresses that die and come back.</summary>
public abstract class AddressFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static readonly string s_token = new('a', 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_moves_to_whoever_registers_it_last_and_what_was_planned_for_the_one_before_ends()
    {
        await using var world = await WorldAsync();
        var (mina, session) = await PersonAsync(world, "mina");
        var (jun, other) = await PersonAsync(world, "jun");
        var first = (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Value;
        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        var again = (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Value;
        Assert.Equal((first.Id, first.RegisteredAt.AddMinutes(1)), (again.Id, again.RegisteredAt));
        Assert.Null(Assert.Single(await AskAsync(world, mina, first.Id)).Drop);

        var moved = (await Book(world).RegisterAsync(jun, other, Apns(s_token), Token)).Value;
        Assert.NotEqual(first.Id, moved.Id);
        Assert.Equal("address_gone", Assert.Single(await AskAsync(world, mina, first.Id)).Drop);
        Assert.Equal("address_gone", Assert.Single(await AskAsync(world, mina, moved.Id)).Drop);
        Assert.Equal((null, s_token, "org.example.app:production"), Assert.Single(await AskAsync(world, jun, moved.Id)) is var answer ? (answer.Drop, answer.Address, answer.Scope) : default);
        Assert.Empty(await Book(world).ListAsync(mina, Token));
    }

    [Fact]
    public async Task A_session_has_one_push_address_and_a_token_follows_its_person_to_a_new_session()
    {
        await using var world = await WorldAsync();
        var (mina, session) = await PersonAsync(world, "mina");
        var first = (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Value;
        var second = (await Book(world).RegisterAsync(mina, session, Apns(new string('b', 64)), Token)).Value;
        Assert.Equal(second.Id, Assert.Single(await Book(world).ListAsync(mina, Token)).Id);
        Assert.NotEqual(first.Id, second.Id);

        var later = await SignInAsync(world, "mina");
        var followed = (await Book(world).RegisterAsync(mina, later, Apns(second.Value), Token)).Value;
        Assert.Equal((second.Id, later), (followed.Id, followed.Credential));
        Assert.True((await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).IsOk);
        Assert.Equal(2, (await Book(world).ListAsync(mina, Token)).Count);
        Assert.True(await Book(world).UnregisterAsync(mina, session, Token));
        Assert.False(await Book(world).UnregisterAsync(mina, session, Token));
    }

    [Fact]
    public async Task Nobody_registers_for_a_session_that_is_not_theirs_or_has_ended()
    {
        await using var world = await WorldAsync();
        var (mina, session) = await PersonAsync(world, "mina");
        var (jun, _) = await PersonAsync(world, "jun");
        Assert.Equal("not_found", (await Book(world).RegisterAsync(jun, session, Apns(s_token), Token)).Error?.Code);
        Assert.True((await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).IsOk);
        Assert.False(await Book(world).UnregisterAsync(jun, session, Token));
        await world.Sessions.EndAsync(mina, session, Token);
        Assert.Equal("not_found", (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Error?.Code);
    }

    [Fact]
    public async Task A_push_address_ends_with_its_session_signed_out_or_expired()
    {
        await using var world = await WorldAsync();
        var (mina, session) = await PersonAsync(world, "mina");
        var first = (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Value;
        await world.Sessions.EndAsync(mina, session, Token);
        Assert.Equal("address_gone", Assert.Single(await AskAsync(world, mina, first.Id)).Drop);

        var later = await SignInAsync(world, "mina");
        var second = (await Book(world).RegisterAsync(mina, later, Apns(s_token), Token)).Value;
        Assert.Single(await AddressesAsync(world, mina));
        world.Database.Time.Advance(TimeSpan.FromDays(400));
        Assert.Empty(await AddressesAsync(world, mina));
        Assert.Equal("address_gone", Assert.Single(await AskAsync(world, mina, second.Id)).Drop);
        Assert.Empty(await Book(world).ListAsync(mina, Token));
    }

    [Fact]
    public async Task A_dead_address_is_left_alone_until_it_is_registered_anew()
    {
        await using var world = await WorldAsync();
        var (mina, session) = await PersonAsync(world, "mina");
        var address = (await Book(world).RegisterAsync(mina, session, Apns(s_token), Token)).Value;
        var asked = world.Database.Time.GetUtcNow();
        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        await DeadAsync(world, address.Id, asked.AddSeconds(-1));
        Assert.Single(await AddressesAsync(world, mina));
        await DeadAsync(world, address.Id, asked);
        Assert.Empty(await AddressesAsync(world, mina));
        Assert.Equal("address_dead", Assert.Single(await AskAsync(world, mina, address.Id)).Drop);
        var found = await Book(world).FindAsync(address.Id, Token);
        Assert.Equal("410 Unregistered", found!.DeadReason);

        await Book(world).RegisterAsync(mina, session, Apns(s_token), Token);
        Assert.Single(await AddressesAsync(world, mina));
        await DeadAsync(world, address.Id, asked);
        Assert.Single(await AddressesAsync(world, mina));
    }

    [Fact]
    public async Task Soft_bounces_kill_an_address_only_when_nothing_arrives_between_them()
    {
        await using var world = await WorldAsync();
        var (mina, _) = await PersonAsync(world, "mina");
        var address = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.org"));
        for (var i = 1; i < AddressBook.MaxSoftBounces; i++)
        {
            await BounceAsync(world, address.Id);
        }

        await world.WriteAsync(tx => Do(() => Book(world).Arrived(tx, address.Id.Value)));
        await BounceAsync(world, address.Id);
        Assert.Equal((1, null), await Book(world).FindAsync(address.Id, Token) is { } alive ? (alive.SoftBounces, alive.DeadAt) : default);
        for (var i = 1; i < AddressBook.MaxSoftBounces; i++)
        {
            await BounceAsync(world, address.Id);
        }

        Assert.Equal("452 4.2.2", (await Book(world).FindAsync(address.Id, Token))!.DeadReason);
    }

    [Fact]
    public async Task What_is_on_the_suppression_list_is_sent_to_by_nobody_until_it_is_taken_off()
    {
        await using var world = await WorldAsync();
        var (mina, _) = await PersonAsync(world, "mina");
        var address = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.org"));
        await world.WriteAsync(tx => Do(() => Book(world).Dead(tx, new(DeliveryChannel.Email, address.Id.Value, null, "mail", "complaint", true, tx.Now))));
        Assert.True(Assert.Single(await AddressesAsync(world, mina)).Suppressed);
        var direct = new ClaimQuestion(null, "verification", DeliveryChannel.Email, 0, "mina@EXAMPLE.org");
        var answers = await world.WriteAsync(tx => world.Database.Store<ClaimChecks>().Standing(
            tx, [direct, new(mina, "security", DeliveryChannel.Email, address.Id.Value, null), direct with { Address = "jun@example.org" }]));
        Assert.Equal(["suppressed", "suppressed", null], answers.Select(answer => answer.Drop));

        var listed = Assert.Single(await world.Database.Store<ISuppressionStore>().ListAsync(null, null, 10, Token));
        Assert.Equal(("mina@example.org", "complaint"), (listed.Value, listed.Reason));
        Assert.Single(await world.Database.Store<ISuppressionStore>().ListAsync(AddressHash.Of(AddressKind.Email, "mina@example.org"), null, 10, Token));
        Assert.True(await world.WriteAsync(tx => world.Database.Store<ISuppressionStore>().Delete(tx, listed.Id)));
        Assert.False(Assert.Single(await AddressesAsync(world, mina)).Suppressed);
    }

    [Fact]
    public async Task A_claim_knows_the_zone_of_the_device_else_of_the_latest_living_one_else_of_the_account()
    {
        await using var world = await WorldAsync();
        var (mina, first) = await PersonAsync(world, "mina");
        var mail = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.org"));
        Assert.Equal("UTC", await ZoneAsync(mail.Id, DeliveryChannel.Email));
        var seoul = (await Book(world).RegisterAsync(mina, first, Apns(s_token), Token)).Value;
        Assert.Equal("Asia/Seoul", await ZoneAsync(mail.Id, DeliveryChannel.Email));

        world.Database.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await SignInAsync(world, "mina");
        var silent = (await Book(world).RegisterAsync(mina, await SignInAsync(world, "mina"), Apns(new string('d', 64)) with { TimeZone = null }, Token)).Value;
        var york = (await Book(world).RegisterAsync(mina, second, Apns(new string('e', 64)) with { TimeZone = "America/New_York" }, Token)).Value;
        Assert.Equal(
            ("Asia/Seoul", "America/New_York", "America/New_York", "America/New_York"),
            (await ZoneAsync(seoul.Id), await ZoneAsync(york.Id), await ZoneAsync(silent.Id), await ZoneAsync(mail.Id, DeliveryChannel.Email)));

        await DeadAsync(world, york.Id, world.Database.Time.GetUtcNow());
        Assert.Equal("Asia/Seoul", await ZoneAsync(mail.Id, DeliveryChannel.Email));
        await world.Sessions.EndAsync(mina, first, Token);
        Assert.Equal("UTC", await ZoneAsync(mail.Id, DeliveryChannel.Email));

        async Task<string?> ZoneAsync(AddressId id, DeliveryChannel channel = DeliveryChannel.Push) => Assert.Single(await AskAsync(world, mina, id, channel)).TimeZone;
    }

    [Fact]
    public async Task A_person_has_one_mail_address_and_a_new_one_replaces_it()
    {
        await using var world = await WorldAsync();
        var (mina, _) = await PersonAsync(world, "mina");
        var (jun, _) = await PersonAsync(world, "jun");
        var first = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.org"));
        var same = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.org"));
        Assert.Equal(first.Id, same.Id);
        await world.WriteAsync(tx => Book(world).Set(tx, jun, AddressKind.Email, "mina@example.org"));
        await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Phone, "+821012345678"));
        var second = await world.WriteAsync(tx => Book(world).Set(tx, mina, AddressKind.Email, "mina@example.net"));
        Assert.Equal([AddressKind.Phone, AddressKind.Email], (await Book(world).ListAsync(mina, Token)).Select(address => address.Kind));
        Assert.Equal("address_gone", Assert.Single(await AskAsync(world, mina, first.Id, DeliveryChannel.Email)).Drop);
        Assert.True(await world.WriteAsync(tx => Book(world).Remove(tx, mina, AddressKind.Email)));
        Assert.False(await world.WriteAsync(tx => Book(world).Remove(tx, mina, AddressKind.Email)));
        Assert.Null(await Book(world).FindAsync(second.Id, Token));
    }

    private static AddressBook Book(AccountsWorld world) => world.Database.Store<AddressBook>();

    private static PushRegistration Apns(string token) =>
        PushRegistration.Check(new PushClaim { Kind = "apns", Token = token, App = "org.example.app", TimeZone = "Asia/Seoul", Locale = "ko" }).Value;

    private static Task<IReadOnlyList<ClaimAnswer>> AskAsync(AccountsWorld world, UserId user, AddressId id, DeliveryChannel channel = DeliveryChannel.Push) =>
        world.WriteAsync(tx => world.Database.Store<ClaimChecks>().Standing(tx, [new(user, "security", channel, id.Value, null)]));

    private static async Task<IReadOnlyList<PersonAddress>> AddressesAsync(AccountsWorld world, UserId user) =>
        (await world.WriteAsync(tx => PersonFacts.Reader(world).Read(tx, [user], PersonFacts.Request(world, "security"))))[0].Addresses;

    private static Task<bool> DeadAsync(AccountsWorld world, AddressId id, DateTimeOffset at) => world.WriteAsync(
        tx => Do(() => Book(world).Dead(tx, new(DeliveryChannel.Push, id.Value, null, "apple", "410 Unregistered", false, at))));

    private static Task<bool> BounceAsync(AccountsWorld world, AddressId id) =>
        world.WriteAsync(tx => Do(() => Book(world).SoftBounced(tx, id.Value, "452 4.2.2", tx.Now)));

    private static bool Do(Action work)
    {
        work();
        return true;
    }

    private static async Task<(UserId User, long Session)> PersonAsync(AccountsWorld world, string name)
    {
        var user = await world.AddAsync(name, password: AccountsWorld.Password);
        return (user.Id, await SignInAsync(world, name));
    }

    private static async Task<long> SignInAsync(AccountsWorld world, string name)
    {
        var opened = await world.SignInAsync(name);
        return (await world.Sessions.AuthenticateAsync(opened.Token.Text, Token))!.Credential;
    }

    private async Task<AccountsWorld> WorldAsync() => new(await fresh(AccountsWorld.Configure));
}

public sealed class SqliteAddresses() : AddressFacts(TestDatabase.SqliteAsync);

public sealed class PostgresAddresses() : AddressFacts(TestDatabase.PostgresAsync);

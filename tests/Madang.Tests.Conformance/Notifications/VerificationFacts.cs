using System.Text.RegularExpressions;
using Madang.Notifications;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Code = Madang.Notifications.Addresses.Verification;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>Codes that prove an address, and counters that two planners want at once.</summary>
public abstract partial class VerificationFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_is_theirs_once_they_have_told_the_code_that_was_sent_there()
    {
        await using var world = await WorldAsync();
        var mina = await world.AddAsync("mina");
        var begun = await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "Mina@EXAMPLE.org", Token);
        Assert.Equal("Mina@example.org", begun.Value.Value);
        var (to, code) = await SentAsync(world);
        Assert.Equal(new DirectAddress(DeliveryChannel.Email, "Mina@example.org"), to);
        Assert.DoesNotContain(code, Convert.ToBase64String(begun.Value.CodeHash), StringComparison.Ordinal);

        Assert.Empty(await world.Database.Store<AddressBook>().ListAsync(mina.Id, Token));
        var confirmed = await Verification(world).ConfirmAsync(mina.Id, AddressKind.Email, $" {code} ", Token);
        Assert.Equal("Mina@example.org", confirmed.Value.Value);
        Assert.Equal("verification_failed", (await Verification(world).ConfirmAsync(mina.Id, AddressKind.Email, code, Token)).Error?.Code);
        Assert.Empty(await Verification(world).ListAsync(mina.Id, Token));
    }

    [Fact]
    public async Task A_code_is_bounded_in_tries_in_time_and_to_its_person()
    {
        await using var world = await WorldAsync();
        var (mina, jun) = (await world.AddAsync("mina"), await world.AddAsync("jun"));
        await Verification(world).BeginAsync(mina.Id, AddressKind.Phone, "+82 10-1234-5678", Token);
        var (_, code) = await SentAsync(world);
        Assert.False((await Verification(world).ConfirmAsync(jun.Id, AddressKind.Phone, code, Token)).IsOk);
        Assert.False((await Verification(world).ConfirmAsync(mina.Id, AddressKind.Email, code, Token)).IsOk);
        for (var i = 0; i < Code.MaxTries; i++)
        {
            Assert.Equal("verification_failed", (await Verification(world).ConfirmAsync(mina.Id, AddressKind.Phone, i == 0 ? null : "nope", Token)).Error?.Code);
        }

        Assert.False((await Verification(world).ConfirmAsync(mina.Id, AddressKind.Phone, code, Token)).IsOk);

        world.Database.Time.Advance(TimeSpan.FromMinutes(2));
        await Verification(world).BeginAsync(mina.Id, AddressKind.Phone, "+821012345678", Token);
        (_, code) = await SentAsync(world);
        world.Database.Time.Advance(Code.Life);
        Assert.False((await Verification(world).ConfirmAsync(mina.Id, AddressKind.Phone, code, Token)).IsOk);
        world.Database.Time.Advance(Code.Span + TimeSpan.FromMinutes(1));
        var retention = world.Database.Services.GetServices<Madang.Jobs.IRetention>().Single(one => one.Name == "verification codes");
        Assert.Equal(1, await world.WriteAsync(tx => retention.Prune(tx, tx.Now, 50)));
    }

    [Fact]
    public async Task Nobody_is_flooded_with_codes_and_a_suppressed_address_gets_none()
    {
        await using var world = await WorldAsync();
        var mina = await world.AddAsync("mina");
        for (var i = 0; i < Code.MaxSent; i++)
        {
            Assert.True((await Verification(world).BeginAsync(mina.Id, AddressKind.Email, $"a{i}@example.org", Token)).IsOk);
            var refused = (await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "b@example.org", Token)).Error;
            Assert.Equal(("rate_limited", Code.Pause), i < Code.MaxSent - 1 ? (refused!.Code, refused.RetryAfter) : ("rate_limited", Code.Pause));
            world.Database.Time.Advance(Code.Pause);
        }

        Assert.Equal("rate_limited", (await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "c@example.org", Token)).Error?.Code);
        world.Database.Time.Advance(Code.Span);
        await world.WriteAsync(tx =>
        {
            world.Database.Store<AddressBook>().Suppress(tx, AddressKind.Email, "d@example.org", "complaint");
            return true;
        });
        Assert.Equal("address_suppressed", (await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "d@example.org", Token)).Error?.Code);
        Assert.True((await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "c@example.org", Token)).IsOk);
        Assert.True(await Verification(world).RemoveAsync(mina.Id, AddressKind.Email, Token));
        Assert.False(await Verification(world).RemoveAsync(mina.Id, AddressKind.Email, Token));
    }

    [Fact]
    public async Task Planners_that_meet_at_one_person_never_pass_the_limit_together()
    {
        await using var world = await WorldAsync();
        var mina = await world.AddAsync("mina");
        await world.WriteAsync(tx => world.Database.Store<AddressBook>().Set(tx, mina.Id, AddressKind.Email, "mina@example.org"));
        var category = new Category { Name = "news", Titles = new Dictionary<string, string>(), Channels = [DeliveryChannel.Email], PerHour = 5 };
        var reader = world.Database.Store<PlanReader>();
        var plans = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.WriteAsync(tx =>
        {
            var request = reader.Request(category, null, tx.Now.AddDays(1));
            var plan = PlanRules.Decide(request, reader.Read(tx, [mina.Id], request)[0], tx.Now);
            world.Database.Store<LimitCounters>().Take(tx, [plan]);
            return plan;
        })));
        Assert.Equal(5, plans.Sum(plan => plan.Deliveries.Count));
        Assert.Equal(15, plans.Count(plan => plan.Decisions.Any(decision => decision is { Rule: Rule.Limit, Outcome: Decision.Drop })));
    }

    private static Verification Verification(AccountsWorld world) => world.Database.Store<Verification>();

    /// <summary>The notification that was accepted last, and the code in it.</summary>
    private static Task<(DirectAddress To, string Code)> SentAsync(AccountsWorld world) => world.WriteAsync(tx =>
    {
        var accepted = world.Database.Store<INotificationStore>().Due(tx, wide: false, 50).MaxBy(notification => notification.Id.Value)!;
        Assert.Equal(BuiltInCategories.Verification, accepted.Category);
        return (accepted.To.Address!.Value, Digits().Match(accepted.Content!).Value);
    });

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex Digits();

    [Fact]
    public async Task Where_nothing_is_sent_by_a_channel_no_code_is_promised()
    {
        await using var world = new AccountsWorld(await fresh(AccountsWorld.Configure));
        var mina = await world.AddAsync("mina");
        Assert.Equal("channel_not_configured", (await Verification(world).BeginAsync(mina.Id, AddressKind.Email, "mina@example.org", Token)).Error?.Code);
        Assert.Empty(await Verification(world).ListAsync(mina.Id, Token));
    }

    private async Task<AccountsWorld> WorldAsync() => new(await fresh(builder =>
    {
        AccountsWorld.Configure(builder);
        builder.Services.AddSingleton<IProviderKind>(new ScriptedKind(new ScriptedProvider("mail", DeliveryChannel.Email), new ScriptedProvider("sms", DeliveryChannel.Sms)));
        builder.Configuration["Madang:Notifications:Providers:mail:Kind"] = "scripted";
        builder.Configuration["Madang:Notifications:Providers:sms:Kind"] = "scripted";
    }));
}

public sealed class SqliteVerification() : VerificationFacts(TestDatabase.SqliteAsync);

public sealed class PostgresVerification() : VerificationFacts(TestDatabase.PostgresAsync);

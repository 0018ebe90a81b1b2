using Madang.Accounts;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Tests.Conformance.Accounts;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>What the planner and the claim read about people, and the categories they go by.</summary>
public abstract class PersonFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_are_read_in_the_order_asked_with_what_they_chose_and_unknown_ones_are_told()
    {
        await using var world = await WorldAsync();
        var (mina, jun) = (await world.AddAsync("mina", "미나"), await world.AddAsync("jun"));
        await world.Database.Store<Administration>().ChangeAsync(jun.Id, null, true, Token);
        var until = world.Database.Time.GetUtcNow().AddHours(2);
        var chosen = new PreferenceSheet(mina.Id)
        {
            Off = ChannelSet.Of([DeliveryChannel.Sms]),
            MutedUntil = until,
            Quiet = new([new(DayOfWeek.Monday, 1_320, 420)]),
        }.With("social", default(Choice).With(DeliveryChannel.Email, true)).With("mention", default(Choice).With(DeliveryChannel.Push, false));
        await PutAsync(world, chosen);

        var people = await world.WriteAsync(tx => Reader(world).Read(tx, [jun.Id, new UserId(7), mina.Id], Request(world, "social")));
        Assert.Equal([jun.Id, new UserId(7), mina.Id], people.Select(person => person.Id));
        Assert.Equal([PersonStanding.Disabled, PersonStanding.Unknown, PersonStanding.Active], people.Select(person => person.Standing));
        Assert.Equal(("미나", chosen.Off, until), (people[2].DisplayName, people[2].Off, people[2].MutedUntil));
        Assert.Equal(chosen.Quiet.Spans, people[2].Quiet.Spans);
        Assert.Equal(chosen.Of("social"), people[2].Choice);
        var found = await world.Database.Store<IPreferenceStore>().FindAsync(mina.Id, Token);
        Assert.Equal(["mention", "social"], found!.Choices.Keys.Order());
        Assert.Null(await world.Database.Store<IPreferenceStore>().FindAsync(new UserId(7), Token));
    }

    [Fact]
    public async Task What_is_chosen_anew_replaces_what_was_chosen_before()
    {
        await using var world = await WorldAsync();
        var mina = await world.AddAsync("mina");
        await PutAsync(world, new PreferenceSheet(mina.Id) { Off = ChannelSet.Of([DeliveryChannel.Push]) }.With("social", default(Choice).With(DeliveryChannel.Push, true)));
        await PutAsync(world, PreferenceSheet.Empty(mina.Id));
        var sheet = await world.WriteAsync(tx => world.Database.Store<IPreferenceStore>().Lock(tx, mina.Id)!);
        Assert.True(sheet.Off.IsEmpty && sheet.Choices.Count == 0 && sheet.MutedUntil is null && sheet.Quiet.Spans.Count == 0);
    }

    [Fact]
    public async Task Counters_are_read_back_as_they_were_taken_and_only_when_a_limit_asks()
    {
        await using var world = await WorldAsync();
        var mina = await world.AddAsync("mina");
        var request = Request(world, "social") with { Total = new(5, null) };
        for (var i = 1; i <= 3; i++)
        {
            await world.WriteAsync(tx =>
            {
                var person = Reader(world).Read(tx, [mina.Id], request)[0];
                world.Database.Store<LimitCounters>().Take(tx, [new PersonPlan
                {
                    User = mina.Id,
                    Counted = [new(mina.Id, "", (person.Total ?? Tally.Empty).Add(tx.Now)), new(mina.Id, "social", (person.OfCategory ?? Tally.Empty).Add(tx.Now))],
                }]);
                return true;
            });
        }

        var now = world.Database.Time.GetUtcNow();
        var counted = (await world.WriteAsync(tx => Reader(world).Read(tx, [mina.Id], request)))[0];
        Assert.Equal((3, 3), (counted.Total!.InHour(now), counted.OfCategory!.InDay(now)));
        var unlimited = (await world.WriteAsync(tx => Reader(world).Read(tx, [mina.Id], Request(world, "message"))))[0];
        Assert.Null(unlimited.Total);
        Assert.Null(unlimited.OfCategory);
    }

    [Fact]
    public async Task A_claim_hears_of_an_opt_out_a_mute_and_a_disabled_account()
    {
        await using var world = await WorldAsync();
        var (mina, jun, sua) = (await world.AddAsync("mina"), await world.AddAsync("jun"), await world.AddAsync("sua"));
        await PutAsync(world, PreferenceSheet.Empty(mina.Id).With("mention", default(Choice).With(DeliveryChannel.Push, false)));
        await PutAsync(world, new PreferenceSheet(sua.Id) { MutedUntil = world.Database.Time.GetUtcNow().AddHours(1) });
        await world.Database.Store<Administration>().ChangeAsync(jun.Id, null, true, Token);

        ClaimQuestion Ask(UserId user, string category) => new(user, category, DeliveryChannel.Push, 0, "x");
        var answers = await world.WriteAsync(tx => world.Database.Store<ClaimChecks>().Standing(
            tx,
            [Ask(mina.Id, "mention"), Ask(mina.Id, "security"), Ask(jun.Id, "mention"), Ask(sua.Id, "mention"), Ask(sua.Id, "security"), Ask(new UserId(9), "mention"), Ask(mina.Id, "no")]));
        Assert.Equal(["opted_out", null, "user_disabled", "muted", null, "user_gone", "category_gone"], answers.Select(answer => answer.Drop));
    }

    [Fact]
    public async Task A_category_is_known_with_its_commit_and_a_deleted_one_falls_back_to_the_built_in()
    {
        await using var world = await WorldAsync();
        var book = world.Database.Store<CategoryBook>();
        var mine = BuiltInCategories.Find("social")! with
        {
            Titles = new Dictionary<string, string> { ["ko"] = "소식" },
            Channels = [DeliveryChannel.Email],
            PerHour = null,
            PerDay = 7,
            Quiet = QuietPolicy.Drop,
            DigestWindow = TimeSpan.FromMinutes(10),
            TimeToLive = TimeSpan.FromHours(5),
            Mandatory = true,
            Ambiguous = AmbiguousPolicy.Resend,
            Priority = Madang.Notifications.Delivering.DeliveryPriority.Low,
            Fallback = new(DeliveryChannel.Push, TimeSpan.FromMinutes(3), DeliveryChannel.Sms),
        };
        Assert.True((await book.PutAsync(mine, Token)).IsOk);
        Assert.Same(mine, book.Find("social"));
        await book.LoadAsync(Token);
        var read = book.Find("social")!;
        Assert.Equal(mine with { Titles = read.Titles, Channels = read.Channels }, read);
        Assert.Equal((mine.Titles["ko"], DeliveryChannel.Email), (read.Titles["ko"], Assert.Single(read.Channels)));

        Assert.True(await book.DeleteAsync("social", Token));
        Assert.False(await book.DeleteAsync("social", Token));
        Assert.Same(BuiltInCategories.Find("social"), book.Find("social"));
        Assert.Null(book.Find("nothing"));
    }

    internal static PlanReader Reader(AccountsWorld world) => world.Database.Store<PlanReader>();

    internal static PlanRequest Request(AccountsWorld world, string category) =>
        Reader(world).Request(world.Database.Store<CategoryBook>().Find(category)!, null, world.Database.Time.GetUtcNow().AddDays(1));

    private static Task<bool> PutAsync(AccountsWorld world, PreferenceSheet sheet) => world.WriteAsync(tx =>
    {
        world.Database.Store<IPreferenceStore>().Put(tx, sheet);
        return true;
    });

    private async Task<AccountsWorld> WorldAsync() => new(await fresh(AccountsWorld.Configure));
}

public sealed class SqlitePeople() : PersonFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPeople() : PersonFacts(TestDatabase.PostgresAsync);

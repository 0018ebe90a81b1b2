using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Notifications.Tracking;
using Madang.Storage;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>What the log of events promises: once, in any order, counted once.</summary>
public abstract class TrackingFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_key_is_everybodys_key()
    {
        await using var test = await fresh();
        var store = test.Store<ITrackingStore>();
        Assert.Null(await store.KeyAsync(Token));
        var keys = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => test.WriteAsync(tx => store.Key(tx, [(byte)n, 7]))));
        Assert.Single(keys.Select(Convert.ToHexString).Distinct());
        Assert.Equal(keys[0], await store.KeyAsync(Token));
    }

    [Fact]
    public async Task An_event_is_written_once_and_counted_once_however_often_it_comes()
    {
        await using var test = await fresh();
        var store = test.Store<ITrackingStore>();
        var fold = test.Store<TrackingFold>();
        var spring = await SendAsync(test, "spring");
        Assert.Equal(2, await AppendAsync(test, Event(test, TrackedKind.Clicked, spring, 1), Event(test, TrackedKind.Opened, spring, 1)));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Opened, spring, 1), Event(test, TrackedKind.Clicked, spring, 1)));
        Assert.Equal(1, await AppendAsync(test, Event(test, TrackedKind.Opened, spring, 1, "apple_mpp")));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Opened, spring, 1, "program")));
        Assert.Equal(2, await AppendAsync(test, Event(test, TrackedKind.Converted, spring, 0) with { Detail = "buy" }, Event(test, TrackedKind.Converted, spring, 0) with { Detail = "sign_up" }));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Converted, spring, 0) with { Detail = "buy" }));

        // Too young to be counted: an older one might still be on its way on another node.
        Assert.Equal(0, await fold.RunAsync(Token));
        test.Time.Advance(TrackingFold.Lag + TimeSpan.FromSeconds(1));
        Assert.Equal(5, await fold.RunAsync(Token));
        Assert.Equal(0, await fold.RunAsync(Token));
        var day = DateOnly.FromDateTime(test.Time.GetUtcNow().UtcDateTime);
        Assert.Equal(
            [(TrackedKind.Opened, false, 1L), (TrackedKind.Opened, true, 1L), (TrackedKind.Clicked, false, 1L), (TrackedKind.Converted, false, 2L)],
            (await store.CountsAsync("spring", day.AddDays(-1), Token)).Select(count => (count.Kind, count.IsMachine, count.N)));
        Assert.Empty(await store.CountsAsync("spring", day.AddDays(1), Token));
        Assert.False(await test.WriteAsync(tx => store.Count(tx, 0, 1, [])));
    }

    [Fact]
    public async Task Many_events_are_counted_to_the_last_and_let_go_of_once_they_are()
    {
        await using var test = await fresh();
        var store = test.Store<ITrackingStore>();
        var spring = await SendAsync(test, "spring");
        await AppendAsync(test, [.. Enumerable.Range(1, 130).Select(n => Event(test, TrackedKind.Opened, spring, n))]);
        var later = Snowflake.FirstAt(test.Time.GetUtcNow().AddDays(1));
        Assert.Equal(0, await test.WriteAsync(tx => store.Prune(tx, later, 500)));
        test.Time.Advance(TrackingFold.Lag + TimeSpan.FromSeconds(1));
        Assert.Equal(130, await test.Store<TrackingFold>().RunAsync(Token));
        Assert.Equal(130, Assert.Single(await store.CountsAsync("spring", default(DateOnly).AddDays(719_162), Token)).N);
        Assert.Equal(100, await test.WriteAsync(tx => store.Prune(tx, later, 100)));
        Assert.Equal(30, await test.WriteAsync(tx => store.Prune(tx, later, 100)));
    }

    [Fact]
    public async Task What_comes_of_one_that_is_gone_counts_for_no_campaign_and_what_comes_of_a_digest_for_digests()
    {
        await using var test = await fresh();
        var store = test.Store<ITrackingStore>();
        var mail = await DeliverAsync(test, new(5), DeliveryChannel.Email, digest: 5);
        await AppendAsync(test, Event(test, TrackedKind.Opened, new(5), mail), Event(test, TrackedKind.Opened, new(6), 77), Event(test, TrackedKind.Clicked, new(6), 77));
        Assert.Equal(3, await CountAsync(test));
        var counted = Assert.Single(await store.CountsAsync("digest", default(DateOnly).AddDays(719_162), Token));
        Assert.Equal((TrackedKind.Opened, DeliveryChannel.Email, 1L), (counted.Kind, counted.Channel, counted.N));
    }

    [Fact]
    public async Task A_campaign_is_found_however_much_was_sent_since_and_a_count_that_is_cut_says_so()
    {
        await using var test = await fresh();
        var funnels = test.Store<Funnels>();
        await SendAsync(test, "spring");
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(test, null);
        }

        async Task<(long, bool)> OfAsync(string campaign, int most)
        {
            var funnel = await funnels.OfAsync(campaign, 30, null, most, Token);
            return (funnel.Notifications, funnel.Complete);
        }

        Assert.Equal((1L, true), await OfAsync("spring", 3));
        Assert.Equal((0L, false), await OfAsync("summer", 3));
        Assert.Equal((3L, false), await OfAsync("mention", 3));
        Assert.Equal((5L, true), await OfAsync("mention", 100));
        await SendAsync(test, "spring");
        await SendAsync(test, "spring");
        await SendAsync(test, "spring");
        Assert.Equal((3L, false), await OfAsync("spring", 3));
        Assert.Equal((4L, true), await OfAsync("spring", 100));
    }

    [Theory]
    [InlineData("""{"campaign":"spring"}""", "spring")]
    [InlineData("""{"a":{"campaign":"inner"}}""", "mention")]
    [InlineData("""{"campaign":7}""", "mention")]
    [InlineData("""{"campaign":""}""", "mention")]
    [InlineData("""{"campaign":null,"text":"\"campaign\""}""", "mention")]
    public async Task Only_a_text_of_the_data_itself_names_a_campaign(string data, string campaign)
    {
        await using var test = await fresh();
        var kim = await NotificationFacts.PersonAsync(test, "kim");
        Assert.True((await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { Data = data })).IsOk);
        Assert.Equal(1, (await test.Store<Funnels>().OfAsync(campaign, 30, null, 100, Token)).Notifications);
        Assert.Equal(0, (await test.Store<Funnels>().OfAsync(campaign == "spring" ? "mention" : "spring", 30, null, 100, Token)).Notifications);
    }

    [Fact]
    public async Task A_funnel_is_empty_where_nothing_was_sent()
    {
        await using var test = await fresh();
        var funnel = await test.Store<Funnels>().OfAsync("spring", 30, null, 1_000, Token);
        Assert.Equal((0, 0, 0, 0, 0), (funnel.Notifications, funnel.Sent, funnel.Opened, funnel.ByChannel.Count, funnel.ByDay.Count));
    }

    [Fact]
    public async Task A_funnel_tells_each_day_and_each_channel_and_what_has_none()
    {
        await using var test = await fresh();
        var first = DateOnly.FromDateTime(test.Time.GetUtcNow().UtcDateTime);
        var spring = await SendAsync(test, "spring");
        var (mail, push) = (await DeliverAsync(test, spring, DeliveryChannel.Email), await DeliverAsync(test, spring, DeliveryChannel.Push));
        await AppendAsync(test, Event(test, TrackedKind.Opened, spring, mail), Event(test, TrackedKind.Clicked, spring, mail), Event(test, TrackedKind.Opened, spring, mail, "apple_mpp"));
        await CountAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        await AppendAsync(test, Event(test, TrackedKind.Opened, spring, push), Event(test, TrackedKind.Converted, spring, 0) with { Detail = "buy" }, Event(test, TrackedKind.Dismissed, spring, 77));
        await CountAsync(test);

        var all = await test.Store<Funnels>().OfAsync("spring", 30, null, 1_000, Token);
        Assert.Equal((2, 1, 1, 1), (all.Opened, all.Clicked, all.Converted, all.Machine.Opened));
        Assert.Equal(["push:1:0:0", "email:1:1:1"], all.ByChannel.Select(one => $"{one.Channel}:{one.Counts.Opened}:{one.Counts.Clicked}:{one.Counts.Machine.Opened}"));
        Assert.Equal([(first, 1L, 0L), (first.AddDays(1), 1L, 1L)], all.ByDay.Select(one => (one.Day, one.Counts.Opened, one.Counts.Converted)));

        var mails = await test.Store<Funnels>().OfAsync("spring", 30, DeliveryChannel.Email, 1_000, Token);
        Assert.Equal(("email", 1, 1, 0, 1), (mails.Channel, mails.Opened, mails.Clicked, mails.Converted, mails.ByDay.Count));
        Assert.Equal(2, mails.ByChannel.Count);
    }

    private static TrackedEvent Event(TestDatabase test, TrackedKind kind, NotificationId about, long delivery, string? machine = null) => new(
        test.Store<Snowflake>().Next(), kind, about, new DeliveryId(delivery), new UserId(9), machine is not null, machine ?? "", test.Time.GetUtcNow());

    /// <summary>A notification to nobody in particular, of the category mention.</summary>
    private static async Task<NotificationId> SendAsync(TestDatabase test, string? campaign)
    {
        var given = NotificationFacts.To(new UserId(9)) with { Data = campaign is null ? "{}" : $$"""{"campaign":"{{campaign}}"}""" };
        return (await NotificationFacts.AcceptAsync(test, given)).Value.Notification.Id;
    }

    /// <summary>A delivery, as it was planned; its id.</summary>
    private static async Task<long> DeliverAsync(TestDatabase test, NotificationId notification, DeliveryChannel channel, long digest = 0)
    {
        var delivery = new NewDelivery
        {
            Notification = notification,
            User = new UserId(9),
            Category = "social",
            Channel = channel,
            Provider = "some",
            AddressId = 3,
            Priority = DeliveryPriority.Normal,
            DueAt = test.Time.GetUtcNow(),
            ExpiresAt = test.Time.GetUtcNow().AddHours(1),
            DigestId = digest,
        };
        await test.WriteAsync(tx =>
        {
            test.Store<Deliveries>().Plan(tx, [delivery]);
            return true;
        });
        return Assert.Single(await test.Store<IDeliveryLog>().OfAsync(notification, null, default, 10, Token), one => one.Channel == channel).Id.Value;
    }

    private static Task<int> CountAsync(TestDatabase test)
    {
        test.Time.Advance(TrackingFold.Lag + TimeSpan.FromSeconds(1));
        return test.Store<TrackingFold>().RunAsync(Token);
    }

    private static Task<int> AppendAsync(TestDatabase test, params TrackedEvent[] events) => test.WriteAsync(tx => test.Store<ITrackingStore>().Append(tx, events));
}

public sealed class SqliteTracking() : TrackingFacts(TestDatabase.SqliteAsync);

public sealed class PostgresTracking() : TrackingFacts(TestDatabase.PostgresAsync);

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
        Assert.Equal(2, await AppendAsync(test, Event(test, TrackedKind.Clicked, 1), Event(test, TrackedKind.Opened, 1)));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Opened, 1), Event(test, TrackedKind.Clicked, 1)));
        Assert.Equal(1, await AppendAsync(test, Event(test, TrackedKind.Opened, 1, "apple_mpp")));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Opened, 1, "program")));
        Assert.Equal(2, await AppendAsync(test, Event(test, TrackedKind.Converted, 0) with { Detail = "buy" }, Event(test, TrackedKind.Converted, 0) with { Detail = "sign_up" }));
        Assert.Equal(0, await AppendAsync(test, Event(test, TrackedKind.Converted, 0) with { Detail = "buy" }));

        // Too young to be counted: an older one might still be on its way on another node.
        Assert.Equal(0, await fold.RunAsync(Token));
        test.Time.Advance(TrackingFold.Lag + TimeSpan.FromSeconds(1));
        Assert.Equal(5, await fold.RunAsync(Token));
        Assert.Equal(0, await fold.RunAsync(Token));
        var day = DateOnly.FromDateTime(test.Time.GetUtcNow().UtcDateTime);
        Assert.Equal(
            [(TrackedKind.Opened, false, 1L), (TrackedKind.Opened, true, 1L), (TrackedKind.Clicked, false, 1L), (TrackedKind.Converted, false, 2L)],
            (await store.CountsAsync("digest", day.AddDays(-1), Token)).Select(count => (count.Kind, count.IsMachine, count.N)));
        Assert.Empty(await store.CountsAsync("digest", day.AddDays(1), Token));
        Assert.False(await test.WriteAsync(tx => store.Count(tx, 0, 1, [])));
    }

    [Fact]
    public async Task Many_events_are_counted_to_the_last_and_let_go_of_once_they_are()
    {
        await using var test = await fresh();
        var store = test.Store<ITrackingStore>();
        await AppendAsync(test, [.. Enumerable.Range(1, 130).Select(n => Event(test, TrackedKind.Opened, n))]);
        var later = Snowflake.FirstAt(test.Time.GetUtcNow().AddDays(1));
        Assert.Equal(0, await test.WriteAsync(tx => store.Prune(tx, later, 500)));
        test.Time.Advance(TrackingFold.Lag + TimeSpan.FromSeconds(1));
        Assert.Equal(130, await test.Store<TrackingFold>().RunAsync(Token));
        Assert.Equal(130, Assert.Single(await store.CountsAsync("digest", default(DateOnly).AddDays(719_162), Token)).N);
        Assert.Equal(100, await test.WriteAsync(tx => store.Prune(tx, later, 100)));
        Assert.Equal(30, await test.WriteAsync(tx => store.Prune(tx, later, 100)));
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
        var (mail, push) = (await DeliverAsync(test, 1, DeliveryChannel.Email), await DeliverAsync(test, 2, DeliveryChannel.Push));
        await AppendAsync(test, Event(test, TrackedKind.Opened, mail), Event(test, TrackedKind.Clicked, mail), Event(test, TrackedKind.Opened, mail, "apple_mpp"));
        await CountAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        await AppendAsync(test, Event(test, TrackedKind.Opened, push), Event(test, TrackedKind.Converted, 0) with { Detail = "buy" }, Event(test, TrackedKind.Dismissed, 77));
        await CountAsync(test);

        var all = await test.Store<Funnels>().OfAsync("digest", 30, null, 1_000, Token);
        Assert.Equal((2, 1, 1, 1), (all.Opened, all.Clicked, all.Converted, all.Machine.Opened));
        Assert.Equal(["push:1:0:0", "email:1:1:1"], all.ByChannel.Select(one => $"{one.Channel}:{one.Counts.Opened}:{one.Counts.Clicked}:{one.Counts.Machine.Opened}"));
        Assert.Equal([(first, 1L, 0L), (first.AddDays(1), 1L, 1L)], all.ByDay.Select(one => (one.Day, one.Counts.Opened, one.Counts.Converted)));

        var mails = await test.Store<Funnels>().OfAsync("digest", 30, DeliveryChannel.Email, 1_000, Token);
        Assert.Equal(("email", 1, 1, 0, 1), (mails.Channel, mails.Opened, mails.Clicked, mails.Converted, mails.ByDay.Count));
        Assert.Equal(2, mails.ByChannel.Count);
    }

    private static TrackedEvent Event(TestDatabase test, TrackedKind kind, long delivery, string? machine = null) => new(
        test.Store<Snowflake>().Next(), kind, new NotificationId(5), new DeliveryId(delivery), new UserId(9), machine is not null, machine ?? "", test.Time.GetUtcNow());

    /// <summary>A delivery of its own notification, as it was planned; its id.</summary>
    private static async Task<long> DeliverAsync(TestDatabase test, long notification, DeliveryChannel channel)
    {
        var delivery = new NewDelivery
        {
            Notification = new(notification),
            User = new UserId(9),
            Category = "social",
            Channel = channel,
            Provider = "some",
            AddressId = 3,
            Priority = DeliveryPriority.Normal,
            DueAt = test.Time.GetUtcNow(),
            ExpiresAt = test.Time.GetUtcNow().AddHours(1),
        };
        await test.WriteAsync(tx =>
        {
            test.Store<Deliveries>().Plan(tx, [delivery]);
            return true;
        });
        return Assert.Single(await test.Store<IDeliveryLog>().OfAsync(new(notification), null, default, 10, Token)).Id.Value;
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

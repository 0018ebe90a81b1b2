using Madang.Api;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Tracking;
using Madang.Postgres;
using Madang.Postgres.Notifications;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>On PostgreSQL a day of the notification log is dropped as a whole.</summary>
public sealed class NotificationPartitionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_day_has_partitions_of_its_own_and_goes_with_them()
    {
        await using var test = await TestDatabase.PostgresAsync();
        var kim = await NotificationFacts.PersonAsync(test, "kim");
        var first = await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "first" });
        await NotificationFacts.PlanAsync(test);
        await TendAsync(test);
        Assert.Equal(["notification_rest"], await PlacesAsync(test, "notification"));

        test.Time.Advance(TimeSpan.FromDays(1));
        await TendAsync(test);
        var second = await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "second" });
        await NotificationFacts.PlanAsync(test);
        Assert.Equal(["notification_d20260602", "notification_rest"], await PlacesAsync(test, "notification"));
        Assert.Equal(["notification_item_d20260602", "notification_item_rest"], await PlacesAsync(test, "notification_item"));
        Assert.Equal(["notification_decision_d20260602", "notification_decision_rest"], await PlacesAsync(test, "notification_decision"));
        Assert.Equal(2, (await test.Store<IInboxNotificationStore>().ListAsync(kim, true, null, 10, Token)).Count);
        Assert.True((await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "second" })).Value.Repeated);

        test.Time.Advance(TimeSpan.FromDays(31));
        await TendAsync(test);
        Assert.Null(await test.Store<INotificationStore>().FindAsync(second.Value.Notification.Id, Token));
        Assert.NotNull(await test.Store<INotificationStore>().FindAsync(first.Value.Notification.Id, Token));
        while (await test.WriteAsync(tx => test.Store<NotificationRetention>().Prune(tx, tx.Now, 50)) > 0)
        {
        }

        Assert.Null(await test.Store<INotificationStore>().FindAsync(first.Value.Notification.Id, Token));
        Assert.Empty(await test.Store<IInboxNotificationStore>().ListAsync(kim, false, null, 10, Token));
        Assert.False((await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "second" })).Value.Repeated);
        Assert.Equal(EventBucket.OldestKept(test.Time.GetUtcNow()), EventBucket.Of(test.Time.GetUtcNow()) - 1);
    }

    [Fact]
    public async Task A_day_of_deliveries_goes_as_a_whole_and_its_counts_with_it()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await TendAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        var first = await SendAsync(test, 1);
        test.Time.Advance(TimeSpan.FromDays(1));
        await SendAsync(test, 2);
        Assert.Equal(["delivery_log_d20260602", "delivery_log_d20260603"], await PlacesAsync(test, "delivery_log"));

        test.Time.Advance(TimeSpan.FromDays(29.5));
        await TendAsync(test);
        Assert.Equal(["delivery_log_d20260602", "delivery_log_d20260603"], await PlacesAsync(test, "delivery_log"));
        test.Time.Advance(TimeSpan.FromDays(1));
        await TendAsync(test);
        Assert.Equal(["delivery_log_d20260603"], await PlacesAsync(test, "delivery_log"));
        Assert.Null(await test.Store<IDeliveryLog>().FindAsync(first, Token));
        Assert.Equal([new DeliveryCount("apns", DeliveryState.Sent, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));
        await test.Store<IDeliveryLog>().FoldAsync(Token);
        Assert.Equal([new DeliveryCount("apns", DeliveryState.Sent, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task What_was_heard_goes_with_the_day_of_its_notification_once_it_is_counted()
    {
        await using var test = await TestDatabase.PostgresAsync();
        var kim = await NotificationFacts.PersonAsync(test, "kim");
        await TendAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        var spring = (await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { Data = """{"campaign":"spring"}""" })).Value.Notification.Id;
        await NotificationFacts.PlanAsync(test);
        await HearAsync(test, spring, TrackedKind.Opened);
        Assert.Equal(["tracking_event_d20260602"], await PlacesAsync(test, "tracking_event"));

        // The day is over and one event is not counted yet: it stays until that one is.
        test.Time.Advance(TimeSpan.FromDays(31));
        await TendAsync(test);
        Assert.Equal(["tracking_event_d20260602"], await PlacesAsync(test, "tracking_event"));
        Assert.Equal(1, await test.Store<TrackingFold>().RunAsync(Token));
        await TendAsync(test);
        Assert.Empty(await PlacesAsync(test, "tracking_event"));

        // What comes later lies in the default partition, once, and goes by rows.
        await HearAsync(test, spring, TrackedKind.Clicked);
        await HearAsync(test, spring, TrackedKind.Clicked);
        Assert.Equal(["tracking_event_rest"], await PlacesAsync(test, "tracking_event"));
        test.Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, await test.Store<TrackingFold>().RunAsync(Token));
        await PruneAsync(test);
        Assert.Empty(await PlacesAsync(test, "tracking_event"));
    }

    private static Task<int> HearAsync(TestDatabase test, NotificationId about, TrackedKind kind) => test.WriteAsync(tx => test.Store<ITrackingStore>().Append(
        tx, [new TrackedEvent(test.Store<Snowflake>().Next(), kind, about, new DeliveryId(7), new UserId(9), false, "", tx.Now)]));

    [Fact]
    public async Task What_is_unfinished_outlives_its_day_with_all_that_belongs_to_it()
    {
        await using var test = await TestDatabase.PostgresAsync();
        var kim = await NotificationFacts.PersonAsync(test, "kim");
        await TendAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        var done = await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "done" });
        var living = await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "living" });
        await NotificationFacts.PlanAsync(test);
        await PlanAsync(test, living.Value.Notification.Id, test.Time.GetUtcNow().AddDays(40));
        var ahead = await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "ahead", SendAt = test.Time.GetUtcNow().AddDays(100) });
        Assert.Equal(["notification_d20260602"], await PlacesAsync(test, "notification"));

        test.Time.Advance(TimeSpan.FromDays(41));
        await TendAsync(test);
        await PruneAsync(test);
        Assert.Equal(["notification_rest"], await PlacesAsync(test, "notification"));
        Assert.Equal(["notification_decision_rest"], await PlacesAsync(test, "notification_decision"));
        var store = test.Store<INotificationStore>();
        Assert.Null(await store.FindAsync(done.Value.Notification.Id, Token));
        Assert.Empty(await store.DecisionsAsync(done.Value.Notification.Id, null, default, 10, Token));
        Assert.Equal(NotificationState.Planned, (await store.FindAsync(living.Value.Notification.Id, Token))!.State);
        Assert.Single(await store.DecisionsAsync(living.Value.Notification.Id, null, default, 10, Token));
        Assert.Equal(NotificationState.Accepted, (await store.FindAsync(ahead.Value.Notification.Id, Token))!.State);

        var claimed = Assert.Single(await ClaimAsync(test));
        Assert.Equal(living.Value.Notification.Id, claimed.Notification);
        await EndAsync(test, claimed);
        await PruneAsync(test);
        Assert.Null(await store.FindAsync(living.Value.Notification.Id, Token));
        Assert.NotNull(await store.FindAsync(ahead.Value.Notification.Id, Token));

        // It lies in a day that is gone, and goes by rows.
        Assert.Null(await test.Store<IDeliveryLog>().FindAsync(claimed.Id, Token));
    }

    [Fact]
    public async Task A_day_that_nobody_made_a_partition_for_takes_its_rows_and_lets_go_of_them()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await TendAsync(test);
        test.Time.Advance(TimeSpan.FromDays(30));
        var id = await SendAsync(test, 1);
        await TendAsync(test);
        Assert.Equal(["delivery_log_rest"], await PlacesAsync(test, "delivery_log"));
        test.Time.Advance(TimeSpan.FromDays(1));
        await SendAsync(test, 2);
        Assert.Equal(["delivery_log_d20260702", "delivery_log_rest"], await PlacesAsync(test, "delivery_log"));

        test.Time.Advance(TimeSpan.FromDays(29.5));
        await PruneAsync(test);
        Assert.Null(await test.Store<IDeliveryLog>().FindAsync(id, Token));
        Assert.Equal([new DeliveryCount("apns", DeliveryState.Sent, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task A_delivery_of_the_last_moment_of_a_day_ends_in_it_and_hears_of_its_receipt()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await TendAsync(test);
        test.Time.Advance(new DateTimeOffset(2026, 6, 2, 23, 59, 59, 990, TimeSpan.Zero) - test.Time.GetUtcNow());
        await PlanAsync(test, new(1), test.Time.GetUtcNow());
        var claimed = Assert.Single(await ClaimAsync(test));
        test.Time.Advance(TimeSpan.FromMilliseconds(20));
        await EndAsync(test, claimed);
        await SendAsync(test, 2);
        Assert.Equal(["delivery_log_d20260602", "delivery_log_d20260603"], await PlacesAsync(test, "delivery_log"));
        Assert.True(await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(tx, claimed.Id, new Receipt(ReceiptKind.Delivered, tx.Now) { Code = "delivered" })));
        Assert.Equal(DeliveryState.Delivered, (await test.Store<IDeliveryLog>().FindAsync(claimed.Id, Token))!.State);
    }

    [Fact]
    public async Task Several_nodes_may_tend_at_once_while_others_write()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await TendAsync(test);
        test.Time.Advance(TimeSpan.FromDays(1));
        await SendAsync(test, 1);
        test.Time.Advance(TimeSpan.FromDays(40));
        await Task.WhenAll([
            .. Enumerable.Range(0, 6).Select(i => TendAsync(test, i % 2 == 0 ? Lane.Interactive : Lane.Background)),
            .. Enumerable.Range(10, 6).Select(n => PlanAsync(test, new(n), test.Time.GetUtcNow()))]);
        Assert.Empty(await PlacesAsync(test, "delivery_log"));
        Assert.Equal(6, (await ClaimAsync(test)).Count);
    }

    private static async Task<DeliveryId> SendAsync(TestDatabase test, long notification)
    {
        await PlanAsync(test, new(notification), test.Time.GetUtcNow());
        var claimed = Assert.Single(await ClaimAsync(test));
        await EndAsync(test, claimed);
        return claimed.Id;
    }

    private static Task<int> PlanAsync(TestDatabase test, NotificationId notification, DateTimeOffset dueAt) => test.WriteAsync(tx =>
    {
        test.Store<Deliveries>().Plan(tx, [new NewDelivery
        {
            Notification = notification,
            User = new UserId(42),
            Category = "chat.message",
            Channel = DeliveryChannel.Push,
            Provider = "apns",
            AddressId = 3,
            Priority = DeliveryPriority.Normal,
            DueAt = dueAt,
            ExpiresAt = dueAt.AddDays(2),
        }]);
        return 1;
    });

    private static Task<IReadOnlyList<Delivery>> ClaimAsync(TestDatabase test) =>
        test.WriteAsync(tx => test.Store<IDeliveryQueue>().Claim(tx, new DeliveryClaim("apns", "apns", 10, 1, tx.Now.AddMinutes(1))));

    private static async Task EndAsync(TestDatabase test, Delivery claimed) =>
        Assert.Empty(await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Put(
            tx, [new DeliveryChange(claimed, claimed.After(ProviderAnswer.Ok("200"), "apns", collapses: false, 0.5, tx.Now))])));

    /// <summary>As the retention does, until nothing is left to do.</summary>
    private static async Task PruneAsync(TestDatabase test)
    {
        foreach (var retention in test.Services.GetServices<IRetention>())
        {
            while (await test.WriteAsync(tx => retention.Prune(tx, tx.Now, 50), Lane.Background) >= 50)
            {
            }
        }
    }

    private static async Task TendAsync(TestDatabase test, Lane lane = Lane.Background)
    {
        while (await test.WriteAsync(tx => test.Store<NotificationPartitions>().Prune(tx, tx.Now, 50), lane) >= 50)
        {
        }
    }

    private static async Task<IReadOnlyList<string>> PlacesAsync(TestDatabase test, string table)
    {
        await using var select = test.Store<PostgresDatabase>().Source.CreateCommand($"SELECT DISTINCT tableoid::regclass::text FROM {table} ORDER BY 1");
        await using var rows = await select.ExecuteReaderAsync(Token);
        var places = new List<string>();
        while (await rows.ReadAsync(Token))
        {
            places.Add(rows.GetString(0));
        }

        return places;
    }
}

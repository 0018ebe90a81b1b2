using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Inboxes;
using Madang.Postgres;
using Madang.Postgres.Notifications;
using Madang.Storage;

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

    private static Task TendAsync(TestDatabase test) =>
        test.WriteAsync(tx => test.Store<NotificationPartitions>().Prune(tx, tx.Now, 50), Lane.Background);

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

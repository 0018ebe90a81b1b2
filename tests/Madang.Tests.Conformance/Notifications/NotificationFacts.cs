using Madang.Accounts;
using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>The road from an accepted event to the in-app inbox, on a real database and a clock that the test moves.</summary>
public abstract class NotificationFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_accepted_is_planned_and_lies_in_the_inbox_with_its_reason()
    {
        await using var test = await fresh();
        var (kim, lee) = (await PersonAsync(test, "kim"), await PersonAsync(test, "lee"));
        var accepted = await AcceptAsync(test, To(kim, lee));
        Assert.False(accepted.Value.Repeated);
        Assert.Equal(NotificationState.Accepted, accepted.Value.Notification.State);

        Assert.Equal(1, (await PlanAsync(test)).Notifications);
        Assert.Equal(0, (await PlanAsync(test)).Notifications);
        var after = await test.Store<INotificationStore>().FindAsync(accepted.Value.Notification.Id, Token);
        Assert.Equal((NotificationState.Planned, 2L), (after!.State, after.People));
        foreach (var person in new[] { kim, lee })
        {
            var item = Assert.Single(await test.Store<IInboxNotificationStore>().ListAsync(person, unreadOnly: true, null, 10, Token));
            Assert.Equal(accepted.Value.Notification.Id, item.Notification.Id);
            Assert.Equal(1, (await test.Store<IInboxNotificationStore>().BadgeAsync(person, Token)).Count);
        }

        var decisions = await test.Store<INotificationStore>().DecisionsAsync(after.Id, null, default, 10, Token);
        Assert.Equal([kim, lee], decisions.Select(decision => decision.User));
    }

    [Fact]
    public async Task An_event_id_is_accepted_once_and_another_body_under_it_is_refused()
    {
        await using var test = await fresh();
        var kim = await PersonAsync(test, "kim");
        var first = await AcceptAsync(test, To(kim) with { EventId = "order-7" });
        test.Time.Advance(TimeSpan.FromDays(6.9));
        var again = await AcceptAsync(test, To(kim) with { EventId = "order-7" });
        Assert.True(again.Value.Repeated);
        Assert.Equal(first.Value.Notification.Id, again.Value.Notification.Id);
        Assert.Equal(first.Value.Notification.SendAt, again.Value.Notification.SendAt);
        Assert.Equal("idempotency_conflict", (await AcceptAsync(test, To(kim) with { EventId = "order-7", Data = """{"n":1}""" })).Error?.Code);
        Assert.False((await test.Store<Intake>().AcceptAsync(8, To(kim) with { EventId = "order-7" }, Token)).Value.Repeated);
    }

    [Fact]
    public async Task Of_many_with_the_same_event_id_at_once_one_is_accepted()
    {
        await using var test = await fresh();
        var kim = await PersonAsync(test, "kim");
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AcceptAsync(test, To(kim) with { EventId = $"e{i % 2}", CollapseKey = i == 39 ? "other" : null })));
        Assert.Equal(2, all.Count(one => one.IsOk && !one.Value.Repeated));
        Assert.Equal(2, all.Where(one => one.IsOk).Select(one => one.Value.Notification.Id).Distinct().Count());
        Assert.Equal(40, all.Count(one => one.IsOk) + all.Count(one => one.Error?.Code == "idempotency_conflict"));
    }

    internal static Task<Result<Accepted>> AcceptAsync(TestDatabase test, NewNotification given) => test.Store<Intake>().AcceptAsync(7, given, Token);

    internal static Task<PlanStep> PlanAsync(TestDatabase test) => test.WriteAsync(tx => test.Store<PlanTurn>().RunSmall(tx, Planner.MostAtOnce));

    internal static NewNotification To(params UserId[] people) =>
        new() { Category = "mention", Content = new("마당", "Kim wrote to you"), To = new() { UserIds = people } };

    internal static async Task<UserId> PersonAsync(TestDatabase test, string name)
    {
        var id = new UserId(test.Store<Snowflake>().Next());
        var user = new User
        {
            Id = id, Name = name, DisplayName = name, Locale = "en", TimeZone = "Asia/Seoul", Role = Role.User, CreatedAt = test.Time.GetUtcNow(),
        };
        Assert.True(await test.WriteAsync(tx => test.Store<IUserStore>().Insert(tx, user, null)));
        return id;
    }
}

public sealed class SqliteNotifications() : NotificationFacts(TestDatabase.SqliteAsync);

public sealed class PostgresNotifications() : NotificationFacts(TestDatabase.PostgresAsync);

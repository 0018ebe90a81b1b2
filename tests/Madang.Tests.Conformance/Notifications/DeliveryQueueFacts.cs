using Madang.Api;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>What the queue of deliveries promises to planners, runners and operators.</summary>
public abstract class DeliveryQueueFacts(Func<Task<TestDatabase>> fresh)
{
    private const string Queue = "apns";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_planned_delivery_rolls_back_with_its_transaction()
    {
        await using var test = await fresh();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.WriteAsync<int>(tx =>
        {
            test.Store<Deliveries>().Plan(tx, [New(test, 1)]);
            throw new InvalidOperationException("the planner changed its mind");
        }));
        Assert.Empty(await OfAsync(test, 1));
        Assert.Empty(await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task What_was_planned_is_read_back_as_it_was()
    {
        await using var test = await fresh();
        var now = test.Time.GetUtcNow();
        var planned = New(test, 7) with
        {
            User = new UserId(5),
            Address = "김@example.org",
            CollapseKey = "방-1",
            Priority = DeliveryPriority.High,
            Ambiguous = AmbiguousPolicy.Resend,
            DueAt = now.AddMinutes(5).AddTicks(1234),
            DigestId = 99,
            FallbackOf = DeliveryChannel.Push,
        };
        await PlanAsync(test, planned);

        var read = Assert.Single(await OfAsync(test, 7)).Delivery;
        Assert.Equal(
            new Delivery
            {
                Id = read.Id,
                Notification = new(7),
                User = new UserId(5),
                Category = "chat.message",
                Channel = DeliveryChannel.Push,
                Provider = Queue,
                AddressId = 3,
                Address = "김@example.org",
                CollapseKey = "방-1",
                DigestId = 99,
                FallbackOf = DeliveryChannel.Push,
                Priority = DeliveryPriority.High,
                Policy = AmbiguousPolicy.Resend,
                DueAt = now.AddMinutes(5),
                ExpiresAt = now.AddHours(1),
                State = DeliveryState.Waiting,
            },
            read);
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Waiting, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task One_notification_person_channel_and_address_is_planned_once()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1), New(test, 1), New(test, 1) with { AddressId = 4 });
        await PlanAsync(test, New(test, 1));
        Assert.Equal(2, (await OfAsync(test, 1)).Count);
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Waiting, 2)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task A_delivery_to_the_inbox_has_arrived_with_its_plan()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1) with { Channel = DeliveryChannel.Inbox, Provider = "" });
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await OfAsync(test, 1)).Delivery.State);
        Assert.Empty(await ClaimAsync(test, 10, queue: ""));
    }

    [Fact]
    public async Task Deliveries_are_claimed_by_priority_then_time_then_id()
    {
        await using var test = await fresh();
        var start = test.Time.GetUtcNow();
        test.Time.Advance(TimeSpan.FromHours(1));
        List<(int Order, long Notification)> expected = [];
        async Task Add(int order, DeliveryPriority priority, int minutes)
        {
            expected.Add((order, order + 1));
            await PlanAsync(test, New(test, order + 1) with { Priority = priority, DueAt = start.AddMinutes(minutes) });
        }

        await Add(6, DeliveryPriority.Low, 0);
        await Add(3, DeliveryPriority.Normal, 10);
        await Add(4, DeliveryPriority.Normal, 10);
        await Add(2, DeliveryPriority.Normal, 5);
        await Add(1, DeliveryPriority.High, 30);
        await Add(0, DeliveryPriority.High, 20);
        await Add(5, DeliveryPriority.Normal, 30);
        await Add(99, DeliveryPriority.High, 61);

        var (first, then) = (await ClaimAsync(test, 4), await ClaimAsync(test, 10));

        Assert.Equal([1, 2, 3, 4], first.Select(delivery => delivery.Notification.Value));
        Assert.Equal([5, 6, 7], then.Select(delivery => delivery.Notification.Value));
        Assert.All(first, delivery => Assert.Equal((DeliveryState.Sending, 1, 1L, (int?)1), (delivery.State, delivery.Attempt, delivery.Fence, delivery.Node)));
        Assert.Equal(start.AddMinutes(61), await test.WriteAsync(tx => test.Store<IDeliveryQueue>().NextDueAt(tx, Queue)));
        Assert.Null(await test.WriteAsync(tx => test.Store<IDeliveryQueue>().NextDueAt(tx, "empty")));
    }

    [Fact]
    public async Task Planners_at_the_same_time_plan_a_delivery_once_and_never_again()
    {
        await using var test = await fresh();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => PlanAsync(test, [.. Enumerable.Range(1, 30).Select(m => New(test, m)), New(test, 100 + n)])));
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Waiting, 50)], await test.Store<IDeliveryLog>().CountsAsync(Token));

        foreach (var claimed in await ClaimAsync(test, 20))
        {
            Assert.Empty(await EndAsync(test, claimed, ProviderAnswer.Ok("200")));
        }

        await PlanAsync(test, [.. Enumerable.Range(1, 30).Select(m => New(test, m)), New(test, 200)]);
        Assert.Equal(
            [new DeliveryCount(Queue, DeliveryState.Waiting, 31), new DeliveryCount(Queue, DeliveryState.Sent, 20)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task Claimers_at_the_same_time_never_share_a_delivery()
    {
        await using var test = await fresh();
        await PlanAsync(test, [.. Enumerable.Range(1, 300).Select(n => New(test, n))]);
        var claims = await Task.WhenAll(Enumerable.Range(0, 60).Select(node => ClaimAsync(test, 7, node)));
        var ids = claims.SelectMany(claim => claim).Select(delivery => delivery.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());

        ids.AddRange((await ClaimAsync(test, 300)).Select(delivery => delivery.Id));
        Assert.Equal(300, ids.Distinct().Count());
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Sending, 300)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task The_fence_refuses_who_has_lost_the_delivery_and_its_attempt_is_logged_all_the_same()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1));
        var stale = Assert.Single(await ClaimAsync(test, 1));
        test.Time.Advance(Lease + TimeSpan.FromMilliseconds(1));
        var lost = Assert.Single(await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Abandoned(tx, null, 10)));
        Assert.Empty(await PutAsync(test, new DeliveryChange(lost, lost.Lost(0.5, test.Time.GetUtcNow()))));

        Assert.Single(await EndAsync(test, stale, ProviderAnswer.Ok("200")));
        Assert.Empty(await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Renew(tx, [stale], tx.Now + Lease)));
        var view = Assert.Single(await OfAsync(test, 1));
        Assert.Equal((DeliveryState.Ambiguous, 1, true), (view.Delivery.State, view.Delivery.Ambiguous, view.Delivery.IsUnanswered));
        Assert.Equal(AnswerClass.Ok, Assert.Single(view.Attempts).Class);

        test.Time.Advance(TimeSpan.FromMinutes(5));
        var mine = Assert.Single(await ClaimAsync(test, 1, node: 2));
        Assert.Equal((2L, 1), (mine.Fence, mine.Attempt));
        Assert.Single(await EndAsync(test, stale, ProviderAnswer.Ok("200")));
        Assert.Empty(await EndAsync(test, mine, ProviderAnswer.Ok("200", "abc")));
        Assert.Equal((DeliveryState.Sent, "abc", 1), Assert.Single(await OfAsync(test, 1)).Delivery is var d ? (d.State, d.MessageId, d.Ambiguous) : default);
    }

    [Fact]
    public async Task A_look_up_knows_when_what_it_asks_about_was_handed_over()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1));
        var sent = Assert.Single(await ClaimAsync(test, 1));
        await EndAsync(test, sent, ProviderAnswer.Ambiguous("timeout"));
        test.Time.Advance(TimeSpan.FromMinutes(5));
        var asked = Assert.Single(await ClaimAsync(test, 1));
        Assert.True(asked.IsUnanswered);
        Assert.Equal(sent.StartedAt, asked.StartedAt);
        Assert.Equal(sent.StartedAt, Assert.Single(await OfAsync(test, 1)).Delivery.StartedAt);

        // It was not taken: what is sent then begins anew.
        await EndAsync(test, asked, new ProviderAnswer(AnswerClass.Retry, "not_found"));
        Assert.Equal(test.Time.GetUtcNow(), Assert.Single(await ClaimAsync(test, 1)).StartedAt);
    }

    [Fact]
    public async Task Answers_of_every_kind_are_written_in_one_turn()
    {
        await using var test = await fresh();
        await PlanAsync(test, [.. Enumerable.Range(1, 4).Select(n => New(test, n))]);
        var claimed = await ClaimAsync(test, 4);
        ProviderAnswer[] answers = [ProviderAnswer.Ok("200"), new(AnswerClass.Retry, "503"), ProviderAnswer.Ambiguous("timeout"), new(AnswerClass.Reject, "400")];
        var now = test.Time.GetUtcNow();
        var changes = claimed.Zip(answers, (delivery, answer) => (delivery, answer, after: delivery.After(answer, "fcm", collapses: false, 0.5, now))).Select(one => new DeliveryChange(
            one.delivery,
            one.after,
            new DeliveryAttempt
            {
                Number = one.delivery.Fence,
                At = now,
                Provider = Queue,
                Class = one.answer.Class,
                Code = one.answer.Code,
                Detail = one.answer.Class == AnswerClass.Reject ? "what it said" : null,
                Latency = TimeSpan.FromMilliseconds(7),
                NextAt = one.after.IsAlive ? one.after.DueAt : null,
            })).ToArray();
        Assert.Empty(await PutAsync(test, changes));
        for (var i = 0; i < changes.Length; i++)
        {
            var view = Assert.Single(await OfAsync(test, i + 1));
            Assert.Equal(changes[i].After with { Fence = 1 }, view.Delivery);
            Assert.Equal(changes[i].Attempt, Assert.Single(view.Attempts));
        }
    }

    [Fact]
    public async Task What_was_planned_and_ended_is_not_planned_again()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1), New(test, 2) with { Channel = DeliveryChannel.Inbox, Provider = "" });
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), ProviderAnswer.Ok("200"));
        await PlanAsync(test, New(test, 1), New(test, 2) with { Channel = DeliveryChannel.Inbox, Provider = "" }, New(test, 1) with { AddressId = 4 });
        Assert.Equal([DeliveryState.Sent, DeliveryState.Waiting], (await OfAsync(test, 1)).Select(view => view.Delivery.State));
        Assert.Single(await OfAsync(test, 2));
    }

    [Fact]
    public async Task A_replayed_delivery_takes_its_attempts_along_and_ends_again()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1));
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), new ProviderAnswer(AnswerClass.Reject, "400"));
        var dead = Assert.Single(await test.WriteAsync(tx => test.Store<IDeliveryLog>().LockEnded(tx, new DeliveryFilter(), default, 10)));
        Assert.Empty(await PutAsync(test, new DeliveryChange(dead, dead.Replay(TimeSpan.FromHours(1), test.Time.GetUtcNow())!)));
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Waiting, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));

        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), ProviderAnswer.Ok("200", "later"));
        var view = Assert.Single(await OfAsync(test, 1));
        Assert.Equal((DeliveryState.Sent, "later", 2L), (view.Delivery.State, view.Delivery.MessageId, view.Delivery.Fence));
        Assert.Equal(["400", "200"], view.Attempts.Select(attempt => attempt.Code));
        Assert.Equal([new DeliveryCount(Queue, DeliveryState.Sent, 1)], await test.Store<IDeliveryLog>().CountsAsync(Token));
        Assert.Equal(DeliveryState.Sent, (await test.Store<IDeliveryLog>().FindAsync(view.Delivery.Id, Token))!.State);
    }

    [Fact]
    public async Task A_receipt_that_says_failed_brings_an_ended_delivery_back_into_the_queue()
    {
        await using var test = await fresh();
        await PlanAsync(test, New(test, 1));
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 1)), ProviderAnswer.Ok("200"));
        var id = Assert.Single(await OfAsync(test, 1)).Delivery.Id;
        Assert.True(await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(
            tx, id, new Receipt(ReceiptKind.Failed, tx.Now) { Code = "4.2.2", Failure = new ProviderAnswer(AnswerClass.Retry, "4.2.2") })));
        Assert.Equal(DeliveryState.Waiting, (await test.Store<IDeliveryLog>().FindAsync(id, Token))!.State);
        test.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(id, Assert.Single(await ClaimAsync(test, 1)).Id);
    }

    [Fact]
    public async Task Leases_are_remembered_as_long_as_something_is_sent_under_them()
    {
        await using var test = await fresh();
        await PlanAsync(test, [.. Enumerable.Range(1, 4).Select(n => New(test, n))]);
        var (first, second) = (await ClaimAsync(test, 2, node: 1), await ClaimAsync(test, 2, node: 2));
        await EndAsync(test, first[0], ProviderAnswer.Ok("200"));
        await test.Store<IDeliveryLog>().FoldAsync(Token);
        test.Time.Advance(Lease / 2);
        Assert.Equal([second[1].Id], await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Renew(tx, [second[1]], tx.Now + Lease)));
        Assert.Equal(second.Select(delivery => delivery.Id), (await AbandonedAsync(2, 10)).OrderBy(id => id.Value));

        test.Time.Advance((Lease / 2) + TimeSpan.FromMilliseconds(1));
        Assert.Equal([first[1].Id, second[0].Id], (await AbandonedAsync(null, 10)).OrderBy(id => id.Value));
        Assert.Single(await AbandonedAsync(null, 1));
        await test.Store<IDeliveryLog>().FoldAsync(Token);
        test.Time.Advance(Lease);
        Assert.Equal(3, (await AbandonedAsync(null, 10)).Count);

        async Task<IReadOnlyList<DeliveryId>> AbandonedAsync(int? node, int limit) =>
            [.. (await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Abandoned(tx, node, limit))).Select(delivery => delivery.Id)];
    }

    [Fact]
    public async Task What_is_unfinished_outlives_the_days_of_the_log()
    {
        await using var test = await fresh();
        var kim = await NotificationFacts.PersonAsync(test, "kim");
        var start = test.Time.GetUtcNow();
        var done = (await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "done" })).Value.Notification.Id;
        var living = (await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "living" })).Value.Notification.Id;
        var ahead = (await NotificationFacts.AcceptAsync(test, NotificationFacts.To(kim) with { EventId = "ahead", SendAt = start.AddDays(100) })).Value.Notification.Id;
        await NotificationFacts.PlanAsync(test);
        await PlanAsync(test, New(test, living.Value) with { DueAt = start.AddDays(40), ExpiresAt = start.AddDays(50) }, New(test, done.Value));
        await EndAsync(test, Assert.Single(await ClaimAsync(test, 9)), ProviderAnswer.Ok("200"));
        Assert.NotEmpty(await OfAsync(test, done.Value));

        test.Time.Advance(TimeSpan.FromDays(41));
        await RetainAsync(test);
        Assert.Equal([false, true, true], await KeptAsync());
        Assert.Empty(await OfAsync(test, done.Value));
        Assert.Empty(await test.Store<INotificationStore>().DecisionsAsync(done, null, default, 10, Token));
        Assert.Single(await test.Store<INotificationStore>().DecisionsAsync(living, null, default, 10, Token));

        await EndAsync(test, Assert.Single(await ClaimAsync(test, 9)), ProviderAnswer.Ok("200"));
        await RetainAsync(test);
        Assert.Equal([false, false, true], await KeptAsync());

        async Task<IEnumerable<bool>> KeptAsync()
        {
            var found = await test.Store<INotificationStore>().FindAsync([done, living, ahead], Token);
            return [found.ContainsKey(done), found.ContainsKey(living), found.ContainsKey(ahead)];
        }
    }

    /// <summary>As the retention does, until nothing is left to do.</summary>
    private static async Task RetainAsync(TestDatabase test)
    {
        foreach (var retention in test.Services.GetServices<IRetention>())
        {
            while (await test.WriteAsync(tx => retention.Prune(tx, tx.Now, 50), Lane.Background) >= 50)
            {
            }
        }
    }

    private static NewDelivery New(TestDatabase test, long notification) => new()
    {
        Notification = new(notification),
        User = new UserId(42),
        Category = "chat.message",
        Channel = DeliveryChannel.Push,
        Provider = Queue,
        AddressId = 3,
        Priority = DeliveryPriority.Normal,
        DueAt = test.Time.GetUtcNow(),
        ExpiresAt = test.Time.GetUtcNow().AddHours(1),
    };

    private static Task<bool> PlanAsync(TestDatabase test, params NewDelivery[] deliveries) => test.WriteAsync(tx =>
    {
        test.Store<Deliveries>().Plan(tx, deliveries);
        return true;
    });

    private static Task<IReadOnlyList<Delivery>> ClaimAsync(TestDatabase test, int limit, int node = 1, string queue = Queue, string? by = null) =>
        test.WriteAsync(tx => test.Store<IDeliveryQueue>().Claim(tx, new DeliveryClaim(queue, by ?? queue, limit, node, tx.Now + Lease)));

    private static Task<IReadOnlyList<DeliveryChange>> PutAsync(TestDatabase test, params DeliveryChange[] changes) =>
        test.WriteAsync(tx => test.Store<IDeliveryQueue>().Put(tx, changes));

    private static Task<IReadOnlyList<DeliveryChange>> EndAsync(TestDatabase test, Delivery claimed, ProviderAnswer answer)
    {
        var now = test.Time.GetUtcNow();
        var after = claimed.After(answer, Queue, collapses: false, 0.5, now);
        return PutAsync(test, new DeliveryChange(claimed, after, new DeliveryAttempt
        {
            Number = claimed.Fence,
            At = now,
            Provider = claimed.Provider,
            Class = answer.Class,
            Code = answer.Code,
            Latency = TimeSpan.FromMilliseconds(12),
        }));
    }

    private static Task<IReadOnlyList<DeliveryView>> OfAsync(TestDatabase test, long notification) =>
        test.Store<Deliveries>().OfAsync(new NotificationId(notification), null, default, 100, Token);
}

public sealed class SqliteDeliveryQueueFacts() : DeliveryQueueFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDeliveryQueueFacts() : DeliveryQueueFacts(TestDatabase.PostgresAsync);

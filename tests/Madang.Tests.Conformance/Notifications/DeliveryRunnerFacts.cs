using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Delivering.Lanes;
using Madang.Notifications.Delivering.Running;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>The runner on a real database and a clock that the test moves: what becomes of deliveries, whatever their providers say.</summary>
public abstract class DeliveryRunnerFacts(Func<Action<IHostApplicationBuilder>, Task<TestDatabase>> fresh)
{
    private static readonly ProviderAnswer Down = new(AnswerClass.RetryNewConnection, "connect refused") { Scope = AnswerScope.Provider };
    private readonly ScriptedProvider _push = new("push", DeliveryChannel.Push);
    private readonly ScriptedProvider _sms = new("sms", DeliveryChannel.Sms);
    private readonly ScriptedProvider _spare = new("spare", DeliveryChannel.Sms);
    private readonly ScriptedWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_planned_is_sent_once_and_its_attempt_is_logged()
    {
        await using var test = await FreshAsync();
        await PlanAsync(test, Enumerable.Range(1, 700).Select(n => New(test, n)));
        await RunAsync(test, TimeSpan.FromSeconds(1));

        Assert.Equal(700, _push.Sent.Select(envelope => envelope.Delivery).Distinct().Count());
        Assert.Equal(700, _push.Sent.Count);
        var view = await FindAsync(test, 5);
        Assert.Equal((DeliveryState.Sent, 1, $"m-{view.Delivery.Id}"), (view.Delivery.State, view.Delivery.Attempt, view.Delivery.MessageId));
        Assert.Equal((AnswerClass.Ok, "200", "push", 1L), Assert.Single(view.Attempts) is var a ? (a.Class, a.Code, a.Provider, a.Number) : default);
        Assert.Equal([new DeliveryCount("push", DeliveryState.Sent, 700)], await test.Store<IDeliveryLog>().CountsAsync(Token));
    }

    [Fact]
    public async Task It_is_sending_on_disk_before_the_provider_hears_of_it()
    {
        await using var test = await FreshAsync();
        DeliveryState? seen = null;
        _push.Answer = async envelope =>
        {
            seen = (await test.Store<IDeliveryLog>().FindAsync(envelope.Delivery, Token))!.State;
            return ProviderAnswer.Ok("200");
        };
        await PlanAsync(test, [New(test, 1)]);
        await RunAsync(test, TimeSpan.FromSeconds(1));
        Assert.Equal(DeliveryState.Sending, seen);
    }

    [Fact]
    public async Task A_refusal_for_now_is_repeated_and_its_wait_kept_to()
    {
        await using var test = await FreshAsync();
        _push.Answer = envelope => Task.FromResult(envelope.Attempt == 1
            ? new ProviderAnswer(AnswerClass.Retry, "429") { RetryAfter = TimeSpan.FromMinutes(3), Scope = AnswerScope.Address }
            : ProviderAnswer.Ok("200"));
        await PlanAsync(test, [New(test, 1), New(test, 2)]);
        await RunAsync(test, TimeSpan.FromSeconds(170));

        // The second goes to the same address, which is held up with the first.
        Assert.InRange(_push.Sent.Count, 1, 2);
        Assert.All([await FindAsync(test, 1), await FindAsync(test, 2)], view => Assert.Equal(DeliveryState.Waiting, view.Delivery.State));

        await RunAsync(test, TimeSpan.FromMinutes(10));
        Assert.All([await FindAsync(test, 1), await FindAsync(test, 2)], view => Assert.Equal(DeliveryState.Sent, view.Delivery.State));
    }

    [Fact]
    public async Task One_dead_provider_costs_the_others_nothing_and_loses_nothing()
    {
        await using var test = await FreshAsync(spare: false);
        var dead = true;
        _sms.Answer = _ => Task.FromResult(dead ? Down : ProviderAnswer.Ok("201"));
        await PlanAsync(test, Enumerable.Range(1, 400).Select(n => New(test, n) with { Channel = DeliveryChannel.Sms, Provider = "sms" }));
        await RunAsync(test, TimeSpan.FromSeconds(5));
        for (var minute = 1; minute <= 10; minute++)
        {
            var planned = test.Time.GetUtcNow();
            await PlanAsync(test, Enumerable.Range(minute * 1_000, 50).Select(n => New(test, n)));
            await RunAsync(test, TimeSpan.FromSeconds(1));
            Assert.Equal(50 * minute, _push.Sent.Count);
            await RunAsync(test, TimeSpan.FromSeconds(59));
        }

        // The breaker asked now and then, with one each time, instead of wearing out four hundred.
        Assert.InRange(_sms.Sent.Count, 20, 80);
        dead = false;
        await RunAsync(test, TimeSpan.FromMinutes(2));
        Assert.True(await CountAsync(test, "sms", DeliveryState.Sent) >= 380);
        await RunAsync(test, TimeSpan.FromHours(1));
        Assert.Equal(400, await CountAsync(test, "sms", DeliveryState.Sent));
    }

    [Fact]
    public async Task What_never_left_goes_by_a_provider_that_stands_in_and_what_may_have_left_does_not()
    {
        await using var test = await FreshAsync();
        var first = true;
        _sms.Answer = _ =>
        {
            (var ambiguous, first) = (first, false);
            return Task.FromResult(ambiguous ? ProviderAnswer.Ambiguous("timeout") : Down);
        };
        _sms.LookUp = _ => ProviderAnswer.Ambiguous("cannot tell");
        await PlanAsync(test, Enumerable.Range(1, 100).Select(n => New(test, n) with { Channel = DeliveryChannel.Sms, Provider = "sms" }));
        await RunAsync(test, TimeSpan.FromMinutes(6));

        Assert.Equal(99, await CountAsync(test, "spare", DeliveryState.Sent));
        Assert.Equal(1, await CountAsync(test, "sms", DeliveryState.Ambiguous));
        Assert.Equal(99, _spare.Sent.Select(envelope => envelope.Delivery).Distinct().Count());
        Assert.Equal(99, _spare.Sent.Count);
        Assert.Equal("spare", test.Store<ProviderRoutes>().For(DeliveryChannel.Sms, "phone", ""));
    }

    [Fact]
    public async Task A_fault_of_our_account_stops_the_queue_until_somebody_lets_it_go_on()
    {
        await using var test = await FreshAsync(spare: false);
        var wrong = true;
        _sms.Answer = _ => Task.FromResult(wrong ? new ProviderAnswer(AnswerClass.Config, "401 20003") { Detail = "Authenticate" } : ProviderAnswer.Ok("201"));
        await PlanAsync(test, Enumerable.Range(1, 40).Select(n => New(test, n) with { Channel = DeliveryChannel.Sms, Provider = "sms" }));
        await RunAsync(test, TimeSpan.FromMinutes(1));

        Assert.Equal(("401 20003: Authenticate", false), (await test.Store<IDeliveryLog>().PausesAsync(Token))["sms"] is var pause ? (pause.Reason, pause.IsByHand) : default);
        Assert.InRange(_sms.Sent.Count, 1, 32);
        Assert.Equal(40, await CountAsync(test, "sms", DeliveryState.Waiting));
        Assert.Equal(0, (await FindAsync(test, 1)).Delivery.Attempt);

        wrong = false;
        Assert.True((await test.Store<QueueOperation>().ResumeAsync("sms", Token)).Value);
        await RunAsync(test, TimeSpan.FromSeconds(10));
        Assert.Equal(40, await CountAsync(test, "sms", DeliveryState.Sent));
    }

    [Fact]
    public async Task A_queue_that_was_stopped_by_hand_stands_still()
    {
        await using var test = await FreshAsync();
        await test.Store<QueueOperation>().PauseAsync("push", "maintenance", Token);
        await PlanAsync(test, [New(test, 1)]);
        await RunAsync(test, TimeSpan.FromMinutes(1));
        Assert.Empty(_push.Sent);
        await test.Store<QueueOperation>().ResumeAsync("push", Token);
        await RunAsync(test, TimeSpan.FromSeconds(5));
        Assert.Single(_push.Sent);
        Assert.Equal("not_found", (await test.Store<QueueOperation>().PauseAsync("nobody", "x", Token)).Error!.Code);
    }

    [Fact]
    public async Task What_a_dead_process_was_sending_is_in_doubt_and_then_looked_up()
    {
        await using var test = await FreshAsync();
        await PlanAsync(test, [New(test, 1), New(test, 2)]);
        await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Claim(tx, new DeliveryClaim("push", "push", 2, 1, tx.Now.AddMinutes(1))));
        var mine = (await FindAsync(test, 1)).Delivery.Id;
        _push.LookUp = envelope => envelope.Delivery == mine ? ProviderAnswer.Ok("seen", "m-1") : new ProviderAnswer(AnswerClass.Retry, "unknown");
        await test.Store<DeliveryRunner>().TurnAsync(claims: true, Token);
        Assert.Equal((DeliveryState.Ambiguous, 1), (await FindAsync(test, 1)).Delivery is var doubtful ? (doubtful.State, doubtful.Ambiguous) : default);

        await RunAsync(test, TimeSpan.FromMinutes(1));
        var (taken, lost) = (await FindAsync(test, 1), await FindAsync(test, 2));
        Assert.Equal((DeliveryState.Sent, "m-1", 1), (taken.Delivery.State, taken.Delivery.MessageId, taken.Delivery.Ambiguous));
        Assert.Equal((DeliveryState.Sent, 1), (lost.Delivery.State, lost.Delivery.Ambiguous));
        Assert.Equal([lost.Delivery.Id], _push.Sent.Select(envelope => envelope.Delivery));
        Assert.Equal([(false, AnswerClass.Ambiguous), (true, AnswerClass.Retry), (false, AnswerClass.Ok)], lost.Attempts.Select(attempt => (attempt.IsLookUp, attempt.Class)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task However_many_a_dead_process_was_sending_each_is_taken_over_once(bool sameNode)
    {
        const int lost = 650;
        await using var test = await FreshAsync();
        var address = 0;
        await PlanAsync(test, Enumerable.Range(0, lost).Select(_ => New(test, 1) with { AddressId = ++address }));
        var node = test.Store<Snowflake>().Node;
        var claimed = await test.WriteAsync(tx => test.Store<IDeliveryQueue>().Claim(tx, new DeliveryClaim("push", "push", lost, sameNode ? node : node + 1, tx.Now.AddMinutes(1))));
        Assert.Equal(lost, claimed.Count);
        _push.LookUp = envelope => IsSeen(envelope.Delivery) ? ProviderAnswer.Ok("seen", $"m-{envelope.Delivery}") : new ProviderAnswer(AnswerClass.Retry, "unknown");
        if (sameNode)
        {
            // Before anything else is claimed, and all of them: a later turn could not tell them from its own.
            await test.Store<DeliveryRunner>().TurnAsync(claims: false, Token);
            Assert.Equal(lost, await CountAsync(test, "push", DeliveryState.Ambiguous));
        }
        else
        {
            test.Store<DeliveryRunner>().Look();
            await RunAsync(test, TimeSpan.FromSeconds(59));
            Assert.Equal(lost, await CountAsync(test, "push", DeliveryState.Sending));

            // As the sweeper does once a minute.
            test.Time.Advance(TimeSpan.FromSeconds(2));
            test.Store<DeliveryRunner>().Look();
        }

        await RunAsync(test, TimeSpan.FromMinutes(5));
        var all = await test.Store<Deliveries>().OfAsync(new NotificationId(1), null, default, lost + 1, Token);
        Assert.All(all, view => Assert.Equal((DeliveryState.Sent, 1), (view.Delivery.State, view.Delivery.Ambiguous)));
        Assert.All(all, view => Assert.Single(view.Attempts, attempt => attempt.Code == DeliveryReasons.Crashed));
        Assert.Equal([new DeliveryCount("push", DeliveryState.Sent, lost)], await test.Store<IDeliveryLog>().CountsAsync(Token));
        Assert.Equal(
            claimed.Select(delivery => delivery.Id).Where(id => !IsSeen(id)).Select(id => id.Value).Order(),
            _push.Sent.Select(envelope => envelope.Delivery.Value).Order());

        static bool IsSeen(DeliveryId id) => id.Value % 2 == 0;
    }

    [Theory]
    [InlineData(AmbiguousPolicy.Hold, false, 1)]
    [InlineData(AmbiguousPolicy.Hold, true, 2)]
    [InlineData(AmbiguousPolicy.Resend, false, 2)]
    public async Task Without_an_answer_the_policy_decides(AmbiguousPolicy policy, bool collapses, int sends)
    {
        await using var test = await FreshAsync();
        _push.Collapses = collapses;
        _push.Answer = envelope => Task.FromResult(_push.Sent.Count == 1 ? ProviderAnswer.Ambiguous("timeout") : ProviderAnswer.Ok("200"));
        await PlanAsync(test, [New(test, 1) with { Ambiguous = policy }]);
        await RunAsync(test, TimeSpan.FromMinutes(5));

        var delivery = (await FindAsync(test, 1)).Delivery;
        Assert.Equal((sends, 1), (_push.Sent.Count, delivery.Ambiguous));
        Assert.Equal(sends == 2 ? DeliveryState.Sent : DeliveryState.Ambiguous, delivery.State);
        if (sends == 1)
        {
            var later = await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(tx, delivery.Id, new Receipt(ReceiptKind.Delivered, tx.Now) { Code = "delivered" }));
            Assert.True(later);
            Assert.Equal(DeliveryState.Delivered, (await FindAsync(test, 1)).Delivery.State);
        }
    }

    [Fact]
    public async Task A_receipt_that_overtakes_the_answer_stands()
    {
        await using var test = await FreshAsync();
        _push.Answer = async envelope =>
        {
            await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(tx, envelope.Delivery, new Receipt(ReceiptKind.Delivered, tx.Now) { Code = "delivered" }));
            return ProviderAnswer.Ambiguous("timeout");
        };
        await PlanAsync(test, [New(test, 1)]);
        await RunAsync(test, TimeSpan.FromMinutes(10));
        var view = await FindAsync(test, 1);
        Assert.Equal(DeliveryState.Delivered, view.Delivery.State);
        Assert.Equal("timeout", Assert.Single(view.Attempts).Code);
        Assert.Single(_push.Sent);
    }

    [Fact]
    public async Task A_dead_address_is_told_and_its_fallback_need_not_wait()
    {
        await using var test = await FreshAsync(spare: false);
        _push.Answer = _ => Task.FromResult(new ProviderAnswer(AnswerClass.DeadAddress, "410 Unregistered"));
        await PlanAsync(test, [New(test, 1), Fallback(test, 1, TimeSpan.FromMinutes(30))]);
        await RunAsync(test, TimeSpan.FromSeconds(10));
        Assert.Equal(("410 Unregistered", 3L), Assert.Single(_world.Buried) is var dead ? (dead.Code, dead.AddressId) : default);
        Assert.Single(_sms.Sent);
        Assert.Equal(DeliveryState.Dropped, (await FindAsync(test, 1)).Delivery.State);
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 0)]
    public async Task A_fallback_leaves_at_its_time_unless_it_was_opened_or_read(bool isOpened, bool isRead, int sends)
    {
        await using var test = await FreshAsync(spare: false);
        await PlanAsync(test, [New(test, 1), Fallback(test, 1, TimeSpan.FromMinutes(30))]);
        await RunAsync(test, TimeSpan.FromMinutes(29));
        Assert.Empty(_sms.Sent);
        if (isOpened)
        {
            var push = (await FindAsync(test, 1)).Delivery.Id;
            await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(tx, push, new Receipt(ReceiptKind.Opened, tx.Now) { Code = "opened" }));
        }

        _world.IsRead = isRead;
        await RunAsync(test, TimeSpan.FromMinutes(2));
        Assert.Equal(sends, _sms.Sent.Count);
    }

    [Fact]
    public async Task What_was_cancelled_opted_out_or_is_too_late_is_not_sent()
    {
        await using var test = await FreshAsync();
        _world.Standing = delivery => delivery.Notification.Value == 2 ? "opted_out" : null;
        await PlanAsync(test, [New(test, 1), New(test, 2), New(test, 3) with { DueAt = test.Time.GetUtcNow().AddMinutes(2), ExpiresAt = test.Time.GetUtcNow().AddMinutes(1) }]);
        Assert.Equal(1, await test.WriteAsync(tx => test.Store<Deliveries>().Cancel(tx, new NotificationId(1))));
        await RunAsync(test, TimeSpan.FromMinutes(5));
        Assert.Empty(_push.Sent);
        Assert.Equal((DeliveryState.Canceled, "canceled"), (await FindAsync(test, 1)).Delivery is var one ? (one.State, one.Reason) : default);
        Assert.Equal((DeliveryState.Dropped, "opted_out"), (await FindAsync(test, 2)).Delivery is var two ? (two.State, two.Reason) : default);
        Assert.Equal((DeliveryState.Expired, "expired", 0), (await FindAsync(test, 3)).Delivery is var three ? (three.State, three.Reason, three.Attempt) : default);
    }

    [Fact]
    public async Task What_is_found_withdrawn_when_it_is_composed_ends_without_an_attempt_and_frees_its_place()
    {
        await using var test = await FreshAsync();
        _world.Instead = delivery => delivery.Notification.Value % 2 == 0 ? Composed.Withdrawn(DeliveryState.Canceled, DeliveryReasons.Canceled) : null;
        await PlanAsync(test, Enumerable.Range(1, 400).Select(i => New(test, i)));
        await RunAsync(test, TimeSpan.FromSeconds(30));
        Assert.Equal((200L, 200L), (await CountAsync(test, "push", DeliveryState.Sent), await CountAsync(test, "push", DeliveryState.Canceled)));
        var (delivery, attempts) = await FindAsync(test, 2);
        Assert.Equal((0, "canceled"), (delivery.Attempt, delivery.Reason));
        Assert.Empty(attempts);
        Assert.DoesNotContain(_push.Sent, envelope => envelope.Notification.Value % 2 == 0);
    }

    [Fact]
    public async Task What_is_cancelled_while_it_is_out_is_not_tried_again()
    {
        await using var test = await FreshAsync();
        _push.Answer = async envelope =>
        {
            await test.WriteAsync(tx => test.Store<Deliveries>().Cancel(tx, envelope.Notification));
            return new ProviderAnswer(AnswerClass.Retry, "503");
        };
        await PlanAsync(test, [New(test, 1)]);
        await RunAsync(test, TimeSpan.FromHours(1));
        Assert.Single(_push.Sent);
        Assert.Equal(DeliveryState.Canceled, (await FindAsync(test, 1)).Delivery.State);
    }

    [Fact]
    public async Task Dead_letters_are_replayed_by_filter_after_a_dry_run()
    {
        await using var test = await FreshAsync();
        var refuse = true;
        _push.Answer = envelope => Task.FromResult(refuse ? new ProviderAnswer(AnswerClass.Reject, envelope.Notification.Value % 2 == 0 ? "413 PayloadTooLarge" : "400 BadTopic") : ProviderAnswer.Ok("200"));
        await PlanAsync(test, Enumerable.Range(1, 120).Select(n => New(test, n)));
        await RunAsync(test, TimeSpan.FromSeconds(5));
        var filter = new DeliveryFilter { Queue = "push", Reason = "413" };
        var operation = test.Store<QueueOperation>();
        Assert.Equal((60, false), await operation.ReplayAsync(filter, isDry: true, Token));
        Assert.Equal(120, await CountAsync(test, "push", DeliveryState.Dead));

        refuse = false;
        Assert.Equal((60, false), await operation.ReplayAsync(filter, isDry: false, Token));
        await RunAsync(test, TimeSpan.FromSeconds(5));
        Assert.Equal((60L, 60L), (await CountAsync(test, "push", DeliveryState.Dead), await CountAsync(test, "push", DeliveryState.Sent)));
        Assert.Equal(2, (await FindAsync(test, 2)).Attempts.Count);
    }

    [Fact]
    public async Task A_phone_that_never_took_it_is_counted_and_one_that_took_it_is_forgiven()
    {
        await using var test = await FreshAsync(spare: false);
        _sms.Answer = _ => Task.FromResult(new ProviderAnswer(AnswerClass.Retry, "30003") { MaxRetries = 1 });
        await PlanAsync(test, [New(test, 1) with { Channel = DeliveryChannel.Sms, Provider = "sms" }]);
        await RunAsync(test, TimeSpan.FromHours(2));
        Assert.Equal([(3L, "30003")], _world.SoftBounces);

        _sms.Answer = _ => Task.FromResult(ProviderAnswer.Ok("201"));
        await PlanAsync(test, [New(test, 2) with { Channel = DeliveryChannel.Sms, Provider = "sms" }]);
        await RunAsync(test, TimeSpan.FromSeconds(30));
        Assert.Single(_world.SoftBounces);
        var id = (await FindAsync(test, 2)).Delivery.Id;
        Assert.True(await test.WriteAsync(tx => test.Store<Deliveries>().Receipt(tx, id, new Receipt(ReceiptKind.Delivered, tx.Now) { Code = "delivered" })));
        Assert.Empty(_world.SoftBounces);
    }

    [Fact]
    public async Task The_sweeper_finds_nothing_when_all_is_well_and_moves_what_waits_for_nobody()
    {
        await using var test = await FreshAsync();
        await PlanAsync(test, [New(test, 1), New(test, 2) with { Channel = DeliveryChannel.Sms, Provider = "gone" }]);
        await RunAsync(test, TimeSpan.FromSeconds(5));
        Assert.Single(_push.Sent);
        Assert.Equal(1, await test.Store<DeliverySweeper>().LookAsync(sweeps: true, Token));
        await RunAsync(test, TimeSpan.FromSeconds(5));
        Assert.Single(_sms.Sent);
        Assert.Equal(0, await test.Store<DeliverySweeper>().LookAsync(sweeps: true, Token));
    }

    private Task<TestDatabase> FreshAsync(bool spare = true) => fresh(builder =>
    {
        ScriptedProvider[] providers = spare ? [_push, _sms, _spare] : [_push, _sms];
        foreach (var provider in providers)
        {
            builder.Configuration[$"Madang:Notifications:Providers:{provider.Name}:Kind"] = "scripted";
            builder.Configuration[$"Madang:Notifications:Providers:{provider.Name}:Rank"] = provider == _spare ? "200" : "100";
        }

        builder.Services.AddSingleton<IProviderKind>(new ScriptedKind(providers));
        builder.Services.AddSingleton<IEnvelopes>(_world);
        builder.Services.AddSingleton<IClaimCheck>(_world);
        builder.Services.AddSingleton<IReadCheck>(_world);
        builder.Services.AddSingleton<IAddressBook>(_world);
    });

    private static NewDelivery New(TestDatabase test, long notification) => new()
    {
        Notification = new(notification),
        User = new UserId(42),
        Category = "message",
        Channel = DeliveryChannel.Push,
        Provider = "push",
        AddressId = 3,
        Priority = DeliveryPriority.Normal,
        DueAt = test.Time.GetUtcNow(),
        ExpiresAt = test.Time.GetUtcNow().AddHours(12),
    };

    private static NewDelivery Fallback(TestDatabase test, long notification, TimeSpan after) => New(test, notification) with
    {
        Channel = DeliveryChannel.Sms,
        Provider = "sms",
        DueAt = test.Time.GetUtcNow() + after,
        FallbackOf = DeliveryChannel.Push,
    };

    private static Task<bool> PlanAsync(TestDatabase test, IEnumerable<NewDelivery> deliveries) => test.WriteAsync(tx =>
    {
        // The runner hears of commits as soon as it exists.
        _ = test.Store<DeliveryRunner>();
        test.Store<Deliveries>().Plan(tx, [.. deliveries]);
        return true;
    });

    /// <summary>Lets time pass, from one turn of the runner to the next.</summary>
    private static async Task RunAsync(TestDatabase test, TimeSpan time)
    {
        var runner = test.Store<DeliveryRunner>();
        var until = test.Time.GetUtcNow() + time;
        while (true)
        {
            await runner.TurnAsync(claims: true, Token);
            while (!runner.IsIdle())
            {
                await runner.WokenAsync(Token);
                await runner.TurnAsync(claims: true, Token);
            }

            var (now, next) = (test.Time.GetUtcNow(), runner.NextTurn(claims: true));
            if (next > until)
            {
                test.Time.Advance(until - now);
                return;
            }

            if (next > now)
            {
                test.Time.Advance(next - now);
            }
        }
    }

    private static async Task<DeliveryView> FindAsync(TestDatabase test, long notification) =>
        (await test.Store<Deliveries>().OfAsync(new NotificationId(notification), null, default, 10, Token))[0];

    private static async Task<long> CountAsync(TestDatabase test, string queue, DeliveryState state) =>
        (await test.Store<IDeliveryLog>().CountsAsync(Token)).SingleOrDefault(count => count.Queue == queue && count.State == state).Count;
}

public sealed class SqliteDeliveryRunnerFacts() : DeliveryRunnerFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDeliveryRunnerFacts() : DeliveryRunnerFacts(TestDatabase.PostgresAsync);

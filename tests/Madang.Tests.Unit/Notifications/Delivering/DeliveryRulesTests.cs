using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;

namespace Madang.Tests.Unit.Notifications.Delivering;

/// <summary>How a delivery changes, whatever providers answer and in whatever order.</summary>
public sealed class DeliveryRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Kinds = ["apns", "fcm", "webpush", "smtp", "twilio", "kannel", "webhook"];

    [Theory]
    [InlineData("apns", "503 ServiceUnavailable", 15 * 60)]
    [InlineData("apns", "500 InternalServerError", 15 * 60)]
    [InlineData("fcm", "429 QUOTA_EXCEEDED", 60)]
    [InlineData("fcm", "503 UNAVAILABLE", 10)]
    [InlineData("webpush", "429", 60)]
    [InlineData("webpush", "503", 10)]
    [InlineData("smtp", "450 4.2.0", 60)]
    [InlineData("smtp", "452 4.2.2", 15 * 60)]
    [InlineData("twilio", "429 20429", 5)]
    public void A_retry_never_comes_before_the_floor_of_its_class(string kind, string code, int floor)
    {
        var schedule = RetrySchedules.For(kind, new ProviderAnswer(AnswerClass.Retry, code));
        Assert.Equal(TimeSpan.FromSeconds(floor), schedule.Delay(1, null, 0));
        Assert.True(schedule.Delay(1, null, 1) > schedule.Delay(1, null, 0.5));
    }

    [Fact]
    public void A_webhook_is_tried_by_the_published_steps_and_then_given_up()
    {
        var schedule = RetrySchedules.For("webhook", new ProviderAnswer(AnswerClass.Retry, "500"));
        var steps = Enumerable.Range(1, 10).Select(attempt => schedule.Delay(attempt, null, 0)).ToList();
        Assert.Equal([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400], steps.Take(9).Select(step => (int)step!.Value.TotalSeconds));
        Assert.Null(steps[9]);
    }

    [Fact]
    public void A_full_mailbox_outlives_three_quick_tries_and_lasts_to_the_end_of_its_time()
    {
        var (delivery, now, tries) = (Sending(TimeSpan.FromDays(3)), Start, 0);
        while (delivery.State != DeliveryState.Expired)
        {
            delivery = delivery.After(new ProviderAnswer(AnswerClass.Retry, "452 4.2.2 quota"), "smtp", false, 0.5, now);
            tries++;
            if (delivery.State == DeliveryState.Waiting)
            {
                now = delivery.DueAt;
                delivery = Claim(delivery);
            }
        }

        Assert.InRange(tries, 20, 100);
        Assert.True(now - Start > TimeSpan.FromDays(2.8));
        Assert.Equal("expired; last: 452 4.2.2 quota", delivery.Reason);
    }

    [Fact]
    public void An_error_that_a_second_try_rarely_mends_is_tried_once_more()
    {
        var answer = new ProviderAnswer(AnswerClass.Retry, "30003") { MaxRetries = 1 };
        var again = Sending(TimeSpan.FromDays(1)).After(answer, "twilio", false, 0.5, Start);
        Assert.Equal(DeliveryState.Waiting, again.State);
        Assert.Equal((DeliveryState.Dead, "30003"), Claim(again).After(answer, "twilio", false, 0.5, again.DueAt) is var end ? (end.State, end.Reason) : default);
    }

    [Fact]
    public void There_is_one_last_try_before_the_end_where_the_provider_lets_it_be_so_soon()
    {
        var late = Sending(TimeSpan.FromMinutes(5)) with { Attempt = 12 };
        var last = late.After(new ProviderAnswer(AnswerClass.Retry, "503"), "fcm", false, 1, Start);
        Assert.Equal(DeliveryState.Waiting, last.State);
        Assert.InRange(last.DueAt, Start.AddSeconds(10), late.ExpiresAt);
        Assert.Equal(DeliveryState.Expired, late.After(new ProviderAnswer(AnswerClass.Retry, "503"), "apns", false, 0, Start).State);
    }

    [Fact]
    public void Whatever_is_answered_the_row_stays_sound()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(Walks().ToArbitrary(), walk =>
            {
                var (delivery, now, ambiguous) = (Sending(TimeSpan.FromHours(walk.Hours), walk.Policy), Start, 0);
                foreach (var step in walk.Steps)
                {
                    var before = delivery;
                    delivery = delivery.After(step.Answer, walk.Kind, walk.Collapses, step.Random, now);
                    Sound(before, delivery, step.Answer, now);
                    ambiguous += step.Answer.Class == AnswerClass.Ambiguous && !before.IsUnanswered ? 1 : 0;
                    Assert.Equal(ambiguous, delivery.Ambiguous);
                    if (!delivery.IsAlive)
                    {
                        return;
                    }

                    now = delivery.DueAt > now ? delivery.DueAt : now;
                    delivery = Claim(delivery);
                }
            }));
    }

    [Fact]
    public void Receipts_come_to_the_same_in_whatever_order_and_number()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000),
            Prop.ForAll(Gen.Elements(ReceiptKind.Failed, ReceiptKind.Delivered, ReceiptKind.Opened).ListOf().ToArbitrary(), kinds =>
            {
                var sent = Sending(TimeSpan.FromDays(1)).After(ProviderAnswer.Ok("200"), "twilio", false, 0, Start);
                var end = kinds.Aggregate(sent, (delivery, kind) => delivery.Receive(Of(kind), "twilio", 0.5, Start.AddMinutes(1)));
                var best = kinds.Count == 0 ? default : kinds.Max();
                Assert.Equal(best switch { ReceiptKind.Failed => DeliveryState.Dead, >= ReceiptKind.Delivered => DeliveryState.Delivered, _ => DeliveryState.Sent }, end.State);
                Assert.Equal(best == ReceiptKind.Opened, end.OpenedAt is not null);
            }));
    }

    [Fact]
    public void A_late_receipt_resolves_every_doubt()
    {
        var doubtful = Sending(TimeSpan.FromHours(1)).After(ProviderAnswer.Ambiguous("timeout"), "twilio", false, 0.5, Start);
        Assert.Equal((DeliveryState.Delivered, false, 1), doubtful.Receive(Of(ReceiptKind.Delivered), "twilio", 0, Start) is var known ? (known.State, known.IsUnanswered, known.Ambiguous) : default);
        Assert.Equal(DeliveryState.Dead, doubtful.Receive(Of(ReceiptKind.Failed), "twilio", 0, Start).State);
        var expired = doubtful.Unanswered(Start.AddHours(2));
        Assert.Equal(DeliveryState.Delivered, expired.Receive(Of(ReceiptKind.Delivered), "twilio", 0, Start).State);
    }

    [Fact]
    public void A_doubt_that_nobody_can_end_ends_with_its_time()
    {
        var held = Claim(Sending(TimeSpan.FromHours(1)).After(ProviderAnswer.Ambiguous("timeout"), "smtp", false, 0.5, Start)).After(ProviderAnswer.Ambiguous("no_lookup"), "smtp", false, 0.5, Start);
        Assert.Equal((DeliveryState.Ambiguous, Start.AddHours(1)), (held.State, held.DueAt));
        Assert.Equal((DeliveryState.Expired, "unanswered"), Claim(held).After(ProviderAnswer.Ambiguous("no_lookup"), "smtp", false, 0.5, held.DueAt) is var end ? (end.State, end.Reason) : default);
        Assert.Equal(DeliveryState.Waiting, held.Resolve(hasArrived: false, Start)!.State);
        Assert.Equal(DeliveryState.Sent, held.Resolve(hasArrived: true, Start)!.State);
        Assert.Null(Sending(TimeSpan.FromHours(1)).Resolve(hasArrived: true, Start));
    }

    private static void Sound(Delivery before, Delivery after, ProviderAnswer answer, DateTimeOffset now)
    {
        Assert.Null(after.Node);
        Assert.Null(after.LeaseUntil);
        Assert.NotEqual(DeliveryState.Sending, after.State);
        Assert.True(after.Ambiguous >= before.Ambiguous);
        Assert.Equal(before.ExpiresAt, after.ExpiresAt);
        Assert.Equal(after.State == DeliveryState.Ambiguous, after.IsUnanswered);
        Assert.Equal(!after.IsAlive, after.FinishedAt is not null);
        switch (after.State)
        {
            case DeliveryState.Waiting:
                // Only a queue that stands still keeps what is too late; the claim ends it.
                Assert.True(after.DueAt < after.ExpiresAt || answer.Class == AnswerClass.Config || before.IsUnanswered);
                Assert.True(after.DueAt >= now);
                Assert.True(answer.Class is not (AnswerClass.Retry or AnswerClass.RetryNewConnection) || before.IsUnanswered || after.DueAt >= now + (answer.RetryAfter ?? TimeSpan.Zero));
                break;
            case DeliveryState.Sent:
                Assert.Equal(AnswerClass.Ok, answer.Class);
                break;
            case DeliveryState.Dropped:
                Assert.True(answer.Class is AnswerClass.DeadAddress or AnswerClass.Suppressed);
                break;
        }
    }

    private static Receipt Of(ReceiptKind kind) => new(kind, Start.AddMinutes(1))
    {
        Code = kind.ToString(),
        Failure = kind == ReceiptKind.Failed ? new ProviderAnswer(AnswerClass.Reject, "30007 filtered") : null,
    };

    private static Delivery Sending(TimeSpan timeToLive, AmbiguousPolicy policy = AmbiguousPolicy.Hold) => Claim(new Delivery
    {
        Id = new(1),
        Notification = new(1),
        Category = "x",
        Channel = DeliveryChannel.Push,
        Provider = "p",
        Priority = DeliveryPriority.Normal,
        Policy = policy,
        DueAt = Start,
        ExpiresAt = Start + timeToLive,
        State = DeliveryState.Waiting,
    });

    private static Delivery Claim(Delivery waiting) => waiting with
    {
        State = DeliveryState.Sending,
        Attempt = waiting.Attempt + (waiting.IsUnanswered ? 0 : 1),
        Fence = waiting.Fence + 1,
        Node = 1,
        LeaseUntil = Start.AddDays(9),
    };

    private static Gen<Walk> Walks()
    {
        var answers =
            from kind in Gen.Elements(Enum.GetValues<AnswerClass>())
            from code in Gen.Elements("200", "410 Unregistered", "429", "450 4.2.0", "452 4.2.2", "503", "timeout", "connect", "")
            from scope in Gen.Elements(Enum.GetValues<AnswerScope>())
            from seconds in Gen.Elements<int?>(null, null, 0, 30, 7_200, 1_000_000)
            from most in Gen.Elements<int?>(null, null, null, 1)
            from random in Gen.Choose(0, 1_000)
            select (new ProviderAnswer(kind, code) { Scope = scope, RetryAfter = seconds is { } s ? TimeSpan.FromSeconds(s) : null, MaxRetries = most }, random / 1_000.0);
        return
            from steps in answers.ListOf()
            from hours in Gen.Choose(1, 100)
            from kind in Gen.Elements(Kinds)
            from collapses in Gen.Elements(true, false)
            from policy in Gen.Elements(AmbiguousPolicy.Hold, AmbiguousPolicy.Resend)
            select new Walk([.. steps], hours, kind, collapses, policy);
    }

    private sealed record Walk(IReadOnlyList<(ProviderAnswer Answer, double Random)> Steps, int Hours, string Kind, bool Collapses, AmbiguousPolicy Policy);
}

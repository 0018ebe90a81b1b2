using Madang.Notifications.Categories;
using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

/// <summary>How a delivery changes. Pure: what is written, by whom and when, is the runner's matter.</summary>
internal static class DeliveryRules
{
    private const int MaxReason = 200;

    /// <summary>What becomes of a delivery that was sent, or looked up when it was unanswered.</summary>
    /// <param name="collapses">Whether a second send of it shows once on the device.</param>
    /// <param name="random">0 to 1, for the jitter.</param>
    public static Delivery After(this Delivery sending, ProviderAnswer answer, string kind, bool collapses, double random, DateTimeOffset now) => answer.Class switch
    {
        AnswerClass.Ok => sending.End(DeliveryState.Sent, null, now) with { MessageId = answer.MessageId ?? sending.MessageId },
        AnswerClass.DeadAddress or AnswerClass.Suppressed => sending.End(DeliveryState.Dropped, answer.Code, now),
        AnswerClass.Reject => sending.End(DeliveryState.Dead, answer.Code, now),
        AnswerClass.Ambiguous when sending.IsUnanswered => sending.StillInDoubt(collapses, now),
        AnswerClass.Ambiguous => sending.InDoubt(answer.Code, RetrySchedules.Doubt(sending.Ambiguous + 1, collapses, random), now) with { MessageId = answer.MessageId ?? sending.MessageId },
        AnswerClass.Config => sending.Release(now) with { Reason = Short(answer.Code) },

        // The look-up says that it was not taken: what was in doubt is none any more, and it is sent as if for the first time.
        _ when sending.IsUnanswered => sending.Free() with { State = DeliveryState.Waiting, DueAt = now, IsUnanswered = false, Reason = Short(answer.Code) },
        _ => sending.Again(answer, RetrySchedules.For(kind, answer), random, now),
    };

    /// <summary>It was found being sent by nobody: the node died, or lost it. Nobody knows whether it was handed over.</summary>
    public static Delivery Lost(this Delivery sending, double random, DateTimeOffset now) => sending.IsUnanswered
        ? sending.Free() with { State = DeliveryState.Ambiguous, DueAt = now }
        : sending.InDoubt(DeliveryReasons.Crashed, RetrySchedules.Doubt(1, collapses: true, random), now);

    /// <summary>Claimed, and certainly not handed over: back to where it stood, the attempt does not count.</summary>
    public static Delivery Release(this Delivery sending, DateTimeOffset dueAt) => sending.IsUnanswered
        ? sending.Free() with { State = DeliveryState.Ambiguous, DueAt = dueAt }
        : sending.Free() with { State = DeliveryState.Waiting, DueAt = dueAt, Attempt = sending.Attempt - 1 };

    /// <summary>Why a delivery that was just claimed may not be sent; null when it may.</summary>
    /// <param name="standing">The reason of the address book and the preferences; null when both agree.</param>
    public static Delivery? Refuse(this Delivery claimed, string? standing, bool isOpened, DateTimeOffset now) => claimed switch
    {
        // Unanswered ones are asked about first, whatever has changed since: the answer is worth having.
        { IsUnanswered: true } => null,
        { IsCancelRequested: true } => claimed.Uncounted().End(DeliveryState.Canceled, DeliveryReasons.Canceled, now),
        _ when claimed.ExpiresAt <= now => claimed.Uncounted().Expire(now),
        _ when isOpened => claimed.Uncounted().End(DeliveryState.Dropped, DeliveryReasons.Opened, now),
        _ when standing is not null => claimed.Uncounted().End(DeliveryState.Dropped, standing, now),
        _ => null,
    };

    /// <summary>Claimed, and then found not to be worth sending any more.</summary>
    public static Delivery Withdraw(this Delivery claimed, DeliveryState state, string reason, DateTimeOffset now) => claimed.Uncounted().End(state, reason, now);

    /// <summary>Ended while it waits; asked to end, or not to be sent again, while it is out.</summary>
    public static Delivery Cancel(this Delivery delivery, DateTimeOffset now) => delivery.State switch
    {
        DeliveryState.Waiting => delivery.End(DeliveryState.Canceled, DeliveryReasons.Canceled, now),
        DeliveryState.Sending or DeliveryState.Ambiguous => delivery with { IsCancelRequested = true },
        _ => delivery,
    };

    /// <summary>A dead or expired one waits again, with all its attempts and at least <paramref name="timeToLive"/>; null for any other.</summary>
    public static Delivery? Replay(this Delivery ended, TimeSpan timeToLive, DateTimeOffset now) => ended.State is DeliveryState.Dead or DeliveryState.Expired
        ? ended with
        {
            State = DeliveryState.Waiting,
            DueAt = now,
            ExpiresAt = ended.ExpiresAt > now + timeToLive ? ended.ExpiresAt : Cut(now + timeToLive),
            Attempt = 0,
            IsUnanswered = false,
            IsCancelRequested = false,
            FinishedAt = null,
        }
        : null;

    /// <summary>What a person says about one that is in doubt; null when it is not.</summary>
    public static Delivery? Resolve(this Delivery doubtful, bool hasArrived, DateTimeOffset now) => doubtful.State != DeliveryState.Ambiguous ? null
        : hasArrived ? doubtful.End(DeliveryState.Sent, null, now)
        : doubtful with { State = DeliveryState.Waiting, DueAt = now, IsUnanswered = false, ExpiresAt = doubtful.ExpiresAt > now ? doubtful.ExpiresAt : Cut(now.AddHours(1)) };

    /// <summary>
    /// What a receipt changes; the same delivery when it says nothing new. Receipts come late and out of order, so each has a rank: failed, delivered, opened; a
    /// lower one never undoes a higher.
    /// </summary>
    public static Delivery Receive(this Delivery delivery, Receipt receipt, string kind, double random, DateTimeOffset now)
    {
        if (receipt.Failure is { } failure)
        {
            // Only what counts as taken, or is in doubt, can still fail.
            return delivery.State is DeliveryState.Sent or DeliveryState.Ambiguous
                ? (delivery with { IsUnanswered = false, Attempt = Math.Max(delivery.Attempt, 1) }).After(failure, kind, collapses: false, random, now) is var after
                    && after.State == DeliveryState.Ambiguous ? delivery : after
                : delivery;
        }

        if (receipt.Kind == ReceiptKind.Taken)
        {
            return delivery.State == DeliveryState.Ambiguous ? delivery.End(DeliveryState.Sent, null, now) : delivery;
        }

        var opened = receipt.Kind == ReceiptKind.Opened ? delivery.OpenedAt ?? Cut(receipt.At) : delivery.OpenedAt;
        return delivery.State is DeliveryState.Delivered
            ? delivery with { OpenedAt = opened }
            : delivery.End(DeliveryState.Delivered, null, now) with { OpenedAt = opened, FinishedAt = Cut(receipt.At) };
    }

    public static Delivery Expire(this Delivery delivery, DateTimeOffset now) => delivery.End(
        DeliveryState.Expired, delivery.Reason is { } last && !last.StartsWith(DeliveryReasons.Expired, StringComparison.Ordinal) ? $"{DeliveryReasons.Expired}; last: {last}" : DeliveryReasons.Expired, now);

    /// <summary>Its time ended, and nobody ever said whether it arrived.</summary>
    public static Delivery Unanswered(this Delivery doubtful, DateTimeOffset now) => doubtful.End(DeliveryState.Expired, DeliveryReasons.Unanswered, now);

    /// <summary>To the millisecond, as both engines keep it.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static Delivery InDoubt(this Delivery sending, string reason, TimeSpan wait, DateTimeOffset now) => sending.Free() with
    {
        State = DeliveryState.Ambiguous,
        IsUnanswered = true,
        Ambiguous = sending.Ambiguous + 1,
        DueAt = Cut(now + wait),
        Reason = Short(reason),
    };

    /// <summary>Not even the look-up knows: sent again where that is harmless or wanted, else left as it is to the end of its time.</summary>
    private static Delivery StillInDoubt(this Delivery asked, bool collapses, DateTimeOffset now) => asked switch
    {
        _ when asked.ExpiresAt <= now => asked.Unanswered(now),
        { IsCancelRequested: false } when collapses || asked.Policy == AmbiguousPolicy.Resend =>
            asked.Free() with { State = DeliveryState.Waiting, DueAt = now, IsUnanswered = false },
        _ => asked.Free() with { State = DeliveryState.Ambiguous, DueAt = asked.ExpiresAt },
    };

    private static Delivery Again(this Delivery sending, ProviderAnswer answer, RetrySchedule schedule, double random, DateTimeOffset now)
    {
        if (sending.IsCancelRequested)
        {
            return sending.End(DeliveryState.Canceled, answer.Code, now);
        }

        if (sending.Attempt > answer.MaxRetries || schedule.Delay(sending.Attempt, answer.RetryAfter, random) is not { } wait)
        {
            return sending.End(DeliveryState.Dead, answer.Code, now);
        }

        // One last try before its time ends, if the provider lets it be that soon.
        var soonest = now + schedule.Floor + (answer.RetryAfter ?? TimeSpan.Zero);
        var due = now + wait;
        due = due >= sending.ExpiresAt && soonest < sending.ExpiresAt ? soonest + ((sending.ExpiresAt - soonest) * random * 0.9) : due;
        return due >= sending.ExpiresAt
            ? (sending with { Reason = Short(answer.Code) }).Expire(now)
            : sending.Free() with { State = DeliveryState.Waiting, DueAt = Cut(due), Reason = Short(answer.Code) };
    }

    private static Delivery Uncounted(this Delivery claimed) => claimed with { Attempt = Math.Max(0, claimed.Attempt - 1) };

    private static Delivery End(this Delivery delivery, DeliveryState state, string? reason, DateTimeOffset now) =>
        delivery.Free() with { State = state, IsUnanswered = false, Reason = reason is null ? null : Short(reason), FinishedAt = Cut(now) };

    private static Delivery Free(this Delivery delivery) => delivery with { Node = null, LeaseUntil = null };

    private static string Short(string reason) => reason.Length <= MaxReason ? reason : string.Concat(reason.AsSpan(0, MaxReason - 1), "…");
}

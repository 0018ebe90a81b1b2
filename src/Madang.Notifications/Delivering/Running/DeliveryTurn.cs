using Madang.Notifications.Channels;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Delivering.Running;

/// <summary>What one transaction of the runner is asked to do.</summary>
internal sealed record TurnRequest
{
    public required IReadOnlyList<Ended> Ended { get; init; }

    public required IReadOnlyList<LaneClaim> Claims { get; init; }

    /// <summary>Leases to renew; others' ended leases are taken up on the same occasion. Null when it is not time.</summary>
    public IReadOnlyList<Delivery>? Held { get; init; }

    /// <summary>A queue stands still, and may go on by now.</summary>
    public bool ReadsPauses { get; init; }

    /// <summary>The first turn of this process: whatever is being sent under its node id belongs to one that died.</summary>
    public bool IsFirst { get; init; }

    public bool IsEmpty => Ended.Count == 0 && Claims.Count == 0 && Held is null && !ReadsPauses && !IsFirst;
}

/// <summary>A hand-over that ended.</summary>
/// <param name="Address">As it was sent to; for the address book.</param>
internal sealed record Ended(DeliveryChange Change, ProviderAnswer? Answer, string? Address);

/// <param name="Queue">Its own, or one that it takes over from.</param>
internal sealed record LaneClaim(string Provider, string Queue, int Places);

/// <param name="Claimed">Per claim: what may be sent, and when that queue is worth another look.</param>
/// <param name="Kept">The renewed leases; null when none were asked for.</param>
/// <param name="Stale">What had moved on before its end was written: by a receipt, a person, or another node.</param>
/// <param name="Pauses">Null when nobody looked.</param>
/// <param name="Recovered">How many were found that nobody sent any more.</param>
/// <param name="IsRecovered">False when more of them wait for the next turn.</param>
internal sealed record TurnResult(
    IReadOnlyList<(LaneClaim Claim, IReadOnlyList<Claimed> Deliveries, DateTimeOffset? NextLook)> Claimed,
    IReadOnlySet<DeliveryId>? Kept,
    IReadOnlyList<DeliveryChange> Stale,
    IReadOnlyList<DeliveryChange> Refused,
    IReadOnlyDictionary<string, QueuePause>? Pauses,
    int Recovered,
    bool IsRecovered);

/// <summary>One transaction of the runner: answers in, new claims out. It costs one commit whatever it holds, and what it claims is on disk before a provider hears of it.</summary>
internal sealed class DeliveryTurn(
    IDeliveryQueue queue, IClaimCheck check, IEnumerable<IReadCheck> reads, IEnumerable<IAddressBook> books, Tracking.DeliveryEvents events, Snowflake ids,
    IOptions<NotificationsOptions> options)
{
    private const int RecoverLimit = 200;
    private readonly IReadCheck[] _reads = [.. reads];
    private readonly IAddressBook[] _books = [.. books];

    /// <param name="stopping">Once it is set nothing more is claimed, also by a turn that has waited for the writer.</param>
    public TurnResult Run(WriteTx tx, TurnRequest request, CancellationToken stopping)
    {
        var stale = request.Ended.Count == 0 ? [] : queue.Put(tx, [.. request.Ended.Select(ended => ended.Change)]);
        events.Told(tx, [.. request.Ended.Select(ended => ended.Change).Except(stale).Select(change => change.After)]);
        foreach (var ended in request.Ended)
        {
            Follow(tx, ended);
        }

        // Renewed by fence, before anything is taken up: a lease that ran out unnoticed is still ours if nobody else has it.
        var kept = request.Held is { } held ? held.Count == 0 ? new HashSet<DeliveryId>() : queue.Renew(tx, held, tx.Now + options.Value.Lease) : null;
        var recovered = request.Held is null ? 0 : Recover(tx, null);
        var isRecovered = recovered < RecoverLimit;

        // All of them before anything is claimed: a later turn could not tell them from its own.
        for (var more = request.IsFirst ? RecoverLimit : 0; more == RecoverLimit;)
        {
            recovered += more = Recover(tx, ids.Node);
        }

        List<(LaneClaim, IReadOnlyList<Claimed>, DateTimeOffset?)> claimed = [];
        List<DeliveryChange> refused = [];
        var pauses = request.Claims.Count > 0 || request.ReadsPauses || request.IsFirst || request.Ended.Any(ended => ended.Answer?.Class == AnswerClass.Config) ? queue.Pauses(tx) : null;
        foreach (var claim in stopping.IsCancellationRequested ? [] : request.Claims)
        {
            claimed.Add(Claim(tx, claim, pauses!, refused));
        }

        if (refused.Count > 0)
        {
            queue.Put(tx, refused);
        }

        return new(claimed, kept, stale, refused, pauses, recovered, isRecovered);
    }

    /// <summary>What an end brings with it: the address book, a queue that must stand still, a fallback that need not wait any longer.</summary>
    private void Follow(WriteTx tx, Ended ended)
    {
        var after = ended.Change.After;
        switch (ended.Answer?.Class)
        {
            case AnswerClass.DeadAddress or AnswerClass.Suppressed:
                foreach (var book in _books)
                {
                    book.Dead(tx, new DeadAddress(
                        after.Channel, after.AddressId, after.Address ?? ended.Address, after.Provider, ended.Answer.Value.Code, ended.Answer.Value.Class == AnswerClass.Suppressed,
                        ended.Change.Attempt?.At ?? tx.Now));
                }

                break;
            case AnswerClass.Retry when IsGivenUp(ended):
                foreach (var book in _books)
                {
                    book.SoftBounced(tx, after.AddressId, ended.Answer.Value.Code, ended.Change.Attempt?.At ?? tx.Now);
                }

                break;
            case AnswerClass.Config:
                queue.Pause(tx, after.Provider, new QueuePause(tx.Now, Reason(ended.Answer.Value), IsByHand: false));
                break;
        }

        if (after.State is DeliveryState.Dead or DeliveryState.Dropped or DeliveryState.Expired)
        {
            Fallbacks.PullForward(tx, queue, after);
        }
    }

    /// <summary>A mailbox or a phone said "not now" until it was too late; when the provider or the line failed, that says nothing about it.</summary>
    private static bool IsGivenUp(Ended ended) => ended is
    {
        Change.After: { State: DeliveryState.Dead or DeliveryState.Expired, AddressId: not 0, Channel: DeliveryChannel.Email or DeliveryChannel.Sms },
        Answer.Scope: AnswerScope.Address or AnswerScope.Delivery,
    };

    private (LaneClaim, IReadOnlyList<Claimed>, DateTimeOffset?) Claim(WriteTx tx, LaneClaim claim, IReadOnlyDictionary<string, QueuePause> pauses, List<DeliveryChange> refused)
    {
        // A queue that an operator has stopped stands still for everybody; one that stopped by a fault may be helped out by others.
        if (pauses.TryGetValue(claim.Queue, out var pause) && (pause.IsByHand || claim.Queue == claim.Provider))
        {
            return (claim, [], null);
        }

        var taken = queue.Claim(tx, new DeliveryClaim(claim.Queue, claim.Provider, claim.Places, ids.Node, tx.Now + options.Value.Lease));
        var live = Check(tx, taken, refused);
        return (claim, live, taken.Count == claim.Places ? tx.Now : queue.NextDueAt(tx, claim.Queue));
    }

    private List<Claimed> Check(WriteTx tx, IReadOnlyList<Delivery> taken, List<DeliveryChange> refused)
    {
        if (taken.Count == 0)
        {
            return [];
        }

        var standing = check.Standing(tx, taken);
        List<Claimed> live = new(taken.Count);
        for (var i = 0; i < taken.Count; i++)
        {
            var delivery = taken[i];
            if (delivery.Refuse(standing[i].Drop, delivery.FallbackOf is not null && IsSeen(tx, delivery), tx.Now) is { } end)
            {
                refused.Add(new DeliveryChange(delivery, end));
                if (end.State == DeliveryState.Expired)
                {
                    Fallbacks.PullForward(tx, queue, end);
                }
            }
            else
            {
                live.Add(new Claimed(delivery, standing[i]));
            }
        }

        return live;
    }

    private bool IsSeen(WriteTx tx, Delivery fallback) =>
        queue.LockSiblings(tx, fallback.Notification, fallback.User).Any(sibling => sibling.OpenedAt is not null) ||
        (fallback.User is { } user && _reads.Any(read => read.IsRead(tx, fallback.Notification, user)));

    private int Recover(WriteTx tx, int? node)
    {
        var abandoned = queue.Abandoned(tx, node, RecoverLimit);
        if (abandoned.Count == 0)
        {
            return 0;
        }

        queue.Put(tx, [.. abandoned.Select(lost => new DeliveryChange(lost, lost.Lost(Random.Shared.NextDouble(), tx.Now), new DeliveryAttempt
        {
            Number = lost.Fence,
            At = lost.StartedAt ?? tx.Now,
            Provider = lost.Provider,
            IsLookUp = lost.IsUnanswered,
            Class = AnswerClass.Ambiguous,
            Code = DeliveryReasons.Crashed,
            Latency = TimeSpan.Zero,
        }))]);
        return abandoned.Count;
    }

    private static string Reason(ProviderAnswer answer) => answer.Detail is { Length: > 0 } detail ? $"{answer.Code}: {detail}" : answer.Code;
}

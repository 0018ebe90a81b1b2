using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Delivering.Running;

/// <summary>Takes what was claimed to its provider: composed in a batch, handed over one by one at once, each answer told as it comes.</summary>
internal sealed partial class DeliverySending(IEnvelopes envelopes, DeliveryMetrics metrics, TimeProvider time, ILogger<DeliverySending> log)
{
    // Longer than any provider's own limit (SMTP waits ten minutes for the answer to the final dot).
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public async Task SendAsync(ProviderLane lane, IReadOnlyList<Claimed> claimed, Action<Ended> end, CancellationToken stopping)
    {
        IReadOnlyList<Composed> composed;
        try
        {
            composed = await envelopes.ComposeAsync(claimed, stopping);
        }

        // Nothing was handed over: all of them go back for a while. The reason is in the log, and the deliveries stay where they can be seen.
        catch (Exception fault)
        {
            if (!stopping.IsCancellationRequested)
            {
                LogNotComposed(lane.Name, fault);
            }

            var again = DeliveryRules.Cut(time.GetUtcNow() + (stopping.IsCancellationRequested ? TimeSpan.Zero : TimeSpan.FromSeconds(10)));
            lane.Free(claimed.Count);
            foreach (var (delivery, _) in claimed)
            {
                end(new Ended(new DeliveryChange(delivery, delivery.Release(again)), null, null));
            }

            return;
        }

        for (var i = 0; i < claimed.Count; i++)
        {
            if (composed[i].Envelope is { } envelope)
            {
                _ = SendAsync(lane, claimed[i].Delivery, envelope, end, stopping);
            }
            else if (composed[i].End is { } state)
            {
                lane.Free(1);
                var delivery = claimed[i].Delivery;
                end(new Ended(new DeliveryChange(delivery, delivery.Withdraw(state, composed[i].Fault!, DeliveryRules.Cut(time.GetUtcNow()))), null, null));
            }
            else
            {
                Refuse(lane, claimed[i].Delivery, composed[i].Fault ?? "no_content", end);
            }
        }
    }

    /// <summary>What a commit has made true is counted.</summary>
    public void Written(IReadOnlyList<Ended> ended, IReadOnlyList<DeliveryChange> refused)
    {
        foreach (var end in ended)
        {
            metrics.Ended(end.Change);
        }

        foreach (var change in refused)
        {
            metrics.Ended(change);
        }
    }

    private async Task SendAsync(ProviderLane lane, Delivery delivery, Envelope envelope, Action<Ended> end, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (stopping.IsCancellationRequested || lane.HeldUntil(envelope, now) is not null)
        {
            var until = lane.HeldUntil(envelope, now) ?? now;
            lane.Free(1);
            end(new Ended(new DeliveryChange(delivery, delivery.Release(DeliveryRules.Cut(until))), null, envelope.Address));
            return;
        }

        metrics.Started(delivery, now);
        var began = time.GetTimestamp();
        if (await AskAsync(lane.Provider, delivery, envelope, stopping) is not { } answer)
        {
            // The server stops, and nothing was written.
            lane.Free(1);
            end(new Ended(new DeliveryChange(delivery, delivery.Release(DeliveryRules.Cut(now))), null, envelope.Address));
            return;
        }

        var latency = time.GetElapsedTime(began);
        now = time.GetUtcNow();
        if (lane.Ended(envelope, answer, latency, now))
        {
            LogBreaker(lane.Name, lane.View(now).Breaker, answer.Code);
        }

        var after = delivery.After(answer, lane.Provider.Kind, lane.Collapses, Random.Shared.NextDouble(), DeliveryRules.Cut(now));
        metrics.Answered(lane.Name, answer, latency);
        end(new Ended(new DeliveryChange(delivery, after, Attempt(delivery, after, answer, latency, now)), answer, envelope.Address));
    }

    /// <summary>Null when the server stops and nothing was handed over.</summary>
    private async Task<ProviderAnswer?> AskAsync(IProvider provider, Delivery delivery, Envelope envelope, CancellationToken stopping)
    {
        try
        {
            var asked = delivery.IsUnanswered ? provider.LookUpAsync(envelope, stopping) : provider.SendAsync(envelope, stopping);
            return await asked.WaitAsync(Longest, time, CancellationToken.None);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (TimeoutException)
        {
            return ProviderAnswer.Ambiguous("timeout");
        }

        // A provider that throws has a bug, and nobody knows how far it came: the delivery must not be lost or doubled by it.
        catch (Exception fault)
        {
            LogThrew(provider.Name, delivery.Id, fault);
            return ProviderAnswer.Ambiguous($"fault {fault.GetType().Name}");
        }
    }

    private void Refuse(ProviderLane lane, Delivery delivery, string reason, Action<Ended> end)
    {
        var now = DeliveryRules.Cut(time.GetUtcNow());
        var answer = new ProviderAnswer(AnswerClass.Reject, reason);
        lane.Free(1);

        // What cannot be made any more can still be in doubt: that stays as it is.
        var after = delivery.IsUnanswered ? delivery.Release(delivery.ExpiresAt) : delivery.After(answer, lane.Provider.Kind, lane.Collapses, 0, now);
        end(new Ended(new DeliveryChange(delivery, after, Attempt(delivery, after, answer, TimeSpan.Zero, now)), null, null));
    }

    private static DeliveryAttempt Attempt(Delivery delivery, Delivery after, ProviderAnswer answer, TimeSpan latency, DateTimeOffset now) => new()
    {
        Number = delivery.Fence,
        At = DeliveryRules.Cut(now - latency),
        Provider = delivery.Provider,
        IsLookUp = delivery.IsUnanswered,
        Class = answer.Class,
        Code = answer.Code,
        Detail = answer.Detail,
        Latency = latency,
        NextAt = after.State is DeliveryState.Waiting or DeliveryState.Ambiguous ? after.DueAt : null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Deliveries of {Queue} could not be composed; they wait")]
    private partial void LogNotComposed(string queue, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Provider {Provider} threw while it sent {Id}")]
    private partial void LogThrew(string provider, DeliveryId id, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The breaker of {Queue} is {State} now: {Code}")]
    private partial void LogBreaker(string queue, BreakerState state, string code);
}

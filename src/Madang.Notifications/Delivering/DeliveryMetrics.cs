using System.Diagnostics;
using System.Diagnostics.Metrics;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;

namespace Madang.Notifications.Delivering;

/// <summary>Meter <c>Madang.Notifications</c>: what becomes of deliveries, and how the lanes stand.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _ended;
    private readonly Counter<long> _answers;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _swept;
    private readonly ProviderRoutes _routes;
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<DeliveryCount> _counts = [];
    private volatile IReadOnlyDictionary<string, double> _ages = new Dictionary<string, double>();

    public DeliveryMetrics(IMeterFactory meters, ProviderRoutes routes, TimeProvider time)
    {
        (_routes, _time) = (routes, time);
        var meter = meters.Create("Madang.Notifications");
        _ended = meter.CreateCounter<long>("madang.deliveries.changes", "{delivery}", "Deliveries that were claimed on this node, by queue and the state that they were left in.");
        _answers = meter.CreateCounter<long>("madang.deliveries.answers", "{answer}", "Answers of providers on this node, by queue and class.");
        _latency = meter.CreateHistogram<double>("madang.deliveries.duration", "s", "How long a provider took to answer.");
        _delay = meter.CreateHistogram<double>("madang.deliveries.delay", "s", "From due to handed over, of first attempts.");
        _swept = meter.CreateCounter<long>("madang.deliveries.swept", "{delivery}", "Deliveries that the sweeper found stuck, by queue. Anything but 0 is a fault worth a report.");
        meter.CreateObservableGauge("madang.deliveries.count", Counts, "{delivery}", "Deliveries by queue and state, at most 10 s old.");
        meter.CreateObservableGauge("madang.deliveries.oldest_age", Ages, "s", "For how long the first due delivery of a queue has waited, at most 10 s old.");
        meter.CreateObservableGauge("madang.deliveries.breaker", Breakers, "1", "State of a queue's breaker on this node: 0 closed, 1 half open, 2 open.");
        meter.CreateObservableGauge("madang.deliveries.paused", Pauses, "1", "1 while a queue stands still, by who stopped it.");
    }

    public void Started(Delivery delivery, DateTimeOffset now)
    {
        if (delivery.Attempt == 1 && !delivery.IsUnanswered)
        {
            _delay.Record(Math.Max(0, (now - delivery.DueAt).TotalSeconds), new KeyValuePair<string, object?>("queue", delivery.Provider));
        }
    }

    public void Answered(string queue, ProviderAnswer answer, TimeSpan latency)
    {
        _answers.Add(1, new TagList { { "queue", queue }, { "class", Word(answer.Class) } });
        _latency.Record(latency.TotalSeconds, new KeyValuePair<string, object?>("queue", queue));
    }

    public void Ended(DeliveryChange change) => _ended.Add(1, new TagList { { "queue", change.After.Provider }, { "state", change.After.State.Word() } });

    public void Swept(string queue, long count) => _swept.Add(count, new KeyValuePair<string, object?>("queue", queue));

    /// <summary>What the gauges tell until the next call: a scrape must not wait for the database.</summary>
    public void Counted(IReadOnlyList<DeliveryCount> counts, IReadOnlyDictionary<string, double> ages) => (_counts, _ages) = (counts, ages);

    private IEnumerable<Measurement<long>> Counts() =>
        _counts.Where(count => count.Queue.Length > 0).Select(count => new Measurement<long>(count.Count, new TagList { { "queue", count.Queue }, { "state", count.State.Word() } }));

    private IEnumerable<Measurement<double>> Ages() => _ages.Select(age => new Measurement<double>(age.Value, new KeyValuePair<string, object?>("queue", age.Key)));

    private IEnumerable<Measurement<int>> Breakers() => _routes.Lanes.Select(lane => new Measurement<int>(
        lane.View(_time.GetUtcNow()).Breaker switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, _ => 2 }, new KeyValuePair<string, object?>("queue", lane.Name)));

    private IEnumerable<Measurement<int>> Pauses() => _routes.Lanes.Select(lane => new Measurement<int>(
        lane.Pause is null ? 0 : 1, new TagList { { "queue", lane.Name }, { "by", lane.Pause is { IsByHand: false } ? "fault" : "hand" } }));

    private static string Word(AnswerClass answer) => answer switch
    {
        AnswerClass.Ok => "ok",
        AnswerClass.Retry => "retry",
        AnswerClass.RetryNewConnection => "retry_new_connection",
        AnswerClass.Reauth => "reauth",
        AnswerClass.DeadAddress => "dead_address",
        AnswerClass.Reject => "reject",
        AnswerClass.Config => "config",
        AnswerClass.Suppressed => "suppressed",
        _ => "ambiguous",
    };
}

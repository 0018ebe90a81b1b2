using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Madang.Postgres;

/// <summary>What all writer sessions of one database share.</summary>
internal sealed class WriterContext : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<IReadOnlyList<object>> _tell;
    private readonly Lock _telling = new();
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _reruns;
    private readonly Histogram<int> _batches;

    /// <param name="tell">Told what a transaction published, after its commit; never by two threads at once.</param>
    public WriterContext(TimeProvider time, IMeterFactory meters, ILogger log, Action<IReadOnlyList<object>> tell)
    {
        (Time, Log, _tell) = (time, log, tell);
        var meter = meters.Create("Madang.Postgres");
        _transactions = meter.CreateCounter<long>("madang.postgres.transactions", description: "Transactions committed by the writer sessions");
        _reruns = meter.CreateCounter<long>("madang.postgres.reruns", description: "Transactions run again, by reason");
        _batches = meter.CreateHistogram<int>("madang.postgres.batch", description: "Items in one statement of a hot verb");
    }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cut to the millisecond, as on the wire.</summary>
    public DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(Time.GetUtcNow().ToUnixTimeMilliseconds());

    public void Committed(IReadOnlyList<object> publications)
    {
        _transactions.Add(1);
        if (publications.Count > 0)
        {
            lock (_telling)
            {
                _tell(publications);
            }
        }
    }

    public void Rerun(string reason) => _reruns.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Batch(int items) => _batches.Record(items);

    /// <summary>Ends the waits between attempts; work that is queued still gets its one try.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}

using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Postgres;

/// <summary>What all writer sessions of one database share.</summary>
/// <param name="tell">Told what a transaction published, after its commit; never by two threads at once.</param>
internal sealed class WriterContext(TimeProvider time, TimeSpan patience, StorageMetrics metrics, ILogger log, Action<IReadOnlyList<object>> tell)
    : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _telling = new();

    public TimeProvider Time => time;

    public TimeSpan Patience => patience;

    public StorageMetrics Metrics => metrics;

    public ILogger Log => log;

    /// <summary>Ends the waits between attempts; work that is queued still gets its one try.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cut to the millisecond, as on the wire.</summary>
    public DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public void Tell(IReadOnlyList<object> publications)
    {
        if (publications.Count > 0)
        {
            lock (_telling)
            {
                tell(publications);
            }
        }
    }

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}

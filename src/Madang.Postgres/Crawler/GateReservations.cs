using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>
/// Every request of a shared crawl passes a gate, and each reservation waits for the disk: what is asked for while one is on its way shares the next.
/// </summary>
internal sealed class GateReservations(PostgresDatabase database, long crawl)
{
    private const int MostGates = 1_000;
    private readonly Lock _lock = new();
    private readonly Queue<Asked> _waiting = new();
    private bool _isRunning;

    public Task<long[]> ReserveAsync(IReadOnlyList<GateRequest> gates, long now, CancellationToken cancellationToken)
    {
        var asked = new Asked(gates, now);
        lock (_lock)
        {
            _waiting.Enqueue(asked);
            if (_isRunning)
            {
                return asked.Answer.Task.WaitAsync(cancellationToken);
            }

            _isRunning = true;
        }

        _ = RunAsync();
        return asked.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        while (Next() is { Count: > 0 } together)
        {
            // Whoever asked hears of a failure; those who ask next try for themselves.
            try
            {
                var gates = together.SelectMany(static asked => asked.Gates).ToList();
                var moments = await database.WriteCrawlAsync(tx => CrawlGates.Reserve(tx, crawl, gates, together.Max(static asked => asked.Now)), CancellationToken.None);
                var from = 0;
                foreach (var asked in together)
                {
                    asked.Answer.SetResult(moments[from..(from += asked.Gates.Count)]);
                }
            }
            catch (Exception fault)
            {
                foreach (var asked in together)
                {
                    _ = asked.Answer.TrySetException(fault);
                }
            }
        }
    }

    private List<Asked> Next()
    {
        var together = new List<Asked>();
        lock (_lock)
        {
            for (var gates = 0; gates < MostGates && _waiting.TryDequeue(out var asked); gates += asked.Gates.Count)
            {
                together.Add(asked);
            }

            _isRunning = together.Count > 0;
        }

        return together;
    }

    private sealed record Asked(IReadOnlyList<GateRequest> Gates, long Now)
    {
        public TaskCompletionSource<long[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

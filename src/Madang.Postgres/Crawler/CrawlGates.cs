using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>
/// Every request of a shared crawl passes a gate, and each turn of one waits for the disk: what is asked for while one transaction is on its way shares the next.
/// </summary>
internal sealed class CrawlGates(PostgresDatabase database, long crawl) : ISharedGates
{
    private const int MostTurns = 1_000;
    private readonly Lock _lock = new();
    private readonly Queue<Asked> _waiting = new();
    private bool _isRunning;

    public Task<GateAnswer> ShutAsync(string gate, int holdMs, CancellationToken cancellationToken) => AskAsync(new GateTurn(gate, 0, holdMs), cancellationToken);

    public Task OpenAsync(string gate, long mark, int afterMs, CancellationToken cancellationToken) => AskAsync(new GateTurn(gate, mark, afterMs), cancellationToken);

    private Task<GateAnswer> AskAsync(GateTurn turn, CancellationToken cancellationToken)
    {
        var asked = new Asked(turn);
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
                var answers = await PassAsync([.. together.Select(static asked => asked.Turn)]);
                foreach (var (asked, answer) in together.Zip(answers))
                {
                    asked.Answer.SetResult(answer);
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

    private async Task<GateAnswer[]> PassAsync(IReadOnlyList<GateTurn> turns)
    {
        while (true)
        {
            if (await database.WriteCrawlAsync(tx => GateRows.Pass(tx, crawl, turns), CancellationToken.None) is { } answers)
            {
                return answers;
            }

            _ = await database.WriteCrawlAsync(
                tx =>
                {
                    GateRows.Add(tx, crawl, turns.Select(static turn => turn.Gate));
                    return true;
                },
                CancellationToken.None);
        }
    }

    private List<Asked> Next()
    {
        var together = new List<Asked>();
        lock (_lock)
        {
            while (together.Count < MostTurns && _waiting.TryDequeue(out var asked))
            {
                together.Add(asked);
            }

            _isRunning = together.Count > 0;
        }

        return together;
    }

    private sealed record Asked(GateTurn Turn)
    {
        public TaskCompletionSource<GateAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

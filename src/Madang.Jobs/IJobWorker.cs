namespace Madang.Jobs;

/// <summary>Runs the jobs of one queue. Register it as a service; every node that has it takes part.</summary>
public interface IJobWorker
{
    /// <summary>The queue it answers for; no other worker does.</summary>
    string Queue { get; }

    /// <summary>How many of its jobs run at once on one node. A queue has these places for itself: a slow one holds up no other.</summary>
    int Concurrency => 4;

    Backoff Backoff => Backoff.Default;

    /// <summary>
    /// Runs one attempt. It may run twice (a crash, a lost lease), so what it does must bear repeating. The token ends the attempt when the job is cancelled,
    /// its lease is lost or the server stops; throwing <see cref="OperationCanceledException"/> is the right answer to all three.
    /// </summary>
    Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken);
}

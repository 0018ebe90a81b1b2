using Madang.Storage;

namespace Madang.Jobs;

/// <summary>The living part of the queue: what enqueuers and runners do.</summary>
internal interface IJobStore
{
    /// <summary>Writes a waiting job, unless one with its unique key is alive.</summary>
    Enqueued Insert(WriteTx tx, Job job);

    /// <summary>Takes up to <paramref name="limit"/> due jobs by priority, run_at, id; each with its next attempt and fence. Two claimers never get the same one.</summary>
    IReadOnlyList<Job> Claim(WriteTx tx, string queue, int limit, int node, DateTimeOffset leaseUntil);

    /// <summary>When the queue's next job is due; null when none waits.</summary>
    DateTimeOffset? NextRunAt(WriteTx tx, string queue);

    /// <summary>Moves the leases that still hold to <paramref name="until"/>. A job that is not in the answer is lost; the value is whether it is asked to stop.</summary>
    IReadOnlyDictionary<JobId, bool> Renew(WriteTx tx, IReadOnlyList<Job> held, DateTimeOffset until);

    /// <summary>Running jobs whose lease ended before now, or which run under <paramref name="node"/>; locked, the longest ended first.</summary>
    IReadOnlyList<Job> Abandoned(WriteTx tx, int? node, int limit);

    /// <summary>The job, locked for the rest of the transaction.</summary>
    Job? Lock(WriteTx tx, JobId id);

    /// <summary>
    /// Replaces <paramref name="before"/> by <paramref name="after"/> if it still has the same state and fence. False when it has moved on, or when it would
    /// be the second living job with its unique key.
    /// </summary>
    bool Put(WriteTx tx, Job before, Job after);
}

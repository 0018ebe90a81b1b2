using Madang.Storage;

namespace Madang.Jobs;

/// <summary>What operators see and let go of.</summary>
internal interface IJobArchive
{
    Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Newest first, ids below <paramref name="before"/>.</summary>
    Task<IReadOnlyList<Job>> ListAsync(string? queue, JobState? state, JobId? before, int limit, CancellationToken cancellationToken);

    /// <summary>How many jobs each queue has in each state; exact, and without counting them.</summary>
    Task<IReadOnlyList<QueueCount>> CountsAsync(CancellationToken cancellationToken);

    /// <summary>Dead jobs of a queue with ids above <paramref name="after"/>, ascending, locked.</summary>
    IReadOnlyList<Job> Dead(WriteTx tx, string queue, JobId? after, int limit);

    /// <summary>Deletes jobs that ended in <paramref name="state"/> before a time, oldest first.</summary>
    int Prune(WriteTx tx, JobState state, DateTimeOffset finishedBefore, int limit);

    /// <summary>Folds the deltas that enqueuers and runners have written into the counts.</summary>
    Task FoldAsync(CancellationToken cancellationToken);
}

internal readonly record struct QueueCount(string Queue, JobState State, long Count);

using Madang.Api;
using Madang.Storage;

namespace Madang.Jobs;

/// <summary>The door to the durable queue. What is enqueued commits, or vanishes, with the caller's transaction.</summary>
#pragma warning disable CA1711 // It is a queue in the words of the domain, and `Jobs` would be hidden by the namespace wherever it is used.
public sealed class JobQueue
#pragma warning restore CA1711
{
    /// <summary>How many dead jobs one call replays at most.</summary>
    public const int MaxReplay = 10_000;

    private const int Batch = 50;
    private readonly Database _database;
    private readonly IJobStore _jobs;
    private readonly IJobArchive _archive;
    private readonly Snowflake _ids;

    internal JobQueue(Database database, IJobStore jobs, IJobArchive archive, Snowflake ids) =>
        (_database, _jobs, _archive, _ids) = (database, jobs, archive, ids);

    /// <summary>Enqueues in the caller's transaction; workers wake after its commit.</summary>
    public Enqueued Enqueue(WriteTx tx, NewJob job)
    {
        job.Check();
        var enqueued = _jobs.Insert(tx, new Job
        {
            Id = new(_ids.Next()),
            Queue = job.Queue,
            State = JobState.Waiting,
            Priority = job.Priority,
            RunAt = Cut(job.RunAt ?? tx.Now),
            Attempt = 0,
            MaxAttempts = job.MaxAttempts,
            Fence = 0,
            Deadline = job.Deadline is { } deadline ? Cut(deadline) : null,
            UniqueKey = job.UniqueKey,
            Payload = job.Payload,
            CreatedAt = tx.Now,
        });
        if (enqueued.IsNew)
        {
            tx.Publish(new JobReady(job.Queue, Cut(job.RunAt ?? tx.Now), IsNew: true));
        }

        return enqueued;
    }

    public Task<Enqueued> EnqueueAsync(NewJob job, CancellationToken cancellationToken = default)
    {
        job.Check();
        return _database.WriteAsync(tx => Enqueue(tx, job), cancellationToken: cancellationToken);
    }

    /// <summary>Ends a waiting job at once and asks a running one to stop. Codes: not_found, job_finished.</summary>
    public Result<Job> Cancel(WriteTx tx, JobId id)
    {
        if (_jobs.Lock(tx, id) is not { } job)
        {
            return ApiErrors.NotFound;
        }

        if (job.Cancel(tx.Now) is not { } canceled)
        {
            return JobsErrors.Finished;
        }

        _jobs.Put(tx, job, canceled);
        if (canceled.CancelRequested)
        {
            tx.Publish(new JobStop(id));
        }

        return canceled;
    }

    public Task<Result<Job>> CancelAsync(JobId id, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(tx => Cancel(tx, id), cancellationToken: cancellationToken);

    /// <summary>Lets a job that has ended run again, with all its attempts. Codes: not_found, job_alive, job_duplicate.</summary>
    public Task<Result<Job>> ReplayAsync(JobId id, CancellationToken cancellationToken = default) =>
        _database.WriteAsync<Result<Job>>(tx => _jobs.Lock(tx, id) is { } job ? Replay(tx, job) : ApiErrors.NotFound, cancellationToken: cancellationToken);

    /// <summary>Lets the dead jobs of a queue run again, oldest first, at most <see cref="MaxReplay"/>; those whose unique key lives on in another job stay dead.</summary>
    /// <returns>How many, and whether there may be more.</returns>
    public async Task<(int Replayed, bool More)> ReplayQueueAsync(string queue, CancellationToken cancellationToken = default)
    {
        var (replayed, after) = (0, (JobId?)null);
        for (var seen = 0; seen < MaxReplay; seen += Batch)
        {
            var from = after;
            var (count, last, found) = await _database.WriteAsync(
                tx =>
                {
                    var dead = _archive.Dead(tx, queue, from, Batch);
                    return (dead.Count(job => Replay(tx, job).IsOk), dead.Count == 0 ? from : dead[^1].Id, dead.Count);
                },
                Lane.Background,
                cancellationToken);
            (replayed, after) = (replayed + count, last);
            if (found < Batch)
            {
                return (replayed, false);
            }
        }

        return (replayed, true);
    }

    private Result<Job> Replay(WriteTx tx, Job job)
    {
        if (job.Replay(tx.Now) is not { } again)
        {
            return JobsErrors.Alive;
        }

        if (!_jobs.Put(tx, job, again))
        {
            return JobsErrors.Duplicate;
        }

        tx.Publish(new JobReady(again.Queue, again.RunAt, IsNew: false));
        return again;
    }

    // Both engines keep milliseconds; what is read back equals what was written.
    private static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>Committed: a job of this queue is due at <paramref name="RunAt"/>.</summary>
internal sealed record JobReady(string Queue, DateTimeOffset RunAt, bool IsNew);

/// <summary>Committed: this running job is asked to stop.</summary>
internal sealed record JobStop(JobId Id);

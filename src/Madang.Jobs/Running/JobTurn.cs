using Madang.Jobs.Scheduling;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Jobs.Running;

/// <summary>What one transaction of the runner is asked to do.</summary>
internal sealed record TurnRequest
{
    /// <summary>Attempts that ended: the job as it was claimed, and what becomes of it.</summary>
    public required IReadOnlyList<(Job Before, Job After)> Ended { get; init; }

    /// <summary>How many jobs to take from which queue.</summary>
    public required IReadOnlyList<(string Queue, int Places)> Claims { get; init; }

    /// <summary>Leases to renew; others' ended leases are taken up on the same occasion. Null when it is not time.</summary>
    public required IReadOnlyList<Job>? Held { get; init; }

    public required bool Fires { get; init; }

    /// <summary>The first turn of this process: whatever still runs under its node id belongs to one that died.</summary>
    public required bool IsFirst { get; init; }

    public bool IsEmpty => Ended.Count == 0 && Claims.Count == 0 && Held is null && !Fires && !IsFirst;
}

/// <param name="Claimed">Per claim: the jobs, and when that queue is worth another look.</param>
/// <param name="Kept">The renewed leases, and whether the job is asked to stop.</param>
/// <param name="Stale">Attempts that ended after they had lost their job; nothing of them was kept.</param>
/// <param name="IsRecovered">False when more abandoned jobs wait for the next turn.</param>
internal sealed record TurnResult(
    IReadOnlyList<(string Queue, IReadOnlyList<Job> Jobs, DateTimeOffset? NextLook)> Claimed,
    IReadOnlyDictionary<JobId, bool> Kept,
    IReadOnlyList<Job> Stale,
    DateTimeOffset? NextFire,
    bool IsRecovered);

/// <summary>One transaction of the runner: results in, new claims out. A turn costs one commit whatever it holds.</summary>
internal sealed class JobTurn(IJobStore jobs, Schedules schedules, Snowflake ids, IOptions<JobsOptions> options)
{
    private const int RecoverLimit = 50;

    /// <param name="stopping">Once it is set nothing more is claimed, also by a turn that has waited for the writer.</param>
    public TurnResult Run(WriteTx tx, TurnRequest request, CancellationToken stopping)
    {
        var until = tx.Now + options.Value.Lease;
        List<Job> stale = [];
        foreach (var (before, after) in request.Ended)
        {
            if (!Move(tx, before, after))
            {
                stale.Add(before);
            }
        }

        // Renewed by fence, before anything is taken up: a lease that ran out unnoticed is still ours if nobody else has it.
        var kept = request.Held is { Count: > 0 } held ? jobs.Renew(tx, held, until) : new Dictionary<JobId, bool>();
        var recovered = (request.Held is null || Recover(tx, null)) & (!request.IsFirst || Recover(tx, ids.Node));
        if (request.IsFirst)
        {
            schedules.Declare(tx);
        }

        var nextFire = request.Fires || request.IsFirst ? schedules.Fire(tx) : null;
        var claims = stopping.IsCancellationRequested ? [] : request.Claims;
        return new([.. claims.Select(claim => Claim(tx, claim.Queue, claim.Places, until))], kept, stale, nextFire, recovered);
    }

    private (string Queue, IReadOnlyList<Job> Jobs, DateTimeOffset? NextLook) Claim(WriteTx tx, string queue, int places, DateTimeOffset until)
    {
        var claimed = jobs.Claim(tx, queue, places, ids.Node, until);
        List<Job> live = [];
        foreach (var job in claimed)
        {
            if (job.Deadline <= tx.Now)
            {
                jobs.Put(tx, job, job.Expire(tx.Now));
            }
            else
            {
                live.Add(job);
            }
        }

        return (queue, live, claimed.Count == places ? tx.Now : jobs.NextRunAt(tx, queue));
    }

    private bool Recover(WriteTx tx, int? node)
    {
        var abandoned = jobs.Abandoned(tx, node, RecoverLimit);
        foreach (var job in abandoned)
        {
            Move(tx, job, job.After(JobOutcome.Retry("the node that ran it was lost"), Backoff.Default, Random.Shared.NextDouble(), tx.Now));
        }

        return abandoned.Count < RecoverLimit;
    }

    private bool Move(WriteTx tx, Job before, Job after)
    {
        if (!jobs.Put(tx, before, after))
        {
            return false;
        }

        if (after.State == JobState.Waiting)
        {
            tx.Publish(new JobReady(after.Queue, after.RunAt, IsNew: false));
        }

        return true;
    }
}

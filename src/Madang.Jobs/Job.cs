using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Madang.Api;

namespace Madang.Jobs;

[JsonConverter(typeof(IdJson<JobId>))]
public readonly record struct JobId(long Value) : IId<JobId>
{
    public static JobId From(long value) => new(value);

    public static JobId Parse(string s, IFormatProvider? provider) => Id.Parse<JobId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out JobId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>The numbers are stored, and partial indexes name them. Waiting and running are alive; the others are the end, until a replay.</summary>
public enum JobState
{
    /// <summary>Its turn comes at <see cref="Job.RunAt"/>.</summary>
    Waiting = 1,
    Running = 2,
    Done = 3,

    /// <summary>Given up: <see cref="Job.Reason"/> says why.</summary>
    Dead = 4,
    Canceled = 5,
}

/// <summary>What goes first inside a queue. The numbers are stored.</summary>
public enum JobPriority
{
    High = 1,
    Normal = 2,
    Low = 3,
}

/// <summary>One row of the queue and the rules by which it changes. No I/O here.</summary>
public sealed record Job
{
    public required JobId Id { get; init; }

    public required string Queue { get; init; }

    public required JobState State { get; init; }

    public required JobPriority Priority { get; init; }

    public required DateTimeOffset RunAt { get; init; }

    /// <summary>Attempts begun since it was enqueued or replayed; a snooze or a release is none.</summary>
    public required int Attempt { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>Grows with every claim and never goes back: who holds an older one has lost the job.</summary>
    public required long Fence { get; init; }

    /// <summary>No attempt begins after this.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>At most one job of a queue with this key is alive.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>JSON that the worker understands.</summary>
    public required string Payload { get; init; }

    /// <summary>The node that runs it.</summary>
    public int? Node { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>Why the last attempt failed, or why it is dead.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsAlive => State is JobState.Waiting or JobState.Running;

    /// <exception cref="JobPayloadException">The payload is not a <typeparamref name="T"/>.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Payload, type) ?? throw new JobPayloadException("The payload is null.");
        }
        catch (JsonException fault)
        {
            throw new JobPayloadException($"The payload is no {typeof(T).Name}: {fault.Message}", fault);
        }
    }

    internal const string Expired = "expired: its deadline passed";

    /// <summary>What becomes of a running job.</summary>
    /// <param name="random">0 to 1, for the jitter.</param>
    internal Job After(JobOutcome outcome, Backoff backoff, double random, DateTimeOffset now) => outcome switch
    {
        JobOutcome.Finished => End(JobState.Done, null, now),
        JobOutcome.Buried buried => End(JobState.Dead, buried.Reason, now),
        JobOutcome.Stopped => End(JobState.Canceled, Reason, now),
        _ when CancelRequested => End(JobState.Canceled, Reason, now),
        JobOutcome.Failed failed when Attempt >= MaxAttempts => End(JobState.Dead, failed.Reason, now),
        JobOutcome.Failed failed => Again(now + (failed.After ?? backoff.Delay(Attempt, random)), Attempt, failed.Reason, now),
        JobOutcome.Snoozed snoozed => Again(now + snoozed.Wait, Attempt - 1, Reason, now),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The job that was claimed after its deadline.</summary>
    internal Job Expire(DateTimeOffset now) => End(JobState.Dead, Expired, now) with { Attempt = Attempt - 1 };

    /// <summary>Ended at once while it waits, asked to end while it runs; null when it has ended already.</summary>
    internal Job? Cancel(DateTimeOffset now) => State switch
    {
        JobState.Waiting => End(JobState.Canceled, Reason, now),
        JobState.Running => this with { CancelRequested = true },
        _ => null,
    };

    /// <summary>From its end back to waiting, with all its attempts and without a deadline (which would bury it again); null while it is alive.</summary>
    internal Job? Replay(DateTimeOffset now) => IsAlive
        ? null
        : this with { State = JobState.Waiting, RunAt = now, Attempt = 0, Deadline = null, StartedAt = null, FinishedAt = null };

    private Job Again(DateTimeOffset runAt, int attempt, string? reason, DateTimeOffset now) => Deadline <= runAt
        ? End(JobState.Dead, reason is null ? Expired : $"{Expired}; last: {reason}", now)
        : Free() with { State = JobState.Waiting, RunAt = runAt, Attempt = attempt, Reason = reason };

    private Job End(JobState state, string? reason, DateTimeOffset now) => Free() with { State = state, Reason = reason, FinishedAt = now };

    private Job Free() => this with { Node = null, LeaseUntil = null, CancelRequested = false };
}

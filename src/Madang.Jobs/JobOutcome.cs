namespace Madang.Jobs;

/// <summary>What a worker answers. An exception counts as <see cref="Retry"/> with its message.</summary>
public abstract record JobOutcome
{
    private const int MaxReason = 500;

    private JobOutcome()
    {
    }

    public static JobOutcome Done { get; } = new Finished();

    /// <summary>The job stopped half-way because its token said that it was cancelled.</summary>
    public static JobOutcome Canceled { get; } = new Stopped();

    /// <summary>This attempt failed; another follows after <paramref name="after"/>, else after the queue's backoff, as long as attempts are left.</summary>
    public static JobOutcome Retry(string reason, TimeSpan? after = null) => new Failed(Cut(reason), after);

    /// <summary>Not yet: try again after <paramref name="wait"/>; the attempt does not count.</summary>
    public static JobOutcome Snooze(TimeSpan wait) => new Snoozed(wait);

    /// <summary>No attempt can succeed.</summary>
    public static JobOutcome Dead(string reason) => new Buried(Cut(reason));

    private static string Cut(string reason) => reason.Length <= MaxReason ? reason : string.Concat(reason.AsSpan(0, MaxReason - 1), "…");

    internal sealed record Finished : JobOutcome;

    internal sealed record Stopped : JobOutcome;

    internal sealed record Failed(string Reason, TimeSpan? After) : JobOutcome;

    internal sealed record Snoozed(TimeSpan Wait) : JobOutcome;

    internal sealed record Buried(string Reason) : JobOutcome;
}

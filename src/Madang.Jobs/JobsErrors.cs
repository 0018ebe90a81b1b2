using Madang.Api;

namespace Madang.Jobs;

/// <summary>The refusals of this module.</summary>
public static class JobsErrors
{
    public static readonly Error Finished = new("job_finished", 409, "This job has ended; there is nothing to cancel.");
    public static readonly Error Alive = new("job_alive", 409, "This job waits or runs already.");
    public static readonly Error Duplicate = new("job_duplicate", 409, "Another job with the same unique key waits or runs.");

    public static IReadOnlyList<Error> All { get; } = [Finished, Alive, Duplicate];
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Jobs;

/// <summary>Section <c>Madang:Jobs</c>.</summary>
public sealed class JobsOptions
{
    /// <summary>How long a claimed job stays with a node that no longer renews it, in seconds. Renewed at a third of it.</summary>
    [Range(3, 3600)]
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>How long running jobs may take to finish when the server stops, in seconds; then they are told to stop and go back to the queue.</summary>
    [Range(0, 300)]
    public int DrainSeconds { get; set; } = 6;

    /// <summary>How long jobs that are done or cancelled are kept, in hours.</summary>
    [Range(0, 24 * 365)]
    public int KeepDoneHours { get; set; } = 1;

    /// <summary>How long dead jobs are kept for a replay, in days.</summary>
    [Range(1, 3650)]
    public int KeepDeadDays { get; set; } = 30;

    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}

[OptionsValidator]
internal sealed partial class JobsOptionsValidator : IValidateOptions<JobsOptions>;

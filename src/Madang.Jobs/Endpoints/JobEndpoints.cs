using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Jobs.Endpoints;

/// <param name="RunAt">When its next attempt is due; of a job that has ended, when the last one was.</param>
/// <param name="Attempt">Attempts begun.</param>
/// <param name="Node">The node that runs it.</param>
/// <param name="CancelRequested">True while a running job is asked to stop.</param>
/// <param name="Reason">Why the last attempt failed, or why it is dead.</param>
/// <param name="Payload">What the worker gets; left out of lists.</param>
public sealed record JobJson(
    JobId Id,
    string Queue,
    JobState State,
    JobPriority Priority,
    DateTimeOffset RunAt,
    int Attempt,
    int MaxAttempts,
    DateTimeOffset? Deadline,
    string? UniqueKey,
    int? Node,
    DateTimeOffset? LeaseUntil,
    bool? CancelRequested,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    JsonElement? Payload)
{
    internal static JobJson Of(Job job, bool withPayload) => new(
        job.Id, job.Queue, job.State, job.Priority, job.RunAt, job.Attempt, job.MaxAttempts, job.Deadline, job.UniqueKey, job.Node, job.LeaseUntil,
        job.CancelRequested ? true : null, job.Reason, job.CreatedAt, job.StartedAt, job.FinishedAt, withPayload ? JsonElement.Parse(job.Payload) : null);
}

internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/admin/jobs").RequireAuthorization(Policies.Admin).WithTags("Operation");
        jobs.MapGet("", ListAsync).WithName("list_jobs").WithSummary("Jobs, newest first, of one queue or state or of all");
        jobs.MapGet("{id}", FindAsync).WithName("get_job").WithSummary("A job with its payload");
        jobs.MapDelete("{id}", CancelAsync).WithName("cancel_job").WithSummary("Cancels a waiting job at once and asks a running one to stop");
        jobs.MapPost("{id}/replay", ReplayAsync).WithName("replay_job").WithSummary("Lets a job that has ended run again, with all its attempts");
    }

    private static async Task<Results<Ok<Page<JobJson>>, Refusal>> ListAsync(
        IJobArchive archive, [FromQuery] string? queue, [FromQuery] string? state, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return new Refusal(page.Error);
        }

        JobState? only = null;
        if (!string.IsNullOrEmpty(state))
        {
            only = State(state);
            if (only is null)
            {
                return new Refusal(ApiErrors.Invalid("state", "unknown_value", "state is waiting, running, done, dead or canceled."));
            }
        }

        var rows = await archive.ListAsync(
            string.IsNullOrEmpty(queue) ? null : queue, only, page.Value.After is { } after ? new JobId(after) : null, page.Value.Fetch, cancellationToken);
        return TypedResults.Ok(page.Value.Of(rows, job => job.Id.Value).Select(job => JobJson.Of(job, withPayload: false)));
    }

    private static async Task<Results<Ok<JobJson>, Refusal>> FindAsync(string id, IJobArchive archive, CancellationToken cancellationToken) =>
        Id.TryParse<JobId>(id, out var job) && await archive.FindAsync(job, cancellationToken) is { } found
            ? TypedResults.Ok(JobJson.Of(found, withPayload: true))
            : new Refusal(ApiErrors.NotFound);

    private static async Task<Results<Ok<JobJson>, Refusal>> CancelAsync(string id, JobQueue jobs, CancellationToken cancellationToken) =>
        Answer(Id.TryParse<JobId>(id, out var job) ? await jobs.CancelAsync(job, cancellationToken) : ApiErrors.NotFound);

    private static async Task<Results<Ok<JobJson>, Refusal>> ReplayAsync(string id, JobQueue jobs, CancellationToken cancellationToken) =>
        Answer(Id.TryParse<JobId>(id, out var job) ? await jobs.ReplayAsync(job, cancellationToken) : ApiErrors.NotFound);

    private static Results<Ok<JobJson>, Refusal> Answer(Result<Job> result) =>
        result.IsOk ? TypedResults.Ok(JobJson.Of(result.Value, withPayload: true)) : new Refusal(result.Error);

    private static JobState? State(string word) => word switch
    {
        "waiting" => JobState.Waiting,
        "running" => JobState.Running,
        "done" => JobState.Done,
        "dead" => JobState.Dead,
        "canceled" => JobState.Canceled,
        _ => null,
    };
}

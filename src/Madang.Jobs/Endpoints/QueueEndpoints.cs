using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Jobs.Endpoints;

/// <summary>How many jobs a queue has in each state.</summary>
public sealed record QueueJson(string Queue, long Waiting, long Running, long Done, long Dead, long Canceled);

/// <param name="Replayed">How many dead jobs wait again.</param>
/// <param name="More">Whether dead ones may be left: call again.</param>
public sealed record ReplayJson(int Replayed, bool More);

internal static class QueueEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var queues = routes.MapGroup("/v1/admin/queues").RequireAuthorization(Policies.Admin).WithTags("Operation");
        queues.MapGet("", ListAsync).WithName("list_queues").WithSummary("Counts of every queue by state, exact at this moment");
        queues.MapPost("{queue}/replay", ReplayAsync).WithName("replay_queue").WithSummary("Lets the dead jobs of a queue run again, oldest first, at most 10,000 a call");
    }

    private static async Task<Ok<Page<QueueJson>>> ListAsync(IJobArchive archive, CancellationToken cancellationToken)
    {
        var counts = await archive.CountsAsync(cancellationToken);
        return TypedResults.Ok(new Page<QueueJson>(
            [
                .. counts.GroupBy(count => count.Queue).Select(queue =>
                {
                    var of = queue.ToDictionary(count => count.State, count => count.Count);
                    return new QueueJson(
                        queue.Key, of.GetValueOrDefault(JobState.Waiting), of.GetValueOrDefault(JobState.Running), of.GetValueOrDefault(JobState.Done),
                        of.GetValueOrDefault(JobState.Dead), of.GetValueOrDefault(JobState.Canceled));
                }),
            ],
            null));
    }

    private static async Task<Results<Ok<ReplayJson>, Refusal>> ReplayAsync(string queue, JobQueue jobs, IJobArchive archive, IEnumerable<IJobWorker> workers, CancellationToken cancellationToken)
    {
        var (replayed, more) = await jobs.ReplayQueueAsync(queue, cancellationToken);
        // A queue is one that somebody works on, whether it ever had a job, or one that has jobs.
        if (replayed == 0 && workers.All(worker => worker.Queue != queue) && (await archive.CountsAsync(cancellationToken)).All(count => count.Queue != queue))
        {
            return new Refusal(ApiErrors.NotFound);
        }

        return TypedResults.Ok(new ReplayJson(replayed, more));
    }
}

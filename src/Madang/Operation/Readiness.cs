using Madang.Api;
using Madang.Storage;

namespace Madang.Operation;

/// <summary>Whether load balancers should send people here. Goes false before anything is closed.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime)
{
    public bool HasStarted => lifetime.ApplicationStarted.IsCancellationRequested;

    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;
}

/// <summary><c>/health/live</c>: the process answers. <c>/health/startup</c>: it has started. <c>/health/ready</c>: a write would reach the disk.</summary>
internal static class Health
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowAnonymous().WithTags("Operation");
        health.MapGet("/live", () => Text("live"))
            .WithName("health_live").WithSummary("The process answers; asks nothing else.").Produces<string>(contentType: "text/plain");
        health.MapGet("/startup", (Readiness readiness) => readiness.HasStarted ? Text("started") : Text("starting", 503))
            .WithName("health_startup").WithSummary("Migrations have run and the server listens.").Produces<string>(contentType: "text/plain");
        health.MapGet("/ready", ReadyAsync)
            .WithName("health_ready").WithSummary("A write reaches the disk, and the server is not shutting down.").Produces<string>(contentType: "text/plain");
        return routes;
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness, Database database, TimeProvider time, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (readiness.IsDraining)
        {
            return new Refusal(ApiErrors.Draining);
        }

        using var timeout = new CancellationTokenSource(CheckTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            await database.CheckAsync(either.Token);
            return Text("ready");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new Refusal(ApiErrors.Overloaded.With("The database did not take a write in time."));
        }
    }

    private static IResult Text(string word, int status = 200) => Results.Text(word + "\n", "text/plain; charset=utf-8", statusCode: status);
}

using System.Net;
using Madang.Api;
using Madang.Edge;

namespace Madang.Operation;

/// <summary>
/// <c>/metrics</c>. What it tells is not for everybody (how many people, which routes fail): it answers on <c>madang.sock</c>, to programs of
/// this machine, and to moderators, admins and API keys with such a role. A request that came through a proxy is never "of this machine".
/// </summary>
internal static class Metrics
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        // Made now, so that it hears from the start: what happened before the first scrape counts too.
        var book = routes.ServiceProvider.GetRequiredService<MetricsBook>();
        routes.MapGet("/metrics", (HttpContext context, Caller caller) =>
            MayRead(context, caller) ? Results.Text(book.Write(), ContentType)
            : new Refusal(caller.IsAnonymous ? ApiErrors.Unauthenticated : ApiErrors.Forbidden))
            .AllowAnonymous().WithTags("Operation").WithName("metrics").WithSummary("Prometheus text format 0.0.4, for this machine, moderators and admins.")
            .Produces<string>(contentType: "text/plain");
        return routes;
    }

    private static bool MayRead(HttpContext context, Caller caller) =>
        OperatorConnection.Is(context)
        || (!caller.IsAnonymous && caller.Role >= Role.Moderator)
        || (caller.IsAnonymous && IsThisMachine(context));

    private static bool IsThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded")
        && !context.Request.Headers.ContainsKey("X-Original-For") && !context.Request.Headers.ContainsKey("Via")
        && (context.Request.Host.Host is "localhost" or "[::1]" || (IPAddress.TryParse(context.Request.Host.Host, out var host) && IPAddress.IsLoopback(host)));
}

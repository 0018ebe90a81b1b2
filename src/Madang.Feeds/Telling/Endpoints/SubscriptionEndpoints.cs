using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Telling.Endpoints;

/// <summary>Being told of somebody's new posts.</summary>
internal static class SubscriptionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireAuthorization(Policies.Person).WithTags("feeds");
        group.MapPut("/v1/users/{user_id}/subscription", SubscribeAsync).WithName("subscribe_to_user").WithSummary("Tells you of every new post of somebody that you may see.");
        group.MapDelete("/v1/users/{user_id}/subscription", UnsubscribeAsync).WithName("unsubscribe_from_user").WithSummary("Tells you of their new posts no longer.");
        group.MapGet("/v1/me/subscriptions", OfAsync).WithName("list_my_subscriptions").WithSummary("Whose new posts you are told of.");
    }

    private static async Task<Results<NoContent, Refusal>> SubscribeAsync(
        [FromRoute(Name = "user_id")] string userId, Caller caller, Subscriptions subscriptions, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(userId, out var author))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var done = await subscriptions.SubscribeAsync(caller.Person, author, cancellationToken);
        return done.IsOk ? TypedResults.NoContent() : (Refusal)done.Error;
    }

    // What is not there is as gone as what was.
    private static async Task<NoContent> UnsubscribeAsync(
        [FromRoute(Name = "user_id")] string userId, Caller caller, Subscriptions subscriptions, CancellationToken cancellationToken)
    {
        if (Id.TryParse<UserId>(userId, out var author))
        {
            await subscriptions.UnsubscribeAsync(caller.Person, author, cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Page<SubscriptionJson>>, Refusal>> OfAsync(
        Caller caller, Subscriptions subscriptions, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await subscriptions.OfAsync(caller.Person, page.Value, cancellationToken)).Select(author => new SubscriptionJson(author)))
            : (Refusal)page.Error;
    }
}

internal sealed record SubscriptionJson(UserId UserId);

using Madang.Api;
using Madang.Notifications.Inboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <summary><c>/v1/me/notifications</c>: one's own in-app inbox.</summary>
internal static class ItemEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var items = routes.MapGroup("/v1/me/notifications").RequireAuthorization(Policies.Person).WithTags("notifications");
        items.MapGet("", ListAsync).WithName("list_my_notifications").WithSummary("Your in-app inbox, newest first, in your language, and the badge.");
        items.MapGet("badge", BadgeAsync).WithName("get_my_badge").WithSummary("How many are unread, with a version that grows.");
        items.MapPut("read", ReadAsync).WithName("read_my_notifications").WithSummary("Marks everything up to an item as read, or up to 100 items.");
        items.MapDelete("{id}", DeleteAsync).WithName("delete_my_notification").WithSummary("Takes an item out of your inbox.");
    }

    private static async Task<Results<Ok<InboxPageJson>, Refusal>> ListAsync(
        Caller caller, ItemVerbs verbs, [FromQuery] string? unread, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        if (unread is not (null or "true" or "false"))
        {
            return (Refusal)ApiErrors.Invalid("unread", "unknown_value", "unread is true or false.");
        }

        var query = PageQuery.Parse(cursor, limit);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var (page, badge) = await verbs.ListAsync(caller.Person, unread == "true", query.Value, cancellationToken);
        return TypedResults.Ok(new InboxPageJson(page.Items, page.Next, page.Prev, BadgeJson.Of(badge)));
    }

    private static async Task<Ok<BadgeJson>> BadgeAsync(Caller caller, ItemVerbs verbs, CancellationToken cancellationToken) =>
        TypedResults.Ok(BadgeJson.Of(await verbs.BadgeAsync(caller.Person, cancellationToken)));

    private static async Task<Results<Ok<BadgeJson>, Refusal>> ReadAsync(ReadItemsJson body, Caller caller, ItemVerbs verbs, CancellationToken cancellationToken)
    {
        var badge = await verbs.ReadAsync(caller.Person, body, cancellationToken);
        return badge.IsOk ? TypedResults.Ok(BadgeJson.Of(badge.Value)) : (Refusal)badge.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string id, Caller caller, ItemVerbs verbs, CancellationToken cancellationToken) =>
        Id.TryParse<ItemId>(id, out var item) && await verbs.DeleteAsync(caller.Person, item, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;
}

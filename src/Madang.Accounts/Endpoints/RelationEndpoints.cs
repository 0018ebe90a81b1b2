using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

/// <summary><c>/v1/friends</c>, <c>/v1/follows</c>, <c>/v1/mutes</c> and <c>/v1/blocks</c>.</summary>
internal static class RelationEndpoints
{
    private delegate Task<Result<Relation>> Put(UserId me, UserId other, CancellationToken cancellationToken);

    private delegate Task Remove(UserId me, UserId other, CancellationToken cancellationToken);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var relations = routes.ServiceProvider.GetService(typeof(Relations)) as Relations ?? throw new InvalidOperationException("AddAccounts comes first.");
        Map(routes, "friends", RelationKind.Friend, "Asks for a friendship, or accepts one.", "Ends a friendship, takes a request back or declines one.",
            relations.BefriendAsync, relations.UnfriendAsync);
        Map(routes, "follows", RelationKind.Follow, "Follows somebody.", "Follows no longer.",
            relations.FollowAsync, (me, other, token) => relations.RemoveAsync(me, RelationKind.Follow, other, token));
        Map(routes, "mutes", RelationKind.Mute, "Mutes somebody; they are not told.", "Mutes no longer.",
            relations.MuteAsync, (me, other, token) => relations.RemoveAsync(me, RelationKind.Mute, other, token));
        Map(routes, "blocks", RelationKind.Block, "Blocks somebody; friendship and following end both ways.", "Blocks no longer.",
            relations.BlockAsync, (me, other, token) => relations.RemoveAsync(me, RelationKind.Block, other, token));
    }

    private static void Map(IEndpointRouteBuilder routes, string path, RelationKind kind, string putSummary, string removeSummary, Put put, Remove remove)
    {
        var group = routes.MapGroup($"/v1/{path}").WithTags("relations").RequireAuthorization(Policies.Person);
        var one = path[..^1];

        group.MapPut("/{user_id}", async Task<Results<Ok<RelationJson>, Refusal>> (
            [FromRoute(Name = "user_id")] string userId, Caller caller, Users users, CancellationToken cancellationToken) =>
        {
            if (!Id.TryParse<UserId>(userId, out var other))
            {
                return (Refusal)ApiErrors.NotFound;
            }

            var made = await put(caller.Person, other, cancellationToken);
            if (!made.IsOk)
            {
                return (Refusal)made.Error;
            }

            return await users.FindAsync(other, cancellationToken) is { } target
                ? TypedResults.Ok(RelationJson.Of(made.Value, target, caller))
                : (Refusal)ApiErrors.NotFound;
        }).WithName($"put_{one}").WithSummary(putSummary);

        // What is not there is as gone as what was: no 404, whatever the id.
        group.MapDelete("/{user_id}", async ([FromRoute(Name = "user_id")] string userId, Caller caller, CancellationToken cancellationToken) =>
        {
            if (Id.TryParse<UserId>(userId, out var other))
            {
                await remove(caller.Person, other, cancellationToken);
            }

            return TypedResults.NoContent();
        }).WithName($"delete_{one}").WithSummary(removeSummary);

        if (kind == RelationKind.Friend)
        {
            group.MapGet("", async Task<Results<Ok<Page<RelationJson>>, Refusal>> (
                [FromQuery] string? state, [FromQuery] string? cursor, [FromQuery] string? limit, Caller caller, Relations relations, Users users, CancellationToken cancellationToken) =>
            {
                var wanted = ParseState(state);
                return wanted.IsOk ? await ListAsync(kind, wanted.Value, cursor, limit, caller, relations, users, cancellationToken) : (Refusal)wanted.Error;
            }).WithName("list_friends").WithSummary("Friends and requests, by state: accepted, incoming or outgoing; all without one.");
        }
        else
        {
            group.MapGet("", (
                [FromQuery] string? cursor, [FromQuery] string? limit, Caller caller, Relations relations, Users users, CancellationToken cancellationToken) =>
                ListAsync(kind, null, cursor, limit, caller, relations, users, cancellationToken)).WithName($"list_{path}").WithSummary($"The caller's {path}.");
        }
    }

    private static Result<FriendState?> ParseState(string? state) => state switch
    {
        null or "" => (FriendState?)null,
        "accepted" => (FriendState?)FriendState.Accepted,
        "incoming" => (FriendState?)FriendState.Incoming,
        "outgoing" => (FriendState?)FriendState.Outgoing,
        _ => ApiErrors.Invalid("state", "unknown_value", "state is accepted, incoming or outgoing."),
    };

    private static async Task<Results<Ok<Page<RelationJson>>, Refusal>> ListAsync(
        RelationKind kind, FriendState? state, string? cursor, string? limit, Caller caller, Relations relations, Users users, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var page = await relations.ListAsync(caller.Person, kind, state, query.Value, cancellationToken);
        var people = await users.FindAsync([.. page.Items.Select(relation => relation.Target)], cancellationToken);
        return TypedResults.Ok(page.Select(relation => RelationJson.Of(relation, people[relation.Target], caller)));
    }
}

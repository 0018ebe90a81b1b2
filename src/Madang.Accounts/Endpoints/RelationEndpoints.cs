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
    /// <summary>The longest mute with an end; longer is for ever.</summary>
    private static readonly TimeSpan LongestMute = TimeSpan.FromDays(3_660);

    private delegate Task Remove(UserId me, UserId other, CancellationToken cancellationToken);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var relations = routes.ServiceProvider.GetService(typeof(Relations)) as Relations ?? throw new InvalidOperationException("AddAccounts comes first.");
        var friends = Map(routes, "friends", RelationKind.Friend, "Ends a friendship, takes a request back or declines one.", relations.UnfriendAsync);
        var follows = Map(routes, "follows", RelationKind.Follow, "Follows no longer.", (me, other, token) => relations.RemoveAsync(me, RelationKind.Follow, other, token));
        var mutes = Map(routes, "mutes", RelationKind.Mute, "Mutes no longer.", (me, other, token) => relations.RemoveAsync(me, RelationKind.Mute, other, token));
        var blocks = Map(routes, "blocks", RelationKind.Block, "Blocks no longer.", (me, other, token) => relations.RemoveAsync(me, RelationKind.Block, other, token));

        friends.MapPut("/{user_id}", ([FromRoute(Name = "user_id")] string userId, [AsParameters] Asking asking) => PutAsync(userId, new(RelationKind.Friend, default), asking))
            .WithName("put_friend").WithSummary("Asks for a friendship, or accepts one.");
        follows.MapPut("/{user_id}", ([FromRoute(Name = "user_id")] string userId, FollowJson? body, [AsParameters] Asking asking) =>
            PutAsync(userId, new(RelationKind.Follow, default, Shares: body?.Shares), asking))
            .WithName("put_follow").WithSummary("Follows somebody; with shares false without what they pass on.");
        mutes.MapPut("/{user_id}", ([FromRoute(Name = "user_id")] string userId, MuteJson? body, [AsParameters] Asking asking, TimeProvider time) => MuteAsync(userId, body, asking, time))
            .WithName("put_mute").WithSummary("Mutes somebody, until expires_at or for ever; they are not told.");
        blocks.MapPut("/{user_id}", ([FromRoute(Name = "user_id")] string userId, [AsParameters] Asking asking) => PutAsync(userId, new(RelationKind.Block, default), asking))
            .WithName("put_block").WithSummary("Blocks somebody; friendship and following end both ways.");
    }

    private static async Task<Results<Ok<RelationJson>, Refusal>> MuteAsync(string userId, MuteJson? body, Asking asking, TimeProvider time)
    {
        var ends = body?.ExpiresAt;
        var now = time.GetUtcNow();
        if (ends <= now || ends - now > LongestMute)
        {
            return (Refusal)ApiErrors.Invalid("expires_at", "out_of_range", "expires_at lies ahead, within ten years; leave it out for a mute without an end.");
        }

        // As it will be read back.
        ends = ends is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()) : null;
        return await PutAsync(userId, new(RelationKind.Mute, default, EndsAt: ends), asking);
    }

    private static async Task<Results<Ok<RelationJson>, Refusal>> PutAsync(string userId, NewRelation wanted, Asking asking)
    {
        if (!Id.TryParse<UserId>(userId, out var other))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var made = await asking.Relations.PutAsync(asking.Caller.Person, wanted with { Target = other }, asking.CancellationToken);
        if (!made.IsOk)
        {
            return (Refusal)made.Error;
        }

        return await asking.Users.FindAsync(other, asking.CancellationToken) is { } target
            ? TypedResults.Ok(RelationJson.Of(made.Value, target, asking.Caller))
            : (Refusal)ApiErrors.NotFound;
    }

    private static RouteGroupBuilder Map(IEndpointRouteBuilder routes, string path, RelationKind kind, string removeSummary, Remove remove)
    {
        var group = routes.MapGroup($"/v1/{path}").WithTags("relations").RequireAuthorization(Policies.Person);
        var one = path[..^1];

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

        return group;
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

    /// <summary>What every one of these needs.</summary>
    internal readonly record struct Asking(Caller Caller, Relations Relations, Users Users, CancellationToken CancellationToken);
}

/// <param name="Shares">False: without what they share. Left out it stays as it is, and is true at first.</param>
internal sealed record FollowJson(bool? Shares);

/// <param name="ExpiresAt">From then on it is no mute; left out it has no end.</param>
internal sealed record MuteJson(DateTimeOffset? ExpiresAt);

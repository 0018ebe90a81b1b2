using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

internal static class ActionEndpoints
{
    public static void Map(RouteGroupBuilder posts)
    {
        posts.MapPut("{post_id}/like", LikeAsync).WithName("like_post").WithSummary("Likes a post or comment. Twice is once; counts follow within two seconds.");
        posts.MapDelete("{post_id}/like", UnlikeAsync).WithName("unlike_post").WithSummary("Takes a like back; nothing to take back is fine.");
        posts.MapPut("{post_id}/reactions/{kind}", ReactAsync).WithName("react_to_post")
            .WithSummary("Reacts to a post or comment: like, love, laugh, wow, sad or angry. One of each kind at most.");
        posts.MapDelete("{post_id}/reactions/{kind}", UnreactAsync).WithName("unreact_to_post").WithSummary("Takes a reaction back; nothing to take back is fine.");
        posts.MapGet("{post_id}/reactions", ReactorsAsync).WithName("list_reactions").WithSummary("Who reacted to a post or comment, and how.");
        posts.MapPut("{post_id}/bookmark", BookmarkAsync).WithName("bookmark_post").WithSummary("Keeps a post or comment among your bookmarks, which nobody else sees.");
        posts.MapDelete("{post_id}/bookmark", UnbookmarkAsync).WithName("unbookmark_post").WithSummary("Takes a bookmark away; nothing to take away is fine.");
    }

    private static Task<Results<NoContent, Refusal>> LikeAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostActions actions, CancellationToken cancellationToken) =>
        ReactAsync(postId, ReactionBits.Names[(int)ReactionKind.Like - 1], caller, actions, cancellationToken);

    private static Task<Results<NoContent, Refusal>> UnlikeAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostActions actions, CancellationToken cancellationToken) =>
        UnreactAsync(postId, ReactionBits.Names[(int)ReactionKind.Like - 1], caller, actions, cancellationToken);

    private static async Task<Results<NoContent, Refusal>> ReactAsync(
        [FromRoute(Name = "post_id")] string postId, string kind, Caller caller, PostActions actions, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        if (!ReactionBits.TryParse(kind, out var reaction))
        {
            return (Refusal)UnknownKind;
        }

        var reacted = await actions.ReactAsync(caller.Person, id, reaction, cancellationToken);
        return reacted.IsOk ? TypedResults.NoContent() : (Refusal)reacted.Error;
    }

    private static async Task<Results<NoContent, Refusal>> UnreactAsync(
        [FromRoute(Name = "post_id")] string postId, string kind, Caller caller, PostActions actions, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        if (!ReactionBits.TryParse(kind, out var reaction))
        {
            return (Refusal)UnknownKind;
        }

        await actions.UnreactAsync(caller.Person, id, reaction, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Page<ReactorShape>>, Refusal>> ReactorsAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostReading reading, [FromQuery] string? cursor, [FromQuery] string? limit,
        CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var page = PageQuery.Parse(cursor, limit);
        return !page.IsOk ? (Refusal)page.Error
            : await reading.ReactorsAsync(caller.Person, id, page.Value, cancellationToken) is { } reactors ? TypedResults.Ok(reactors.Select(ReactorShape.Of))
            : (Refusal)ApiErrors.NotFound;
    }

    private static async Task<Results<NoContent, Refusal>> BookmarkAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostActions actions, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var marked = await actions.BookmarkAsync(caller.Person, id, cancellationToken);
        return marked.IsOk ? TypedResults.NoContent() : (Refusal)marked.Error;
    }

    private static async Task<Results<NoContent, Refusal>> UnbookmarkAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostActions actions, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        await actions.UnbookmarkAsync(caller.Person, id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Error UnknownKind { get; } = ApiErrors.Invalid("kind", "unknown_value", $"kind is one of {string.Join(", ", ReactionBits.Names)}.");
}

internal sealed record ReactorShape(UserId UserId, IReadOnlyList<string> Reactions)
{
    public static ReactorShape Of((UserId User, int Reactions) row) =>
        new(row.User, [.. ReactionBits.Names.Where((_, i) => ReactionBits.Holds(row.Reactions, (ReactionKind)(i + 1)))]);
}

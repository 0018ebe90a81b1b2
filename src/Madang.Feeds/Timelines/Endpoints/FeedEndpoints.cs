using Madang.Api;
using Madang.Feeds.Explaining;
using Madang.Feeds.Posts;
using Madang.Feeds.Posts.Endpoints;
using Madang.Feeds.Ranking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Timelines.Endpoints;

internal static class FeedEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var feed = routes.MapGroup("/v1/feed").RequireAuthorization(Policies.Person).WithTags("feeds");
        feed.MapGet("", ReadAsync).WithName("read_feed").Produces<FeedShape>()
            .WithSummary("What the people you follow, your friends and you have written, newest first; order=oldest goes on from your mark. With since, a gap is told if not all fits. ranker=scored puts first what probably matters to you and tells why; its order stands while you read on.");
        feed.MapGet("explain", ExplainAsync).WithName("explain_feed").Produces<FeedExplanation>()
            .WithSummary("Why a post is in your home feed or not, and what its score is made of. Moderators may ask for somebody else, without the scores.");
        feed.MapGet("mark", MarkAsync).WithName("read_feed_mark").Produces<FeedMarkJson>().WithSummary("How far you have read.");
        feed.MapPut("mark", MoveMarkAsync).WithName("put_feed_mark").Produces<FeedMarkJson>().WithSummary("Moves your mark forward, on all your devices. It never goes back.");
        routes.MapGroup("/v1/lists/{list_id}/feed").RequireAuthorization(Policies.Person).WithTags("feeds")
            .MapGet("", ReadListAsync).WithName("read_list_feed").Produces<FeedShape>().WithSummary("What the people of one of your lists have written.");
        routes.MapGroup("/v1/tags/{tag}/posts").RequireAuthorization(Policies.Person).WithTags("feeds")
            .MapGet("", ReadTagAsync).WithName("list_posts_of_tag").Produces<FeedShape>().WithSummary("Posts that bear a tag and that you may see.");
    }

    private static async Task<IResult> ReadAsync(
        [AsParameters] HomeRequest ask, Caller caller, FeedPages pages, FeedMarks marks, Rankers rankers, RankedPages ranked, CancellationToken cancellationToken)
    {
        var parsed = ask.Query;
        if (ask.Ranker is null or Rankers.Chronological || !parsed.IsOk)
        {
            return await AnswerAsync(caller, pages, marks, parsed, ask.Since ?? ask.Cursor, cancellationToken);
        }

        if (rankers.Find(ask.Ranker) is not { } ranker)
        {
            return (Refusal)ApiErrors.Invalid("ranker", "unknown_value", $"ranker is {rankers.Names}.");
        }

        if (ask.Order is not null || ask.Since is not null)
        {
            return (Refusal)ApiErrors.Invalid("ranker", "invalid", "A ranker has an order of its own: order and since go without one.");
        }

        // Behind a snapshot the cursors are those of time.
        if (ask.Place is null && !string.IsNullOrEmpty(ask.Cursor))
        {
            return await AnswerAsync(caller, pages, marks, parsed, ask.Cursor, cancellationToken);
        }

        var page = await ranked.ReadAsync(caller.Person, ranker, ask.Place, parsed.Value.Limit, parsed.Value.Seen, cancellationToken);
        return page.IsOk ? new JsonBytes(page.Value) : (Refusal)page.Error;
    }

    private static Task<IResult> ReadListAsync(
        [FromRoute(Name = "list_id")] string listId, Caller caller, FeedPages pages, FeedMarks marks, [FromQuery] string? cursor, [FromQuery] string? limit,
        [FromQuery] string? order, [FromQuery] string? since, CancellationToken cancellationToken) =>
        Id.TryParse<ListId>(listId, out var list)
            ? AnswerAsync(caller, pages, marks, FeedQuery.Parse(FeedName.OfList(list.Value), cursor, limit, order, since, null), since ?? cursor, cancellationToken)
            : Task.FromResult<IResult>((Refusal)ApiErrors.NotFound);

    private static Task<IResult> ReadTagAsync(
        string tag, Caller caller, FeedPages pages, FeedMarks marks, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken) =>
        PostWords.KeyOf(tag) is { } key
            ? AnswerAsync(caller, pages, marks, FeedQuery.Parse(FeedName.OfTag(key), cursor, limit, null, null, null), cursor, cancellationToken)
            : Task.FromResult<IResult>((Refusal)ApiErrors.NotFound);

    /// <param name="from">Where the client says to begin; without it, what is read in the order of writing goes on from the mark.</param>
    private static async Task<IResult> AnswerAsync(
        Caller caller, FeedPages pages, FeedMarks marks, Result<FeedQuery> parsed, string? from, CancellationToken cancellationToken)
    {
        if (!parsed.IsOk)
        {
            return (Refusal)parsed.Error;
        }

        var query = parsed.Value;
        if (query.OldestFirst && string.IsNullOrEmpty(from))
        {
            var mark = await marks.OfAsync(caller.Person, query.Feed.List, cancellationToken);
            if (!mark.IsOk)
            {
                return (Refusal)mark.Error;
            }

            query = query with { Above = mark.Value?.Post.Value ?? 0 };
        }

        var page = await pages.ReadAsync(caller.Person, query, cancellationToken);
        return page.IsOk ? new JsonBytes(page.Value.Written, borrowed: page.Value) : (Refusal)page.Error;
    }

    private static async Task<IResult> ExplainAsync(
        Caller caller, Explain explain, Rankers rankers, RankedFeeds ranked, [FromQuery(Name = "post_id")] string? postId, [FromQuery(Name = "user_id")] string? userId,
        CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var post))
        {
            return (Refusal)ApiErrors.Invalid("post_id", postId is null ? "required" : "invalid", "post_id is the id of a post.");
        }

        var reader = caller.Person;
        var isModerator = caller.Role is Role.Moderator or Role.Admin;
        if (userId is not null)
        {
            if (!isModerator)
            {
                return (Refusal)ApiErrors.Forbidden;
            }

            if (!Id.TryParse(userId, out reader))
            {
                return (Refusal)ApiErrors.Invalid("user_id", "invalid", "user_id is the id of a user.");
            }
        }

        var explained = await explain.OfAsync(reader, post, isModerator && userId is not null, cancellationToken);
        if (!explained.IsOk)
        {
            return (Refusal)explained.Error;
        }

        // Whom somebody cares for is nobody else's business.
        return TypedResults.Ok(explained.Value.InFeed && reader == caller.Person
            ? explained.Value with { Rankings = await RankingsAsync(reader, post, rankers, ranked, cancellationToken) }
            : explained.Value);
    }

    private static async Task<IReadOnlyList<PostRanking>> RankingsAsync(UserId reader, PostId post, Rankers rankers, RankedFeeds ranked, CancellationToken cancellationToken)
    {
        var rankings = new List<PostRanking>();
        foreach (var ranker in rankers.All)
        {
            if (await ranked.ExplainAsync(reader, ranker, post, cancellationToken) is { } ranking)
            {
                rankings.Add(ranking);
            }
        }

        return rankings;
    }

    private static async Task<IResult> MarkAsync(Caller caller, FeedMarks marks, [FromQuery(Name = "list_id")] string? listId, CancellationToken cancellationToken)
    {
        var list = ListOf(listId);
        if (!list.IsOk)
        {
            return (Refusal)list.Error;
        }

        var mark = await marks.OfAsync(caller.Person, list.Value, cancellationToken);
        return mark.IsOk ? TypedResults.Ok(new FeedMarkJson(mark.Value?.Post, mark.Value?.At)) : (Refusal)mark.Error;
    }

    private static async Task<IResult> MoveMarkAsync(MarkRequest request, Caller caller, FeedMarks marks, CancellationToken cancellationToken)
    {
        var mark = await marks.MoveAsync(caller.Person, request.ListId?.Value ?? 0, request.PostId, cancellationToken);
        return mark.IsOk ? TypedResults.Ok(new FeedMarkJson(mark.Value.Post, mark.Value.At)) : (Refusal)mark.Error;
    }

    private static Result<long> ListOf(string? text) =>
        text is null ? 0 : Id.TryParse<ListId>(text, out var list) ? list.Value : ApiErrors.Invalid("list_id", "invalid", "list_id is the id of a list.");
}

/// <summary>How far somebody has read; without a post, nothing was told yet.</summary>
internal sealed record FeedMarkJson(PostId? PostId, DateTimeOffset? At);

/// <param name="PostId">The newest post that you have read.</param>
/// <param name="ListId">One of your lists; without it, the home feed.</param>
internal sealed record MarkRequest(PostId? PostId, ListId? ListId);

/// <summary>Which page of the home feed is asked for.</summary>
internal sealed record HomeRequest
{
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    /// <summary>newest, or oldest, which goes on from your mark.</summary>
    [FromQuery(Name = "order")]
    public string? Order { get; init; }

    /// <summary>The newest post that you hold.</summary>
    [FromQuery(Name = "since")]
    public string? Since { get; init; }

    /// <summary>A post that you wrote or were told of: the answer knows of it.</summary>
    [FromQuery(Name = "seen")]
    public string? Seen { get; init; }

    /// <summary>chronological unless said otherwise, or scored.</summary>
    [FromQuery(Name = "ranker")]
    public string? Ranker { get; init; }

    /// <summary>Within a snapshot; null for a cursor of time, or none.</summary>
    public RankedCursor? Place => Ranker is not null && RankedCursor.TryRead(Cursor, out var place) ? place : null;

    public Result<FeedQuery> Query => FeedQuery.Parse(FeedName.Home, Place is null ? Cursor : null, Limit, Order, Since, Seen);
}

/// <summary>A page of a feed, for the description of the API: the page itself is written from parts that lie ready.</summary>
/// <param name="Gap">Reads what lies between this page and what you hold; absent when nothing does.</param>
/// <param name="AlsoShared">Who else shared what a post of the page says, by the id of the post.</param>
/// <param name="Ranker">Who made the order, where it is not that of time.</param>
/// <param name="Why">Then: why each post stands where it does, by its id.</param>
internal sealed record FeedShape(
    IReadOnlyList<PostShape> Items, string? Gap, IReadOnlyDictionary<string, IReadOnlyList<UserId>>? AlsoShared, string? Ranker,
    IReadOnlyDictionary<string, WhyShape>? Why, string? Next, string? Prev);

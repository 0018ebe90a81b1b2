namespace Madang.Client.Resources;

/// <summary>What others have written, for one reader.</summary>
public sealed class Feed
{
    private readonly Http _http;

    internal Feed(Http http) => _http = http;

    /// <summary>What the people one follows, friends and oneself have written.</summary>
    /// <param name="order">newest, or oldest, which goes on from one's mark.</param>
    /// <param name="since">The newest post that is held: what does not fit between is told as a gap. Goes without a cursor.</param>
    /// <param name="seen">A post that was written or told of: the answer knows of it, whichever node gives it.</param>
    public Task<FeedPage> HomeAsync(
        string? cursor = null, int? limit = null, string? order = null, string? since = null, string? seen = null, CancellationToken cancellationToken = default) =>
        ReadAsync("/v1/feed", cancellationToken, ("cursor", cursor), ("limit", Http.Text(limit)), ("order", order), ("since", since), ("seen", seen));

    /// <summary>What the people of one of one's lists have written.</summary>
    public Task<FeedPage> OfListAsync(string listId, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        ReadAsync($"/v1/lists/{Uri.EscapeDataString(listId)}/feed", cancellationToken, ("cursor", cursor), ("limit", Http.Text(limit)));

    public Task<FeedPage> OfTagAsync(string tag, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        ReadAsync($"/v1/tags/{Uri.EscapeDataString(tag)}/posts", cancellationToken, ("cursor", cursor), ("limit", Http.Text(limit)));

    /// <summary>How far one has read.</summary>
    public Task<FeedMark> MarkAsync(CancellationToken cancellationToken = default) => _http.GetAsync("/v1/feed/mark", ClientJson.Default.FeedMark, cancellationToken);

    /// <summary>Never goes back.</summary>
    public Task<FeedMark> MoveMarkAsync(string postId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, "/v1/feed/mark", new FeedMark(postId), ClientJson.Default.FeedMark, ClientJson.Default.FeedMark, cancellationToken);

    /// <summary>Why a post is in one's home feed, or why not.</summary>
    /// <param name="userId">Whose feed; moderators may ask for somebody else.</param>
    public Task<FeedExplanation> ExplainAsync(string postId, string? userId = null, CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/feed/explain", ClientJson.Default.FeedExplanation, cancellationToken, ("post_id", postId), ("user_id", userId));

    private Task<FeedPage> ReadAsync(string path, CancellationToken cancellationToken, params (string Name, string? Value)[] query) =>
        _http.GetAsync(path, ClientJson.Default.FeedPage, cancellationToken, query);
}

/// <param name="Gap">Reads what lies between this page and what is held; absent when nothing does.</param>
/// <param name="AlsoShared">Who else shared what a post of the page says, by the id of the post.</param>
/// <param name="Next">Null at the true end.</param>
public sealed record FeedPage(
    IReadOnlyList<Post> Items, string? Gap = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? AlsoShared = null, string? Next = null, string? Prev = null);

/// <param name="By">How it comes into the feed: own, followee, friend, direct, tag.</param>
/// <param name="Without">What keeps it out.</param>
/// <param name="Place">Where its id is kept now: ring, pending, author_log or database.</param>
/// <param name="Delivery">push or pull.</param>
public sealed record FeedExplanation(
    string PostId, string UserId, bool InFeed, IReadOnlyList<string> By, IReadOnlyList<string> Without, string Place, string? Delivery = null);

/// <param name="PostId">The newest post that was read; absent when nothing was told yet.</param>
public sealed record FeedMark(string? PostId = null, DateTimeOffset? At = null);

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

    /// <summary>The same feed in the order of a ranker, with the reasons: what probably matters stands first, and the order stands while one reads on.</summary>
    /// <remarks>Code: snapshot_gone, when the order is no longer kept: read anew without a cursor.</remarks>
    public Task<FeedPage> RankedAsync(string ranker = "scored", string? cursor = null, int? limit = null, string? seen = null, CancellationToken cancellationToken = default) =>
        ReadAsync("/v1/feed", cancellationToken, ("ranker", ranker), ("cursor", cursor), ("limit", Http.Text(limit)), ("seen", seen));

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

    /// <summary>A secret address of one's home feed for feed readers, shown this once; the one before leads nowhere any more.</summary>
    public Task<FeedToken> RenewTokenAsync(CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/me/feed-token", ClientJson.Default.FeedToken, cancellationToken);

    /// <summary>Since when there is one. Code: not_found.</summary>
    public Task<FeedToken> TokenAsync(CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/me/feed-token", ClientJson.Default.FeedToken, cancellationToken);

    public Task DeleteTokenAsync(CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, "/v1/me/feed-token", cancellationToken);

    private Task<FeedPage> ReadAsync(string path, CancellationToken cancellationToken, params (string Name, string? Value)[] query) =>
        _http.GetAsync(path, ClientJson.Default.FeedPage, cancellationToken, query);
}

/// <param name="Gap">Reads what lies between this page and what is held; absent when nothing does.</param>
/// <param name="AlsoShared">Who else shared what a post of the page says, by the id of the post.</param>
/// <param name="Next">Null at the true end.</param>
/// <param name="Ranker">Who made the order, where it is not that of time.</param>
/// <param name="Why">Then: why each post stands where it does, by its id.</param>
public sealed record FeedPage(
    IReadOnlyList<Post> Items, string? Gap = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? AlsoShared = null, string? Next = null, string? Prev = null,
    string? Ranker = null, IReadOnlyDictionary<string, FeedReason>? Why = null);

/// <param name="By">How it comes into the feed: own, followee, friend, direct, tag.</param>
/// <param name="Score">The sum of the factors' points.</param>
public sealed record FeedReason(IReadOnlyList<string> By, double Score, IReadOnlyList<FeedFactor> Factors);

/// <param name="Name">recency, affinity, engagement, tag or repeat.</param>
public sealed record FeedFactor(string Name, double Value, double Weight, double Points);

/// <param name="Place">Where it stands in one's last reading, from 1.</param>
public sealed record FeedRanking(string Ranker, double Score, IReadOnlyList<FeedFactor> Factors, int? Place = null);

/// <summary>Whoever has one of these addresses reads the home feed.</summary>
public sealed record FeedToken(DateTimeOffset CreatedAt, string? Token = null, string? AtomUrl = null, string? JsonUrl = null);

/// <param name="By">How it comes into the feed: own, followee, friend, direct, tag.</param>
/// <param name="Without">What keeps it out.</param>
/// <param name="Place">Where its id is kept now: ring, pending, author_log or database.</param>
/// <param name="Delivery">push or pull.</param>
/// <param name="Rankings">Of a post in one's own feed: its score, by each ranker.</param>
public sealed record FeedExplanation(
    string PostId, string UserId, bool InFeed, IReadOnlyList<string> By, IReadOnlyList<string> Without, string Place, string? Delivery = null,
    IReadOnlyList<FeedRanking>? Rankings = null);

/// <param name="PostId">The newest post that was read; absent when nothing was told yet.</param>
public sealed record FeedMark(string? PostId = null, DateTimeOffset? At = null);

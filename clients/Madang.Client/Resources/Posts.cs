namespace Madang.Client.Resources;

/// <summary>What people write for many.</summary>
public sealed class Posts
{
    private readonly Http _http;

    internal Posts(Http http) => _http = http;

    /// <summary>On the disk when it answers. Codes: idempotency_conflict, rate_limited, and invalid_fields.</summary>
    public Task<Post> PublishAsync(NewPost post, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/posts", post, ClientJson.Default.NewPost, ClientJson.Default.Post, cancellationToken);

    public Task<Post> FindAsync(string id, CancellationToken cancellationToken = default) =>
        _http.GetAsync(PathOf(id), ClientJson.Default.Post, cancellationToken);

    /// <summary>Changes text or audience; what it said before is kept. Codes: version_conflict, too_many_edits, and invalid_fields.</summary>
    public Task<Post> EditAsync(string id, PostChange change, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, PathOf(id), change, ClientJson.Default.PostChange, ClientJson.Default.Post, cancellationToken);

    /// <summary>What answered it stands on.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    /// <summary>What it says and said before, newest first.</summary>
    public Paged<PostVersion> Versions(string id) => new(_http, $"{PathOf(id)}/versions", ClientJson.Default.PagePostVersion);

    /// <summary>Passes a public post on, with or without words of one's own. Code: not_shareable.</summary>
    public Task<Post> ShareAsync(string id, string clientId, string? text = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id)}/share", new PostWords(text, clientId), ClientJson.Default.PostWords, ClientJson.Default.Post, cancellationToken);

    /// <summary>Takes one's newest share without words back; nothing to take back is fine.</summary>
    public Task UnshareAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, $"{PathOf(id)}/share", cancellationToken);

    /// <summary>Answers a post or a comment.</summary>
    public Task<Post> CommentAsync(string id, string text, string clientId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id)}/comments", new PostWords(text, clientId), ClientJson.Default.PostWords, ClientJson.Default.Post, cancellationToken);

    /// <summary>What answers a post or a comment directly, oldest first.</summary>
    public Paged<Post> Comments(string id) => new(_http, $"{PathOf(id)}/comments", ClientJson.Default.PagePost);

    /// <summary>Twice is once; counts follow within two seconds.</summary>
    public Task LikeAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Put, $"{PathOf(id)}/like", cancellationToken);

    public Task UnlikeAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, $"{PathOf(id)}/like", cancellationToken);

    /// <summary>One of each kind at most.</summary>
    /// <param name="kind">like, love, laugh, wow, sad or angry.</param>
    public Task ReactAsync(string id, string kind, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"{PathOf(id)}/reactions/{Uri.EscapeDataString(kind)}", cancellationToken);

    public Task UnreactAsync(string id, string kind, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"{PathOf(id)}/reactions/{Uri.EscapeDataString(kind)}", cancellationToken);

    public Paged<Reactor> Reactors(string id) => new(_http, $"{PathOf(id)}/reactions", ClientJson.Default.PageReactor);

    public Task BookmarkAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Put, $"{PathOf(id)}/bookmark", cancellationToken);

    public Task UnbookmarkAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, $"{PathOf(id)}/bookmark", cancellationToken);

    /// <summary>Newest bookmark first.</summary>
    public Paged<Post> Bookmarks() => new(_http, "/v1/me/bookmarks", ClientJson.Default.PagePost);

    /// <summary>Posts and shares of somebody, newest first.</summary>
    public Paged<Post> OfUser(string userId) => new(_http, $"/v1/users/{Uri.EscapeDataString(userId)}/posts", ClientJson.Default.PagePost);

    /// <summary>Posts, comments and shares that hold all words of <paramref name="query"/> and that one may see, newest first; <c>word*</c> matches beginnings, quotation marks a phrase.</summary>
    public Paged<Post> Search(string query) => new(_http, "/v1/search/posts", ClientJson.Default.PagePost, ("q", query));

    /// <summary>What stands behind a link. Codes: preview_address_refused, preview_unreachable, preview_no_page.</summary>
    public Task<LinkPreview> PreviewAsync(string url, CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/preview", ClientJson.Default.LinkPreview, cancellationToken, ("url", url));

    private static string PathOf(string id) => $"/v1/posts/{Uri.EscapeDataString(id)}";
}

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
        _http.GetAsync($"/v1/posts/{Uri.EscapeDataString(id)}", ClientJson.Default.Post, cancellationToken);

    /// <summary>Posts and shares of somebody, newest first.</summary>
    public Paged<Post> OfUser(string userId) => new(_http, $"/v1/users/{Uri.EscapeDataString(userId)}/posts", ClientJson.Default.PagePost);

    /// <summary>What stands behind a link. Codes: preview_address_refused, preview_unreachable, preview_no_page.</summary>
    public Task<LinkPreview> PreviewAsync(string url, CancellationToken cancellationToken = default) =>
        _http.GetAsync("/v1/preview", ClientJson.Default.LinkPreview, cancellationToken, ("url", url));
}

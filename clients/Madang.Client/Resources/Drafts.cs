namespace Madang.Client.Resources;

/// <summary>Posts to be published later, by hand or at their time.</summary>
public sealed class Drafts
{
    private readonly Http _http;

    internal Drafts(Http http) => _http = http;

    /// <summary>Codes: too_many_drafts, and invalid_fields.</summary>
    public Task<Draft> CreateAsync(NewDraft draft, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/me/drafts", draft, ClientJson.Default.NewDraft, ClientJson.Default.Draft, cancellationToken);

    /// <summary>Newest first.</summary>
    public Paged<Draft> All() => new(_http, "/v1/me/drafts", ClientJson.Default.PageDraft);

    public Task<Draft> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(PathOf(id), ClientJson.Default.Draft, cancellationToken);

    /// <summary>What is left out is gone.</summary>
    public Task<Draft> ReplaceAsync(string id, NewDraft draft, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, PathOf(id), draft, ClientJson.Default.NewDraft, ClientJson.Default.Draft, cancellationToken);

    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    /// <summary>Now; then the draft is gone.</summary>
    public Task<Post> PublishAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id)}/publish", ClientJson.Default.Post, cancellationToken);

    private static string PathOf(string id) => $"/v1/me/drafts/{Uri.EscapeDataString(id)}";
}

/// <param name="PublishAt">When it is published by itself; absent, it waits.</param>
public sealed record NewDraft(string Text, string? Audience = null, string? ListId = null, DateTimeOffset? PublishAt = null);

/// <param name="Refused">The code of the refusal with which it could not be published at its time; then it has no time any more.</param>
public sealed record Draft(
    string Id, string Text, string Audience, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? ListId = null, DateTimeOffset? PublishAt = null, string? Refused = null);

namespace Madang.Client.Resources;

/// <summary>Lists of people, and the tags that one follows.</summary>
public sealed class Lists
{
    private readonly Http _http;

    internal Lists(Http http) => _http = http;

    /// <summary>Answers the one that is there when there is one of this title.</summary>
    /// <param name="exclusive">Whether its people leave the home timeline.</param>
    public Task<PeopleList> CreateAsync(string title, bool? exclusive = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/lists", new NewList(title, exclusive), ClientJson.Default.NewList, ClientJson.Default.PeopleList, cancellationToken);

    public Paged<PeopleList> All() => new(_http, "/v1/lists", ClientJson.Default.PagePeopleList);

    /// <summary>What is left out stays.</summary>
    public Task<PeopleList> ChangeAsync(string id, string? title = null, bool? exclusive = null, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, PathOf(id), new NewList(title, exclusive), ClientJson.Default.NewList, ClientJson.Default.PeopleList, cancellationToken);

    /// <summary>Posts that were for it are for nobody from then on.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    public Paged<ListMember> Members(string id) => new(_http, $"{PathOf(id)}/members", ClientJson.Default.PageListMember);

    /// <summary>They are not told.</summary>
    public Task AddAsync(string id, string userId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"{PathOf(id)}/members/{Uri.EscapeDataString(userId)}", cancellationToken);

    public Task RemoveAsync(string id, string userId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"{PathOf(id)}/members/{Uri.EscapeDataString(userId)}", cancellationToken);

    /// <summary>The tags that one follows.</summary>
    public Paged<FollowedTag> Tags() => new(_http, "/v1/me/tags", ClientJson.Default.PageFollowedTag);

    public Task<FollowedTag> FollowTagAsync(string tag, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"/v1/tags/{Uri.EscapeDataString(tag)}/follow", ClientJson.Default.FollowedTag, cancellationToken);

    public Task UnfollowTagAsync(string tag, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/tags/{Uri.EscapeDataString(tag)}/follow", cancellationToken);

    private static string PathOf(string id) => $"/v1/lists/{Uri.EscapeDataString(id)}";
}

namespace Madang.Client.Resources;

/// <summary>Friends are asked and accept; follow, mute and block are one-sided. Codes: self_relation, blocked.</summary>
public sealed class Relations
{
    private readonly Http _http;

    internal Relations(Http http) => _http = http;

    /// <summary>Asks, or accepts when the other one has asked.</summary>
    public Task<Relation> BefriendAsync(string userId, CancellationToken cancellationToken = default) => SetAsync("friends", userId, cancellationToken);

    /// <summary>Ends, withdraws or declines.</summary>
    public Task UnfriendAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("friends", userId, cancellationToken);

    public Task<Relation> FollowAsync(string userId, CancellationToken cancellationToken = default) => SetAsync("follows", userId, cancellationToken);

    public Task UnfollowAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("follows", userId, cancellationToken);

    public Task<Relation> MuteAsync(string userId, CancellationToken cancellationToken = default) => SetAsync("mutes", userId, cancellationToken);

    public Task UnmuteAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("mutes", userId, cancellationToken);

    /// <summary>Ends friendship and following both ways, too.</summary>
    public Task<Relation> BlockAsync(string userId, CancellationToken cancellationToken = default) => SetAsync("blocks", userId, cancellationToken);

    public Task UnblockAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("blocks", userId, cancellationToken);

    /// <param name="state">accepted, incoming or outgoing; all without.</param>
    public Paged<Relation> Friends(string? state = null) => new(_http, "/v1/friends", ClientJson.Default.PageRelation, ("state", state));

    public Paged<Relation> Follows() => new(_http, "/v1/follows", ClientJson.Default.PageRelation);

    public Paged<Relation> Mutes() => new(_http, "/v1/mutes", ClientJson.Default.PageRelation);

    public Paged<Relation> Blocks() => new(_http, "/v1/blocks", ClientJson.Default.PageRelation);

    private Task<Relation> SetAsync(string kind, string userId, CancellationToken cancellationToken) =>
        _http.SendAsync(HttpMethod.Put, $"/v1/{kind}/{Uri.EscapeDataString(userId)}", ClientJson.Default.Relation, cancellationToken);

    private Task ClearAsync(string kind, string userId, CancellationToken cancellationToken) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/{kind}/{Uri.EscapeDataString(userId)}", cancellationToken);
}

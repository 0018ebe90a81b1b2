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

    /// <param name="shares">False without what they pass on; left out it stays as it is.</param>
    public Task<Relation> FollowAsync(string userId, bool? shares = null, CancellationToken cancellationToken = default) => SetAsync("follows", userId, new(shares), cancellationToken);

    public Task UnfollowAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("follows", userId, cancellationToken);

    /// <param name="expiresAt">When it ends by itself; left out never.</param>
    public Task<Relation> MuteAsync(string userId, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        SetAsync("mutes", userId, new(ExpiresAt: expiresAt), cancellationToken);

    public Task UnmuteAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("mutes", userId, cancellationToken);

    /// <summary>Ends friendship and following both ways, too.</summary>
    public Task<Relation> BlockAsync(string userId, CancellationToken cancellationToken = default) => SetAsync("blocks", userId, cancellationToken);

    public Task UnblockAsync(string userId, CancellationToken cancellationToken = default) => ClearAsync("blocks", userId, cancellationToken);

    /// <param name="state">accepted, incoming or outgoing; all without.</param>
    public Paged<Relation> Friends(string? state = null) => new(_http, "/v1/friends", ClientJson.Default.PageRelation, ("state", state));

    public Paged<Relation> Follows() => new(_http, "/v1/follows", ClientJson.Default.PageRelation);

    public Paged<Relation> Mutes() => new(_http, "/v1/mutes", ClientJson.Default.PageRelation);

    public Paged<Relation> Blocks() => new(_http, "/v1/blocks", ClientJson.Default.PageRelation);

    /// <summary>Tells of every new post of somebody. Code: too_many_subscriptions.</summary>
    public Task SubscribeAsync(string userId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Put, $"/v1/users/{Uri.EscapeDataString(userId)}/subscription", cancellationToken);

    public Task UnsubscribeAsync(string userId, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/users/{Uri.EscapeDataString(userId)}/subscription", cancellationToken);

    public Paged<Subscription> Subscriptions() => new(_http, "/v1/me/subscriptions", ClientJson.Default.PageSubscription);

    /// <summary>As CSV with the columns of Mastodon.</summary>
    /// <param name="kind">follows, mutes, blocks or lists.</param>
    public Task<byte[]> ExportAsync(string kind, CancellationToken cancellationToken = default) =>
        _http.GetBytesAsync($"/v1/{Uri.EscapeDataString(kind)}/export", "text/csv", cancellationToken);

    /// <summary>Takes over a file that <see cref="ExportAsync"/> or Mastodon wrote, of at most 1 MiB. Codes: invalid_csv, body_too_large.</summary>
    /// <param name="domain">The server whose people are here under the same names.</param>
    public Task<Imported> ImportAsync(string kind, byte[] csv, string? domain = null, CancellationToken cancellationToken = default) =>
        _http.SendBytesAsync(HttpMethod.Post, $"/v1/{Uri.EscapeDataString(kind)}/import", csv, "text/csv", ClientJson.Default.Imported, cancellationToken, ("domain", domain));

    private Task<Relation> SetAsync(string kind, string userId, CancellationToken cancellationToken) => SetAsync(kind, userId, new(), cancellationToken);

    private Task<Relation> SetAsync(string kind, string userId, RelationTerms terms, CancellationToken cancellationToken) =>
        _http.SendAsync(
            HttpMethod.Put, $"/v1/{kind}/{Uri.EscapeDataString(userId)}", terms, ClientJson.Default.RelationTerms, ClientJson.Default.Relation, cancellationToken);

    private Task ClearAsync(string kind, string userId, CancellationToken cancellationToken) =>
        _http.SendAsync(HttpMethod.Delete, $"/v1/{kind}/{Uri.EscapeDataString(userId)}", cancellationToken);
}

/// <summary>Somebody of whose new posts one is told.</summary>
public sealed record Subscription(string UserId);

/// <summary>What became of an imported file.</summary>
/// <param name="Rows">How many rows it held.</param>
/// <param name="Taken">How many of them are so now, whether they were before or not.</param>
/// <param name="NotTaken">How many are not.</param>
/// <param name="Refused">Those, by line; the first thousand.</param>
public sealed record Imported(int Rows, int Taken, int NotTaken, IReadOnlyList<RefusedRow> Refused);

/// <param name="Line">Where the row begins, from 1.</param>
/// <param name="Code">unknown_name, other_server, or the code of a refusal.</param>
public sealed record RefusedRow(int Line, string Address, string Code);

internal sealed record RelationTerms(bool? Shares = null, DateTimeOffset? ExpiresAt = null);

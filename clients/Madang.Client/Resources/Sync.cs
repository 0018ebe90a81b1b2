namespace Madang.Client.Resources;

/// <summary>The inbox by hand; <see cref="MadangRealtime"/> reads it by itself.</summary>
public sealed class Sync
{
    private readonly Http _http;

    internal Sync(Http http) => _http = http;

    /// <param name="since">The cursor of the last entry that was processed; without one the answer is a reset.</param>
    /// <param name="wait">How long the server may wait for the first entry, at most 25 s; at once without.</param>
    /// <param name="limit">1 to 500.</param>
    public Task<SyncAnswer> ReadAsync(string? since = null, TimeSpan? wait = null, int? limit = null, CancellationToken cancellationToken = default) => _http.GetAsync(
        "/v1/sync", ClientJson.Default.SyncAnswer, (wait ?? TimeSpan.FromSeconds(20)) + TimeSpan.FromSeconds(10), cancellationToken,
        ("since", since), ("wait", Http.Text((long?)wait?.TotalSeconds)), ("limit", Http.Text(limit)));

    /// <summary>Everything up to here has been processed.</summary>
    public Task AckAsync(string cursor, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/sync/ack", new AckBody(cursor), ClientJson.Default.AckBody, cancellationToken);

    internal Task<HttpResponseMessage> StreamAsync(string? since, CancellationToken cancellationToken) =>
        _http.OpenAsync("/v1/sync", "text/event-stream", cancellationToken, ("since", since));
}

/// <param name="Reset">True when the cursor was too old or missing: read the rooms, then go on from <paramref name="Cursor"/>.</param>
/// <param name="Limited">Whether more entries wait.</param>
public sealed record SyncAnswer(IReadOnlyList<Entry> Entries, string Cursor, bool Limited, bool Reset = false);

internal sealed record AckBody(string Cursor);

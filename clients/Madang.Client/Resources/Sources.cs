namespace Madang.Client.Resources;

/// <summary>Feeds and pages of the web as authors to follow.</summary>
public sealed class Sources
{
    /// <summary>The server looks at the address before it answers.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ManyLooks = TimeSpan.FromMinutes(2);

    private readonly Http _http;

    internal Sources(Http http) => _http = http;

    /// <summary>The same address again answers the same source. Codes: source_refused, source_unreachable, source_empty, too_many_sources, and invalid_fields.</summary>
    public Task<Source> CreateAsync(string url, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/sources", new NewSource(url), ClientJson.Default.NewSource, ClientJson.Default.Source, Look, cancellationToken);

    /// <summary>Newest first.</summary>
    public Paged<Source> All() => new(_http, "/v1/sources", ClientJson.Default.PageSource);

    public Task<Source> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(PathOf(id), ClientJson.Default.Source, cancellationToken);

    /// <summary>Its posts go out of sight. Whoever made it may, and moderators.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    /// <summary>All of them as OPML 2.0.</summary>
    public Task<byte[]> ExportAsync(CancellationToken cancellationToken = default) => _http.GetBytesAsync("/v1/sources.opml", "text/x-opml", cancellationToken);

    /// <summary>Takes the subscriptions of another feed reader over: makes each a source and follows it. Codes: invalid_fields, body_too_large, overloaded.</summary>
    /// <param name="opml">At most 1 MiB.</param>
    public Task<ImportedSources> ImportAsync(byte[] opml, CancellationToken cancellationToken = default) =>
        _http.SendBytesAsync(HttpMethod.Post, "/v1/sources/import", opml, "text/x-opml", ClientJson.Default.ImportedSources, ManyLooks, cancellationToken);

    private static string PathOf(string id) => $"/v1/sources/{Uri.EscapeDataString(id)}";
}

/// <param name="Kind">feed (RSS, Atom, JSON Feed) or pages (what a page begins to link to).</param>
/// <param name="UserId">The author of its posts.</param>
public sealed record Source(
    string Id, string Url, string Kind, string UserId, DateTimeOffset CreatedAt, string? CreatedBy = null, DateTimeOffset? LastItemAt = null, SourceVisit? LastVisit = null);

/// <summary>How the crawler was answered last.</summary>
/// <param name="Ok">False: nothing new can come until this is mended.</param>
/// <param name="At">Null when it was never fetched.</param>
/// <param name="Status">HTTP status; null without an answer.</param>
/// <param name="Code">Why it was not answered or is not asked: no_such_host, robots, not_found.</param>
/// <param name="NextAt">Null when it is not looked at again, and when its turn has come.</param>
public sealed record SourceVisit(bool Ok, DateTimeOffset? At = null, int? Status = null, string? Code = null, DateTimeOffset? NextAt = null);

/// <param name="Rows">How many addresses the list named.</param>
/// <param name="Duplicates">How often an address was named again.</param>
/// <param name="Items">One for each address, in order.</param>
public sealed record ImportedSources(int Rows, int Taken, int NotTaken, int Duplicates, IReadOnlyList<ImportedSource> Items);

/// <param name="Row">From 1.</param>
/// <param name="Outcome">created, existing or refused.</param>
/// <param name="Code">Why it was refused; of a source that stands, why it is not followed.</param>
public sealed record ImportedSource(int Row, string Url, string Outcome, string? Code = null, Source? Source = null);

internal sealed record NewSource(string Url);

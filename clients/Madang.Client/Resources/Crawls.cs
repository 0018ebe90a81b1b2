using System.Runtime.CompilerServices;
using System.Text.Json;
using Madang.Client.Realtime;

namespace Madang.Client.Resources;

/// <summary>Crawls need the role admin; searching their pages does not.</summary>
public sealed class Crawls
{
    private readonly Http _http;

    internal Crawls(Http http) => _http = http;

    /// <summary>Codes: too_many_crawls, and invalid_fields for each setting that is wrong.</summary>
    public Task<Crawl> StartAsync(NewCrawl crawl, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/crawls", crawl, ClientJson.Default.NewCrawl, ClientJson.Default.Crawl, cancellationToken);

    /// <summary>Newest first.</summary>
    public Paged<Crawl> List() => new(_http, "/v1/crawls", ClientJson.Default.PageCrawl);

    public Task<Crawl> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(PathOf(id), ClientJson.Default.Crawl, cancellationToken);

    /// <summary>Code: crawl_not_running.</summary>
    public Task<Crawl> PauseAsync(string id, CancellationToken cancellationToken = default) => ChangeAsync(id, "pause", cancellationToken);

    /// <summary>Code: crawl_running.</summary>
    public Task<Crawl> ResumeAsync(string id, CancellationToken cancellationToken = default) => ChangeAsync(id, "resume", cancellationToken);

    /// <summary>Code: crawl_ended.</summary>
    public Task<Crawl> StopAsync(string id, CancellationToken cancellationToken = default) => ChangeAsync(id, "stop", cancellationToken);

    /// <summary>Code: crawl_running.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    /// <summary>What was fetched, newest first.</summary>
    /// <param name="status">2xx to 5xx, or none.</param>
    /// <param name="host">The id of a host.</param>
    /// <param name="duplicate">canonical, body or near.</param>
    /// <param name="q">A part of the URL.</param>
    public Paged<CrawledPage> Pages(string id, string? status = null, string? host = null, string? duplicate = null, string? q = null) =>
        new(_http, $"{PathOf(id)}/pages", ClientJson.Default.PageCrawledPage, ("status", status), ("host", host), ("duplicate", duplicate), ("q", q));

    public Paged<CrawlHost> Hosts(string id, string? q = null) => new(_http, $"{PathOf(id)}/hosts", ClientJson.Default.PageCrawlHost, ("q", q));

    /// <summary>Why a URL is next, waiting or refused.</summary>
    public Task<UrlExplanation> ExplainAsync(string id, string url, CancellationToken cancellationToken = default) =>
        _http.GetAsync($"{PathOf(id)}/explain", ClientJson.Default.UrlExplanation, cancellationToken, ("url", url));

    /// <summary>Everything that it has found, as lines that come while they are read. The caller disposes the stream.</summary>
    /// <param name="format">jsonl, csv, links (source TAB target) or nodes.</param>
    public async Task<Stream> ExportAsync(string id, string format = "jsonl", CancellationToken cancellationToken = default) =>
        await (await _http.OpenAsync($"{PathOf(id)}/export", "*/*", cancellationToken, ("format", format))).Content.ReadAsStreamAsync(cancellationToken);

    /// <summary>Pages that hold these words, the best first.</summary>
    /// <param name="lang">A language tag such as ko.</param>
    public Paged<FoundPage> Search(string q, string? crawlId = null, string? host = null, string? lang = null) =>
        new(_http, "/v1/search/pages", ClientJson.Default.PageFoundPage, ("q", q), ("crawl_id", crawlId), ("host", host), ("lang", lang));

    /// <summary>The crawl at once, and again with its newest progress about every second, until it has ended. Ends as well when the server lets go: follow it anew then.</summary>
    public async IAsyncEnumerable<Crawl> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var answer = await _http.OpenAsync($"{PathOf(id)}/events", "text/event-stream", cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var (parser, piece) = (new SseParser(), new char[4_096]);
        Crawl? crawl = null;
        for (var read = await reader.ReadAsync(piece, cancellationToken); read > 0; read = await reader.ReadAsync(piece, cancellationToken))
        {
            foreach (var told in parser.Push(piece.AsSpan(0, read)))
            {
                crawl = told.Event switch
                {
                    "state" => JsonSerializer.Deserialize(told.Data, ClientJson.Default.Crawl),
                    "progress" when crawl is not null => crawl with { Progress = JsonSerializer.Deserialize(told.Data, ClientJson.Default.CrawlProgress)! },
                    _ => crawl,
                };
                if (crawl is not null)
                {
                    yield return crawl;
                }
            }
        }
    }

    private static string PathOf(string id) => $"/v1/crawls/{Uri.EscapeDataString(id)}";

    private Task<Crawl> ChangeAsync(string id, string verb, CancellationToken cancellationToken) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id)}/{verb}", ClientJson.Default.Crawl, cancellationToken);
}

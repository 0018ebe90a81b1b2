using Madang.Crawler.Frontier;

namespace Madang.Crawler.Endpoints;

/// <summary>The page that another repeats.</summary>
/// <param name="Kind"><c>canonical</c> (it leads to, or names, the other address), <c>body</c> (the same bytes) or <c>near</c> (nearly the same text).</param>
/// <param name="Url">Absent when the other one is not known any more.</param>
public sealed record RepeatedPageJson(string Kind, string? Url);

/// <summary>Where the response stands in the crawl's archive.</summary>
/// <param name="Offset">Of the gzip member of the response record, in bytes.</param>
public sealed record ArchivedJson(string File, long Offset, int Length);

/// <summary>What became of the last visit to a URL.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer, with <paramref name="Fault"/>.</param>
/// <param name="Depth">Links from a seed.</param>
/// <param name="Bytes">Of the body, decoded.</param>
/// <param name="Target">Where a redirect led, or the canonical address.</param>
/// <param name="Noise">0 (fine) to 100.</param>
/// <param name="NoIndex">The page asked not to be found by search.</param>
/// <param name="Changes">How many of <paramref name="Fetches"/> found another content than the one before.</param>
public sealed record CrawledPageJson(
    string Url, int Status, string? Fault, string? Title, string? Language, string? ContentType, int Depth, int Words, long Bytes, int ElapsedMs, DateTimeOffset FetchedAt,
    RepeatedPageJson? Duplicate, string? Target, int Noise, bool NoIndex, int Changes, int Fetches, ArchivedJson? Archive)
{
    /// <param name="original">The address of the page it repeats.</param>
    internal static CrawledPageJson Of(StoredPage stored, string? original)
    {
        var page = stored.Page;
        return new(
            stored.Url, page.Status, page.Fault, page.Title, page.Language, page.ContentType, stored.Depth, page.Words, page.Bytes, page.ElapsedMs,
            DateTimeOffset.FromUnixTimeMilliseconds(page.FetchedAt), KindOf(page.Duplicate) is { } kind ? new(kind, original) : null, page.Target, page.Noise, page.NoIndex, page.Changes,
            page.Fetches, page.WarcFile is { } file ? new(file, page.WarcOffset, page.WarcLength) : null);
    }

    private static string? KindOf(DuplicateKind kind) => kind switch
    {
        DuplicateKind.Canonical => "canonical",
        DuplicateKind.Body => "body",
        DuplicateKind.Near => "near",
        _ => null,
    };
}

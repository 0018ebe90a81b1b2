using System.Buffers.Binary;
using System.Buffers.Text;
using Madang.Api;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>One page that was found.</summary>
internal sealed record PageHit(CrawlId Crawl, string Url, string Title, IReadOnlyList<SnippetPart> Snippet, float Score, long FetchedAt);

/// <summary>Searches the indexes of crawls, best first.</summary>
internal static class PageSearch
{
    /// <summary>Of one index the newest so many matches are ranked.</summary>
    public const int MaxMatches = 20_000;

    /// <summary>A page of hits over several crawls.</summary>
    public static async Task<Result<Page<PageHit>>> FindAsync(
        IReadOnlyList<(CrawlId Crawl, IPageSearchStore Store)> indexes, SearchQuery query, SearchFilter filter, SearchPlace? after, int limit, CancellationToken cancellationToken)
    {
        var found = new List<SearchPlace>();
        foreach (var (crawl, store) in indexes)
        {
            var matches = await store.MatchAsync(query, filter, MaxMatches, cancellationToken);
            found.AddRange(matches.Items.Select(match => new SearchPlace(PageRanking.Score(match, matches.Pages), crawl.Value, match.Id)).Where(place => after is not { } from || place.CompareTo(from) > 0));
        }

        found.Sort();
        var page = found.Take(limit).ToList();
        var hits = await ShowAsync(indexes, query, page, cancellationToken);
        return new Page<PageHit>(hits, found.Count > limit ? page[^1].Write() : null);
    }

    private static async Task<List<PageHit>> ShowAsync(
        IReadOnlyList<(CrawlId Crawl, IPageSearchStore Store)> indexes, SearchQuery query, List<SearchPlace> places, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<SearchPlace, SearchShown>();
        foreach (var (crawl, store) in indexes)
        {
            var mine = places.Where(place => place.Crawl == crawl.Value).ToList();
            var rows = mine.Count == 0 ? [] : await store.ShowAsync([.. mine.Select(place => place.Id)], cancellationToken);
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i] is { } row)
                {
                    shown[mine[i]] = row;
                }
            }
        }

        return [.. places.Where(shown.ContainsKey).Select(place => Hit(place, shown[place], query))];
    }

    private static PageHit Hit(SearchPlace place, SearchShown shown, SearchQuery query) =>
        new(new CrawlId(place.Crawl), shown.Url, shown.Title, Snippets.Cut(StoredText.Unpack(shown.Text), query), place.Score, shown.FetchedAt);
}

/// <summary>Where a hit stands in the order of an answer: by score, then the newest first. The keyset of its cursor.</summary>
internal readonly record struct SearchPlace(float Score, long Crawl, long Id) : IComparable<SearchPlace>
{
    private const byte Version = 2;
    private const int Bytes = 21;

    public int CompareTo(SearchPlace other)
    {
        var byScore = other.Score.CompareTo(Score);
        var byCrawl = byScore != 0 ? byScore : other.Crawl.CompareTo(Crawl);
        return byCrawl != 0 ? byCrawl : other.Id.CompareTo(Id);
    }

    public string Write()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteSingleBigEndian(bytes[1..], Score);
        BinaryPrimitives.WriteInt64BigEndian(bytes[5..], Crawl);
        BinaryPrimitives.WriteInt64BigEndian(bytes[13..], Id);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(ReadOnlySpan<char> cursor, out SearchPlace place)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        place = default;
        if (cursor.Length != 28 || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != Bytes || bytes[0] != Version)
        {
            return false;
        }

        place = new SearchPlace(BinaryPrimitives.ReadSingleBigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[5..]), BinaryPrimitives.ReadInt64BigEndian(bytes[13..]));
        return float.IsFinite(place.Score);
    }
}

using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Sitemaps;

namespace Madang.Crawler.Sinks;

/// <summary>The items of a feed on their way from a visit to the sinks: JSON in the place of a page's text, and as long as that may be.</summary>
internal static class FeedItems
{
    /// <summary>Of one visit, the first of the document: feeds have their newest items there.</summary>
    public const int MaxItems = 100;

    private const int MaxBytes = 64 * 1024;
    private const int MaxLine = 500;
    private const int MaxSummary = 2_000;

    /// <summary>As many whole items as fit; null when there are none.</summary>
    public static byte[]? Write(SitemapContent feed)
    {
        if (feed.Items.Count == 0)
        {
            return null;
        }

        List<FeedItem> kept = [];
        var room = MaxBytes - 2;
        foreach (var item in feed.Items.Take(MaxItems))
        {
            var cut = new FeedItem(
                Cut(item.Id, MaxLine), Cut(item.Url, CrawlSettingsRules.MaxSeedLength), Cut(item.Title, MaxLine), Cut(item.Summary, MaxSummary), item.PublishedAt, item.UpdatedAt,
                Cut(item.Author, MaxLine), null);
            room -= JsonSerializer.SerializeToUtf8Bytes(cut, ApiJson.Options).Length + 1;
            if (room < 0)
            {
                break;
            }

            kept.Add(cut);
        }

        return JsonSerializer.SerializeToUtf8Bytes(kept, ApiJson.Options);
    }

    /// <summary>Empty when it is something else.</summary>
    public static IReadOnlyList<FeedItem> Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<List<FeedItem>>(text, ApiJson.Options) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string? Cut(string? text, int max)
    {
        if (text is null || text.Length <= max)
        {
            return text;
        }

        // Not in the middle of a pair.
        return text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
    }
}

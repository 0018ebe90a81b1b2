using System.Text.Json;

namespace Madang.Crawler.Sitemaps;

/// <summary>JSON Feed 1 and 1.1 (jsonfeed.org), read token by token.</summary>
internal static class JsonFeed
{
    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    public static SitemapContent Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        var items = new List<FeedItem>();
        string? title = null;
        var isFeed = false;
        var isCut = false;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "version":
                        isFeed = Text(ref reader)?.Contains("jsonfeed.org/version/", StringComparison.OrdinalIgnoreCase) == true;
                        break;
                    case "title":
                        title = Text(ref reader);
                        break;
                    case "items" when reader.TokenType == JsonTokenType.StartArray:
                        Items(ref reader, items);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Broken JSON, or text that is not UTF-8: what came before stands.
            isCut = true;
        }

        return isFeed ? new(SitemapKind.JsonFeed, [], [], items, title, isCut) : SitemapReader.Nothing(SitemapKind.Unknown);
    }

    private static void Items(ref Utf8JsonReader reader, List<FeedItem> items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (items.Count == SitemapReader.MaxEntries)
            {
                throw new JsonException("Too many items.");
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var item = Item(ref reader);
                if (item.Id is not null || item.Url is not null)
                {
                    items.Add(item with { Id = item.Id ?? item.Url });
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static FeedItem Item(ref Utf8JsonReader reader)
    {
        var item = new FeedItem(null, null, null, null, null, null, null, null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            item = name switch
            {
                "id" => item with { Id = Text(ref reader) },
                "url" => item with { Url = Text(ref reader) ?? item.Url },
                "external_url" => item with { Url = item.Url ?? Text(ref reader) },
                "title" => item with { Title = Text(ref reader) },
                "summary" => item with { Summary = Text(ref reader) ?? item.Summary },
                "content_text" or "content_html" => item with { Summary = item.Summary ?? Text(ref reader) },
                "date_published" => item with { PublishedAt = WebDate.Parse(Text(ref reader)) },
                "date_modified" => item with { UpdatedAt = WebDate.Parse(Text(ref reader)) },
                "author" or "authors" => item with { Author = Author(ref reader) ?? item.Author },
                "image" => item with { Image = Text(ref reader) ?? item.Image },
                "banner_image" => item with { Image = item.Image ?? Text(ref reader) },
                _ => Skipped(ref reader, item),
            };
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                reader.Skip();
            }
        }

        return item;
    }

    private static FeedItem Skipped(ref Utf8JsonReader reader, FeedItem item)
    {
        reader.Skip();
        return item;
    }

    /// <summary>The first name in an object or in an array of objects.</summary>
    private static string? Author(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return null;
        }

        string? author = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                author ??= Text(ref reader);
            }
        }

        return author;
    }

    /// <summary>A string, cut; a number as its text (an id may be one); else null, which leaves an array or object to be skipped.</summary>
    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString() is { Length: > SitemapReader.MaxText } text ? text[..SitemapReader.MaxText] : reader.GetString(),
        JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
        _ => null,
    };
}

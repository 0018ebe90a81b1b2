using System.Text.Encodings.Web;
using System.Text.Json;

namespace Madang.Feeds.Outward;

/// <summary>Writes a feed as JSON Feed 1.1 (jsonfeed.org/version/1.1).</summary>
internal static class JsonFeedDocument
{
    public const string ContentType = "application/feed+json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(OutwardFeed feed)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("version", "https://jsonfeed.org/version/1.1");
            json.WriteString("title", feed.Title);
            json.WriteString("home_page_url", feed.Home.AbsoluteUri);
            json.WriteString("feed_url", feed.Self.AbsoluteUri);
            if (feed.Next is { } next)
            {
                json.WriteString("next_url", next.AbsoluteUri);
            }

            Author(json, feed.Author);
            json.WriteStartArray("items");
            foreach (var post in feed.Posts)
            {
                Item(json, post);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Item(Utf8JsonWriter json, OutwardPost post)
    {
        json.WriteStartObject();
        json.WriteString("id", post.Link.AbsoluteUri);
        json.WriteString("url", post.Link.AbsoluteUri);
        json.WriteString("title", post.Title);
        json.WriteString("content_text", post.Text);
        json.WriteString("date_published", post.CreatedAt);
        json.WriteString("date_modified", post.UpdatedAt);
        Author(json, post.Author);
        if (post.Tags.Count > 0)
        {
            json.WriteStartArray("tags");
            foreach (var tag in post.Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Author(Utf8JsonWriter json, string name)
    {
        json.WriteStartArray("authors");
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}

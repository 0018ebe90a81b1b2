using System.Text;
using System.Text.Json;
using Madang.Crawler.Sitemaps;
using Madang.Crawler.Urls;

namespace Madang.Commands.Crawling;

/// <summary>
/// {sitemap|sitemap_base64,url} → {kind,urls|sitemaps}: the addresses, resolved against <c>url</c> when it is given. <c>entries</c> beside them tells what the document says
/// of each, <c>items</c> those of a feed; <c>cut</c> that something is missing.
/// </summary>
internal sealed class SitemapTool
{
    private readonly Url _base = new();
    private readonly Url _url = new();
    private bool _isPlaced;

    public void Answer(ReadOnlyMemory<byte> line, Utf8JsonWriter writer)
    {
        var asked = JsonSerializer.Deserialize(line.Span, ToolJson.Default.SitemapLine) ?? throw new JsonException();
        Write(ToolJson.Bytes(asked.Sitemap, asked.SitemapBase64, "sitemap"), asked.Url, writer);
    }

    public static async Task<int> OnceAsync(ToolSource source, string? url, CancellationToken cancellation)
    {
        var fetched = await source.ReadAsync(null, cancellation);
        if (fetched.Status != 200)
        {
            throw new CliException($"The sitemap was answered with {fetched.Status}.");
        }

        var tool = new SitemapTool();
        ToolSource.Print(writer => tool.Write(fetched.Body, url ?? fetched.Url, writer));
        return Cli.Done;
    }

    private void Write(byte[] body, string? url, Utf8JsonWriter writer)
    {
        _isPlaced = url is not null;
        if (_isPlaced && !Url.TryParse(Encoding.UTF8.GetBytes(url!), null, _base))
        {
            throw new LineException("bad_url", "\"url\" is no URL.");
        }

        var content = SitemapReader.Read(body);
        writer.WriteStartObject();
        writer.WriteString("kind", Kind(content.Kind));
        if (content.Kind == SitemapKind.Index)
        {
            WriteList("sitemaps", content.Sitemaps.Select(sitemap => sitemap.Location), writer);
        }
        else
        {
            WriteList("urls", content.Kind is SitemapKind.Rss or SitemapKind.Atom or SitemapKind.JsonFeed ? content.Items.Select(item => item.Url ?? "") : content.Urls.Select(one => one.Location), writer);
        }

        WriteEntries(content, writer);
        WriteItems(content, writer);
        if (content.IsCut)
        {
            writer.WriteBoolean("cut", true);
        }

        writer.WriteEndObject();
    }

    private static string Kind(SitemapKind kind) => kind switch
    {
        SitemapKind.UrlSet => "urlset",
        SitemapKind.Index => "sitemapindex",
        SitemapKind.Text => "text",
        SitemapKind.Rss => "rss",
        SitemapKind.Atom => "atom",
        SitemapKind.JsonFeed => "json_feed",
        _ => "unknown",
    };

    private void WriteList(string name, IEnumerable<string> locations, Utf8JsonWriter writer)
    {
        writer.WriteStartArray(name);
        foreach (var location in locations.Where(location => location.Length > 0))
        {
            writer.WriteStringValue(Resolve(location));
        }

        writer.WriteEndArray();
    }

    private ReadOnlySpan<byte> Resolve(string location)
    {
        var bytes = Encoding.UTF8.GetBytes(location);
        return _isPlaced && Url.TryParse(bytes, _base, _url) ? _url.Href : bytes;
    }

    private void WriteEntries(SitemapContent content, Utf8JsonWriter writer)
    {
        var entries = content.Sitemaps.Select(sitemap => new SitemapUrl(sitemap.Location) { LastModified = sitemap.LastModified }).Concat(content.Urls)
            .Where(entry => entry.LastModified is not null || entry.Priority is not null || entry.ChangeFrequency is not null || entry.News is not null || entry.Images.Count + entry.Videos.Count + entry.Alternates.Count > 0)
            .ToList();
        if (entries.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("entries");
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("loc", Resolve(entry.Location));
            WriteTime("lastmod", entry.LastModified, writer);
            WriteText("changefreq", entry.ChangeFrequency, writer);
            if (entry.Priority is { } priority)
            {
                writer.WriteNumber("priority", priority);
            }

            WriteSome("images", entry.Images, writer);
            WriteSome("videos", entry.Videos, writer);
            WriteAlternates(entry.Alternates, writer);
            WriteNews(entry.News, writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteSome(string name, IReadOnlyList<string> locations, Utf8JsonWriter writer)
    {
        if (locations.Count > 0)
        {
            WriteList(name, locations, writer);
        }
    }

    private void WriteAlternates(IReadOnlyList<SitemapAlternate> alternates, Utf8JsonWriter writer)
    {
        if (alternates.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("alternates");
        foreach (var alternate in alternates)
        {
            writer.WriteStartObject();
            writer.WriteString("hreflang", alternate.Language);
            writer.WriteString("href", Resolve(alternate.Location));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNews(SitemapNews? news, Utf8JsonWriter writer)
    {
        if (news is null)
        {
            return;
        }

        writer.WriteStartObject("news");
        WriteText("title", news.Title, writer);
        WriteTime("published_at", news.PublishedAt, writer);
        WriteText("publication", news.Publication, writer);
        WriteText("language", news.Language, writer);
        writer.WriteEndObject();
    }

    private void WriteItems(SitemapContent content, Utf8JsonWriter writer)
    {
        WriteText("title", content.Title, writer);
        if (content.Items.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("items");
        foreach (var item in content.Items)
        {
            writer.WriteStartObject();
            WriteText("id", item.Id, writer);
            if (item.Url is not null)
            {
                writer.WriteString("url", Resolve(item.Url));
            }

            WriteText("title", item.Title, writer);
            WriteText("summary", item.Summary, writer);
            WriteTime("published_at", item.PublishedAt, writer);
            WriteTime("updated_at", item.UpdatedAt, writer);
            WriteText("author", item.Author, writer);
            if (item.Image is not null)
            {
                writer.WriteString("image", Resolve(item.Image));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteText(string name, string? value, Utf8JsonWriter writer)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteTime(string name, DateTimeOffset? value, Utf8JsonWriter writer)
    {
        if (value is { } time)
        {
            writer.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}

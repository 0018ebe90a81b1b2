using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Madang.Api;

namespace Madang.Crawler.Extraction;

/// <summary>
/// Finds the article: paragraphs give points by length and commas to the element around them and half to the one above; what is named like navigation
/// loses, what is named like content wins, links count against it. The best element is the article, with those of its siblings that hold as much.
/// </summary>
public sealed class ArticleExtractor : IExtractor
{
    private const int MaxText = 256 * 1024;
    private const int ShortestArticle = 140;

    public string Name => "article";

    public JsonNode? Extract(PageDocument page) => Read(page) is { } article ? JsonSerializer.SerializeToNode(article, ApiJson.Options) : null;

    /// <summary>The article, or null where the page holds none.</summary>
    internal static ReadableArticle? Read(PageDocument page)
    {
        if (page.Document.Body is not { } body)
        {
            return null;
        }

        var scores = new ArticleScores(body);
        if (scores.Best is not { } best)
        {
            return null;
        }

        var text = Text(best, scores);
        if (text.Length < ShortestArticle)
        {
            return null;
        }

        var metadata = MetadataExtractor.Read(page);
        var linked = JsonLd.Article(metadata.JsonLd);
        return new ReadableArticle
        {
            Title = Title(page.Document, metadata),
            Byline = Byline(page.Document, metadata, linked),
            PublishedAt = Published(page.Document, metadata, linked),
            Image = metadata.Image ?? page.Resolve(best.QuerySelector("img[src]")?.GetAttribute("src")),
            Text = text,
        };
    }

    private static string Text(IElement best, ArticleScores scores)
    {
        var text = new StringBuilder();
        var enough = Math.Max(10, scores.Points(best) * 0.2);
        foreach (var part in best.ParentElement?.Children ?? (IEnumerable<IElement>)[best])
        {
            if (part == best || (scores.Points(part) >= enough && scores.LinkDensity(part) < 0.3))
            {
                Write(part, scores, text);
            }
        }

        return text.ToString().Trim();
    }

    private static void Write(IElement element, ArticleScores scores, StringBuilder text)
    {
        if (ArticleScores.IsSkipped(element) || text.Length > MaxText)
        {
            return;
        }

        var own = scores.OwnText(element);
        if (own.Length > 0 && (own.Length >= 200 || scores.LinkDensity(element) <= 0.5))
        {
            text.Append(own).Append("\n\n");
        }

        foreach (var child in element.Children)
        {
            Write(child, scores, text);
        }
    }

    private static string? Title(IDocument document, PageMetadata metadata)
    {
        var heads = document.QuerySelectorAll("h1");
        return heads.Length == 1 && heads[0].TextContent.Trim() is { Length: > 0 and <= 512 } head ? OneLine(head) : metadata.Title;
    }

    private static string? Byline(IDocument document, PageMetadata metadata, JsonObject? linked)
    {
        var said = document.QuerySelector("meta[name='author' i][content]")?.GetAttribute("content") ?? JsonLd.Text(linked?["author"])
            ?? document.QuerySelector("[rel~='author' i], [itemprop~='author'], .byline, .author")?.TextContent
            ?? (metadata.OpenGraph.TryGetValue("article:author", out var author) && !author.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? author : null);
        return said?.Trim() is { Length: > 0 and <= 200 } byline ? OneLine(byline) : null;
    }

    private static DateTimeOffset? Published(IDocument document, PageMetadata metadata, JsonObject? linked)
    {
        var said = metadata.OpenGraph.GetValueOrDefault("article:published_time") ?? JsonLd.Text(linked?["datePublished"])
            ?? document.QuerySelector("meta[itemprop~='datePublished'][content]")?.GetAttribute("content")
            ?? document.QuerySelector("time[datetime]")?.GetAttribute("datetime");
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return said is { Length: <= 64 } && DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, Utc, out var date) ? date : null;
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

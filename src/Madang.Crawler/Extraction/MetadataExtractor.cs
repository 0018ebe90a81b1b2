using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Madang.Api;

namespace Madang.Crawler.Extraction;

/// <summary>Open Graph, Twitter cards, JSON-LD, oEmbed discovery, icon and canonical address.</summary>
public sealed class MetadataExtractor : IExtractor
{
    private const int MaxProperties = 64;
    private const int MaxValue = 4096;

    public string Name => "metadata";

    public JsonNode? Extract(PageDocument page) => JsonSerializer.SerializeToNode(Read(page), ApiJson.Options);

    internal static PageMetadata Read(PageDocument page)
    {
        var document = page.Document;
        var graph = new Dictionary<string, string>(StringComparer.Ordinal);
        var twitter = new Dictionary<string, string>(StringComparer.Ordinal);
        string? description = null;
        foreach (var meta in document.QuerySelectorAll("meta[content]"))
        {
            var name = (meta.GetAttribute("property") ?? meta.GetAttribute("name"))?.Trim().ToLowerInvariant();
            var content = meta.GetAttribute("content")!.Trim();
            if (name is null || content.Length is 0 or > MaxValue)
            {
                continue;
            }

            Keep(graph, name, "og:", content);
            Keep(graph, name, "article:", content);
            Keep(twitter, name, "twitter:", content);
            description ??= name == "description" ? content : null;
        }

        var objects = JsonLd.Read(document);
        var article = JsonLd.Article(objects);
        return new PageMetadata
        {
            Title = graph.GetValueOrDefault("title") ?? twitter.GetValueOrDefault("title") ?? JsonLd.Text(article?["headline"]) ?? Title(document),
            Description = graph.GetValueOrDefault("description") ?? twitter.GetValueOrDefault("description") ?? description ?? JsonLd.Text(article?["description"]),
            Canonical = page.Resolve(document.QuerySelector("link[rel~='canonical' i][href]")?.GetAttribute("href")),
            Icon = page.Resolve(document.QuerySelector("link[rel~='icon' i][href]")?.GetAttribute("href")) ?? page.Resolve("/favicon.ico"),
            Image = page.Resolve(graph.GetValueOrDefault("image:secure_url") ?? graph.GetValueOrDefault("image") ?? graph.GetValueOrDefault("image:url")
                ?? twitter.GetValueOrDefault("image") ?? twitter.GetValueOrDefault("image:src") ?? JsonLd.Text(article?["image"], "url")),
            OpenGraph = graph,
            Twitter = twitter,
            JsonLd = objects,
            OEmbed =
            [
                .. document.QuerySelectorAll("link[type='application/json+oembed' i][href], link[type='text/xml+oembed' i][href]").Take(8)
                    .Select(link => page.Resolve(link.GetAttribute("href"))).OfType<string>(),
            ],
        };
    }

    private static string? Title(IDocument document) => document.Title is { Length: > 0 and <= MaxValue } title ? title : null;

    private static void Keep(Dictionary<string, string> values, string name, string prefix, string content)
    {
        if (name.StartsWith(prefix, StringComparison.Ordinal) && name.Length is > 3 and <= 64 && values.Count < MaxProperties)
        {
            values.TryAdd(name[(prefix == "og:" || prefix == "twitter:" ? prefix.Length : 0)..], content);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Dom;

namespace Madang.Crawler.Extraction;

/// <summary>schema.org objects in <c>&lt;script type="application/ld+json"&gt;</c>; size, depth and number are limited, a broken script is skipped.</summary>
internal static class JsonLd
{
    private const int MaxLength = 256 * 1024;
    private const int MaxObjects = 64;

    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 32, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly string[] Articles = ["Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ScholarlyArticle", "SocialMediaPosting"];

    public static List<JsonObject> Read(IDocument document)
    {
        var objects = new List<JsonObject>();
        var left = MaxLength;
        foreach (var script in document.QuerySelectorAll("script[type='application/ld+json' i]"))
        {
            var text = script.TextContent;
            left -= text.Length;
            if (left < 0 || objects.Count >= MaxObjects)
            {
                break;
            }

            try
            {
                Flatten(JsonNode.Parse(text, documentOptions: Lenient), objects);
            }
            catch (Exception broken) when (broken is JsonException or ArgumentException)
            {
                // Pages hold broken JSON often (ArgumentException: a key twice); the other scripts still count.
            }
        }

        return objects;
    }

    /// <summary>The first article among them, or null.</summary>
    public static JsonObject? Article(IEnumerable<JsonObject> objects) => objects.FirstOrDefault(one => Articles.Any(type => IsA(one, type)));

    /// <summary>A member as text: itself, its <c>name</c> or <c>url</c>, or that of the first of an array.</summary>
    public static string? Text(JsonNode? node, string member = "name", int depth = 0) => node switch
    {
        _ when depth > 4 => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text.Trim() is { Length: > 0 and <= 4096 } trimmed ? trimmed : null,
        JsonArray { Count: > 0 } array => Text(array[0], member, depth + 1),
        JsonObject one => Text(one[member], member, depth + 1),
        _ => null,
    };

    private static bool IsA(JsonObject one, string type) => one["@type"] switch
    {
        JsonValue value => value.TryGetValue<string>(out var text) && text == type,
        JsonArray array => array.Take(8).Any(item => item is JsonValue value && value.TryGetValue<string>(out var text) && text == type),
        _ => false,
    };

    private static void Flatten(JsonNode? node, List<JsonObject> objects)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array.Take(MaxObjects))
            {
                Flatten(item, objects);
            }
        }
        else if (node is JsonObject one && objects.Count < MaxObjects)
        {
            // Touching a member reads them all, and finds keys that occur twice.
            if (one["@graph"] is JsonArray graph)
            {
                Flatten(graph, objects);
            }
            else
            {
                objects.Add(one);
            }
        }
    }
}

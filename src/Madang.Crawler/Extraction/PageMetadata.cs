using System.Text.Json.Nodes;

namespace Madang.Crawler.Extraction;

/// <summary>What a page says of itself to machines.</summary>
public sealed record PageMetadata
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>Absolute.</summary>
    public string? Canonical { get; init; }

    /// <summary>Absolute; the first icon, or <c>/favicon.ico</c>.</summary>
    public string? Icon { get; init; }

    /// <summary>Properties without their prefix, first value each: <c>title</c>, <c>image</c>, <c>site_name</c>.</summary>
    public required IReadOnlyDictionary<string, string> OpenGraph { get; init; }

    /// <summary>Twitter cards, without their prefix: <c>card</c>, <c>creator</c>.</summary>
    public required IReadOnlyDictionary<string, string> Twitter { get; init; }

    /// <summary>schema.org objects of JSON-LD scripts, graphs laid flat.</summary>
    public required IReadOnlyList<JsonObject> JsonLd { get; init; }

    /// <summary>Absolute addresses of oEmbed answers.</summary>
    public required IReadOnlyList<string> OEmbed { get; init; }

    /// <summary>An image that stands for the page, absolute.</summary>
    public string? Image { get; init; }
}

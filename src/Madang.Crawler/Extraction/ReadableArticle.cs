namespace Madang.Crawler.Extraction;

/// <summary>The article of a page, without what surrounds it.</summary>
public sealed record ReadableArticle
{
    public string? Title { get; init; }

    /// <summary>Who wrote it, as the page says.</summary>
    public string? Byline { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Absolute.</summary>
    public string? Image { get; init; }

    /// <summary>Paragraphs apart by empty lines.</summary>
    public required string Text { get; init; }
}

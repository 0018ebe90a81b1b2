namespace Madang.Crawler.Running;

/// <summary>What the crawler does with a body.</summary>
internal enum PageKind
{
    /// <summary>Left where it is.</summary>
    Other,

    Html,

    /// <summary>A sitemap, a feed, or some other XML or JSON: its content tells.</summary>
    Source,

    Text,
}

/// <summary>Reads a Content-Type as far as the crawler cares.</summary>
internal static class PageType
{
    public static PageKind Of(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return PageKind.Html;
        }

        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type switch
        {
            _ when Is(type, "text/html") || Is(type, "application/xhtml+xml") => PageKind.Html,
            _ when Is(type, "text/plain") => PageKind.Text,
            _ when Is(type, "text/xml") || Is(type, "application/xml") || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase) && !Is(type, "image/svg+xml") => PageKind.Source,
            _ when Is(type, "application/feed+json") || Is(type, "application/gzip") || Is(type, "application/x-gzip") => PageKind.Source,
            _ => PageKind.Other,
        };
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);
}

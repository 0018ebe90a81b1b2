namespace Madang.Crawler.Urls;

/// <summary>Which steps <see cref="UrlNormalizer"/> takes; a crawl may switch each off.</summary>
[Flags]
public enum UrlNormalization
{
    None = 0,

    /// <summary>The fragment never reaches the server (RFC 9110 §7.1).</summary>
    Fragment = 1,

    /// <summary>User name and password: a link on a page is no place for them (RFC 9110 §4.2.4).</summary>
    Credentials = 2,

    /// <summary>Escapes in upper case, and none for unreserved characters (RFC 3986 §6.2.2).</summary>
    Escapes = 4,

    /// <summary>Session ids, in the path and in the query.</summary>
    SessionIds = 8,

    /// <summary>Parameters that only tell where a reader came from.</summary>
    Tracking = 16,

    /// <summary>A question mark with nothing after it.</summary>
    EmptyQuery = 32,

    All = Fragment | Credentials | Escapes | SessionIds | Tracking | EmptyQuery,
}

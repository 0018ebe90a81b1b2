namespace Madang.Crawler.Urls;

/// <summary>What the URL standard calls special schemes, and all the others. The order matters: everything after <see cref="Other"/> is special.</summary>
public enum UrlScheme : byte
{
    Other,
    Http,
    Https,
    Ws,
    Wss,
    Ftp,
    File,
}

internal static class UrlSchemes
{
    public static bool IsSpecial(this UrlScheme scheme) => scheme != UrlScheme.Other;

    public static bool IsWeb(this UrlScheme scheme) => scheme is UrlScheme.Http or UrlScheme.Https;

    /// <summary>The port that is not written out, or -1.</summary>
    public static int DefaultPort(this UrlScheme scheme) => scheme switch
    {
        UrlScheme.Http or UrlScheme.Ws => 80,
        UrlScheme.Https or UrlScheme.Wss => 443,
        UrlScheme.Ftp => 21,
        _ => -1,
    };

    /// <summary>Names the scheme of these lower-case bytes.</summary>
    public static UrlScheme Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("ws"u8) => UrlScheme.Ws,
        3 when name.SequenceEqual("wss"u8) => UrlScheme.Wss,
        3 when name.SequenceEqual("ftp"u8) => UrlScheme.Ftp,
        4 when name.SequenceEqual("http"u8) => UrlScheme.Http,
        4 when name.SequenceEqual("file"u8) => UrlScheme.File,
        5 when name.SequenceEqual("https"u8) => UrlScheme.Https,
        _ => UrlScheme.Other,
    };
}

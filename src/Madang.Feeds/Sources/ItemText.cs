using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Madang.Crawler.Parsing;
using Madang.Crawler.Sitemaps;
using Madang.Crawler.Urls;

namespace Madang.Feeds.Sources;

/// <summary>What an item of a feed says as a post: title, the beginning of its summary as plain text, and its address.</summary>
internal static class ItemText
{
    private const int MaxTitle = 300;
    private const int MaxSummary = 600;

    /// <summary>What names an item for good: its id, else its address, else its words. The first 8 bytes of the SHA-256, which stand for it among a source's items.</summary>
    public static long Key(FeedItem item)
    {
        var name = !string.IsNullOrWhiteSpace(item.Id) ? item.Id : !string.IsNullOrWhiteSpace(item.Url) ? item.Url : $"{item.Title}\n{item.Summary}";
        return Key(name.Trim());
    }

    public static long Key(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>Null when it says nothing.</summary>
    /// <param name="place">The address of the feed, against which an item's address may be written.</param>
    public static string? Of(FeedItem item, string place) => Of(Plain(item.Title, MaxTitle), Plain(item.Summary, MaxSummary), Address(item.Url, place));

    /// <summary>Of a page.</summary>
    public static string? Of(string? title, string? url) => Of(Plain(title, MaxTitle), "", url);

    private static string? Of(string title, string summary, string? url)
    {
        // Many feeds repeat the title in front of the summary.
        if (title.Length > 0 && summary.StartsWith(title, StringComparison.Ordinal))
        {
            summary = summary[title.Length..].TrimStart();
        }

        var parts = new[] { title, summary, url ?? "" }.Where(part => part.Length > 0).ToList();
        return parts.Count == 0 ? null : string.Join("\n\n", parts);
    }

    private static string? Address(string? text, string place) =>
        text is not null && Url.TryParse(place, null, out var from) && Url.TryParse(text.Trim(), from, out var url) && url.Kind is UrlScheme.Http or UrlScheme.Https && url.Href.Length <= SourceLook.MaxUrl
            ? url.ToString()
            : null;

    /// <summary>Markup becomes text, lines become one. An @ would name somebody here whom the author has never heard of, a # a tag: they are shown full width.</summary>
    private static string Plain(string? text, int max)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "";
        }

        var plain = text;
        if (text.AsSpan().IndexOfAny('<', '&') >= 0)
        {
            using var page = new ParsedPage();
            PageParser.Default.Parse(Encoding.UTF8.GetBytes(text), "text/html; charset=utf-8", page);
            plain = Encoding.UTF8.GetString(page.Text);
        }

        var line = new StringBuilder(Math.Min(plain.Length, max + 1));
        foreach (var one in plain.AsSpan().Trim())
        {
            if (line.Length >= max)
            {
                if (char.IsHighSurrogate(line[^1]))
                {
                    line.Length--;
                }

                return line.Append('…').ToString();
            }

            if (char.IsWhiteSpace(one))
            {
                _ = line.Length > 0 && line[^1] == ' ' ? line : line.Append(' ');
            }
            else if (one != '\0')
            {
                line.Append(one switch { '@' => '＠', '#' => '＃', _ => one });
            }
        }

        return line.ToString();
    }
}

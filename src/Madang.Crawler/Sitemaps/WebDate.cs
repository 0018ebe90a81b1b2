using System.Globalization;

namespace Madang.Crawler.Sitemaps;

/// <summary>Dates as sitemaps and feeds write them: W3C date and time (a profile of ISO 8601), RFC 3339, and RFC 822 with the years and zones that occur. Without a zone: UTC.</summary>
internal static class WebDate
{
    private static readonly string[] W3c =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmzzz", "yyyy-MM-ddTHH:mm:sszzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM", "yyyy", "yyyyMMdd", "yyyyMMddTHHmmsszzz",
    ];

    private static readonly string[] Rfc822 = ["d MMM yyyy HH:mm:ss zzz", "d MMM yyyy HH:mm zzz", "d MMM yy HH:mm:ss zzz", "d MMM yy HH:mm zzz", "d MMM yyyy HH:mm:ss", "d MMM yyyy"];

    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Z"] = "+00:00",
        ["UT"] = "+00:00",
        ["UTC"] = "+00:00",
        ["GMT"] = "+00:00",
        ["EST"] = "-05:00",
        ["EDT"] = "-04:00",
        ["CST"] = "-06:00",
        ["CDT"] = "-05:00",
        ["MST"] = "-07:00",
        ["MDT"] = "-06:00",
        ["PST"] = "-08:00",
        ["PDT"] = "-07:00",
        ["CET"] = "+01:00",
        ["CEST"] = "+02:00",
        ["KST"] = "+09:00",
        ["JST"] = "+09:00",
    };

    /// <summary>The moment in UTC, or null when it cannot be read or nobody could mean it.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        text = text?.Trim() ?? "";
        if (text.Length is < 4 or > 64)
        {
            return null;
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        var culture = CultureInfo.InvariantCulture;
        var iso = text[^1] is 'Z' or 'z' ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(iso, W3c, culture, Styles, out var moment) || DateTimeOffset.TryParseExact(Mended(text), Rfc822, culture, Styles, out moment) ? moment : null;
    }

    /// <summary>Without the day of the week, months cut to three letters, the zone in numbers.</summary>
    private static string Mended(string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var words = text[(comma + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 3 && comma < 0 && char.IsLetter(words[0][0]))
        {
            words = words[1..];
        }

        for (var word = 0; word < words.Length; word++)
        {
            words[word] = Zones.GetValueOrDefault(words[word], words[word]);
            words[word] = words[word] is { Length: > 3 } month && char.IsLetter(month[0]) ? month[..3] : words[word];
            words[word] = words[word] is ['+' or '-', _, _, _, _] offset ? offset[..3] + ":" + offset[3..] : words[word];
        }

        return string.Join(' ', words);
    }
}

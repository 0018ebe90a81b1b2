using System.Globalization;
using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>What a page asks of robots.</summary>
[Flags]
public enum RobotsDirectives : byte
{
    None = 0,
    NoIndex = 1,
    NoFollow = 2,
    NoArchive = 4,
    NoSnippet = 8,
    NoImageIndex = 16,
    NoTranslate = 32,
}

/// <summary>
/// Meta robots and X-Robots-Tag together: of several statements the stricter one holds, and those for our own name add to those for everybody.
/// </summary>
public struct RobotsTags
{
    private const int MaxDirectives = 64;

    public RobotsDirectives Directives { get; private set; }

    /// <summary>From then on the page is not to be shown.</summary>
    public DateTimeOffset? UnavailableAfter { get; private set; }

    public readonly bool NoIndex => Directives.HasFlag(RobotsDirectives.NoIndex);

    public readonly bool NoFollow => Directives.HasFlag(RobotsDirectives.NoFollow);

    /// <summary>Adds the content of a meta robots: <c>noindex, nofollow</c>.</summary>
    public void AddMeta(ReadOnlySpan<byte> content)
    {
        if (content.Length <= 1024)
        {
            Add(Encoding.UTF8.GetString(content), agent: null);
        }
    }

    /// <summary>Adds one X-Robots-Tag header: <c>noindex</c>, or <c>otherbot: noindex, nofollow</c>, which holds for that name alone.</summary>
    /// <param name="agent">Our product token.</param>
    public void AddHeader(string value, string agent)
    {
        if (value.Length <= 4096)
        {
            Add(value, agent);
        }
    }

    private void Add(string value, string? agent)
    {
        var rest = value.AsSpan();
        var ours = true;
        for (var i = 0; i < MaxDirectives && !rest.IsEmpty; i++)
        {
            var comma = rest.IndexOf(',');
            var part = (comma < 0 ? rest : rest[..comma]).Trim();
            if (part.StartsWith("unavailable_after", StringComparison.OrdinalIgnoreCase))
            {
                comma = AfterDate(rest);
                part = (comma < 0 ? rest : rest[..comma]).Trim();
            }

            rest = comma < 0 ? default : rest[(comma + 1)..];
            var colon = part.IndexOf(':');
            if (agent is not null && colon > 0 && !TakesValue(part[..colon].Trim()))
            {
                ours = part[..colon].Trim().Equals(agent, StringComparison.OrdinalIgnoreCase);
                part = part[(colon + 1)..].Trim();
                if (part.StartsWith("unavailable_after", StringComparison.OrdinalIgnoreCase) && comma >= 0)
                {
                    // "bot: unavailable_after: Friday, 25-Jun-2010 …" was cut at the weekday's comma.
                    var more = rest.IndexOf(',');
                    part = string.Concat(part, ",", more < 0 ? rest : rest[..more]);
                    rest = more < 0 ? default : rest[(more + 1)..];
                }
            }

            if (ours)
            {
                One(part);
            }
        }
    }

    private void One(ReadOnlySpan<char> directive)
    {
        Span<char> lower = stackalloc char[24];
        var colon = directive.IndexOf(':');
        var name = colon < 0 ? directive : directive[..colon].Trim();
        if (name.Length > lower.Length)
        {
            return;
        }

        name.ToLowerInvariant(lower);
        Directives |= lower[..name.Length] switch
        {
            "noindex" => RobotsDirectives.NoIndex,
            "nofollow" => RobotsDirectives.NoFollow,
            "none" => RobotsDirectives.NoIndex | RobotsDirectives.NoFollow,
            "noarchive" or "nocache" => RobotsDirectives.NoArchive,
            "nosnippet" => RobotsDirectives.NoSnippet,
            "noimageindex" => RobotsDirectives.NoImageIndex,
            "notranslate" => RobotsDirectives.NoTranslate,
            _ => RobotsDirectives.None,
        };
        if (lower[..name.Length] is "unavailable_after" && colon > 0 && Date(directive[(colon + 1)..].Trim()) is { } date)
        {
            UnavailableAfter = UnavailableAfter is { } earlier && earlier < date ? earlier : date;
        }
    }

    /// <summary>The comma behind a date; a weekday's comma belongs to the date.</summary>
    private static int AfterDate(ReadOnlySpan<char> rest)
    {
        var comma = rest.IndexOf(',');
        if (comma < 0)
        {
            return comma;
        }

        var colon = rest.IndexOf(':');
        var before = colon >= 0 && colon < comma ? rest[(colon + 1)..comma].Trim() : default;
        var isWeekday = before.Length is >= 3 and <= 9 && !before.ContainsAnyInRange('0', '9');
        var next = isWeekday ? rest[(comma + 1)..].IndexOf(',') : -1;
        return !isWeekday ? comma : next < 0 ? -1 : comma + 1 + next;
    }

    private static bool TakesValue(ReadOnlySpan<char> name) =>
        name.Equals("unavailable_after", StringComparison.OrdinalIgnoreCase) || name.StartsWith("max-", StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 822, RFC 850 or ISO 8601, as the engines document it. Zone names other than GMT and UTC are read as UTC.</summary>
    private static DateTimeOffset? Date(ReadOnlySpan<char> text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (text.Length > 64)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var date))
        {
            return date;
        }

        // "25 Jun 2010 15:00:00 PST", "Friday, 25-Jun-10 15:00:00 UTC"
        var start = text.IndexOf(',') + 1;
        var trimmed = text[start..].Trim();
        var zone = trimmed.LastIndexOf(' ');
        var named = zone > 0 && trimmed[(zone + 1)..].IndexOfAnyExceptInRange('A', 'Z') < 0;
        return DateTimeOffset.TryParse(named ? trimmed[..zone] : trimmed, CultureInfo.InvariantCulture, Utc, out date) ? date : null;
    }
}

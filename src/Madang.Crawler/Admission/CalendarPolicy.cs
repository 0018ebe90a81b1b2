using Madang.Crawler.Frontier;
using Madang.Crawler.Traps;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>
/// Days that nobody has written anything for. A page is a day, month or year of a calendar when its path ends with a date (<c>/2026/05/28</c>, <c>/2026-05</c>) or a parameter is one; a title after the date
/// makes it an article, which is left alone. Refused are dates more than <see cref="MostYearsAhead"/> years ahead or before <see cref="MostYearsBack"/> years, and any that were found by going from day
/// to day: at depth <see cref="MostWalk"/> and deeper.
/// </summary>
internal sealed class CalendarPolicy(TimeProvider time) : IUrlPolicy
{
    public const int MostYearsAhead = 2;
    public const int MostYearsBack = 30;

    /// <summary>Each step to the next or the previous day is one link more.</summary>
    public const int MostWalk = 20;

    public RefusalReason Check(Url url, int depth)
    {
        var year = YearOfPath(url.Path);
        if (year == 0 && !url.Query.IsEmpty)
        {
            year = YearOfQuery(url.Query);
        }
        if (year == 0)
        {
            return RefusalReason.None;
        }
        var now = time.GetUtcNow().Year;
        return year > now + MostYearsAhead || year < now - MostYearsBack || depth >= MostWalk ? RefusalReason.Calendar : RefusalReason.None;
    }

    /// <returns>The year of the date that the path ends with; 0 for none.</returns>
    private static int YearOfPath(ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd((byte)'/');
        var last = Last(ref path);
        if (YearOfDate(last) is > 0 and var year)
        {
            return year;
        }
        // …/2026/05/28, and …/2026/05 where a calendar is likely: /thread/2026/12 may be anything.
        if (last.Length > 2 || Number(last) is < 1 or > 31)
        {
            return 0;
        }
        var before = Last(ref path);
        if (SegmentShape.IsYear(before))
        {
            return last.Length == 2 && Number(last) <= 12 && (path.IsEmpty || IsCalendarWord(Last(ref path))) ? Number(before) : 0;
        }
        return before.Length <= 2 && Number(before) is >= 1 and <= 12 && Last(ref path) is var first && SegmentShape.IsYear(first) ? Math.Max(Number(first), 0) : 0;
    }

    private static bool IsCalendarWord(ReadOnlySpan<byte> segment) =>
        segment.StartsWith("cal"u8) || segment.StartsWith("event"u8) || segment.StartsWith("archive"u8) || segment.StartsWith("agenda"u8) || segment.StartsWith("schedule"u8)
        || segment.StartsWith("month"u8) || segment.StartsWith("day"u8) || segment.StartsWith("date"u8);

    private static int YearOfQuery(ReadOnlySpan<byte> query)
    {
        var (year, hasMonth) = (0, false);
        while (!query.IsEmpty)
        {
            var end = query.IndexOf((byte)'&');
            var parameter = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = parameter.IndexOf((byte)'=');
            if (equals <= 0)
            {
                continue;
            }
            var name = Name(parameter[..equals]);
            var value = parameter[(equals + 1)..];
            if (YearOfDate(value) is > 0 and var found)
            {
                return found;
            }
            if (name == DatePart.Year && value.Length == 4)
            {
                year = Plausible(Number(value));
            }
            hasMonth |= name == DatePart.MonthOrDay && Number(value) is >= 0 and <= 31;
        }
        return hasMonth ? year : 0;
    }

    /// <summary><c>2026-05-28</c>, <c>2026-05</c>, <c>2026.5.28</c>, <c>28-05-2026</c>, <c>20260528</c>, each with or without a time after a <c>T</c>.</summary>
    private static int YearOfDate(ReadOnlySpan<byte> text)
    {
        var t = text.IndexOf((byte)'T');
        text = t > 0 ? text[..t] : text;
        if (text.Length == 8 && Number(text) is > 0 and var digits)
        {
            return digits / 100 % 100 is >= 1 and <= 12 && digits % 100 is >= 1 and <= 31 ? Plausible(digits / 10_000) : 0;
        }
        if (text.Length is < 6 or > 10)
        {
            return 0;
        }
        if (Number(text[..4]) is > 0 and var first && IsSeparator(text[4]) && IsShortDate(text[5..]))
        {
            return Plausible(first);
        }
        return text.Length >= 8 && Number(text[^4..]) is > 0 and var last && IsSeparator(text[^5]) && IsShortDate(text[..^5]) && text[..^5].ContainsAny("-._"u8) ? Plausible(last) : 0;
    }

    // Numbers of one or two digits, one or two of them.
    private static bool IsShortDate(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOfAny("-._"u8);
        var one = at < 0 ? text : text[..at];
        var two = at < 0 ? default : text[(at + 1)..];
        return one.Length is 1 or 2 && Number(one) is >= 1 and <= 31 && (at < 0 || (two.Length is 1 or 2 && Number(two) is >= 1 and <= 31));
    }

    private static bool IsSeparator(byte b) => b is (byte)'-' or (byte)'.' or (byte)'_';

    // Years that a calendar comes to: further away ones are reached through these, or are no years.
    private static int Plausible(int year) => year is >= 1_800 and < 2_200 ? year : 0;

    private static ReadOnlySpan<byte> Last(ref ReadOnlySpan<byte> path)
    {
        var slash = path.LastIndexOf((byte)'/');
        var last = path[(slash + 1)..];
        path = path[..Math.Max(slash, 0)];
        return last;
    }

    /// <returns>-1 for what is no number of up to eight digits.</returns>
    private static int Number(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 8)
        {
            return -1;
        }
        var number = 0;
        foreach (var b in text)
        {
            if (!char.IsAsciiDigit((char)b))
            {
                return -1;
            }
            number = (number * 10) + (b - '0');
        }
        return number;
    }

    private static DatePart Name(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("year"u8) || name.SequenceEqual("yr"u8) || name.SequenceEqual("y"u8) ? DatePart.Year
        : name.SequenceEqual("month"u8) || name.SequenceEqual("mon"u8) || name.SequenceEqual("m"u8) || name.SequenceEqual("day"u8) || name.SequenceEqual("d"u8) || name.SequenceEqual("week"u8) ? DatePart.MonthOrDay
        : DatePart.None;

    private enum DatePart
    {
        None,
        Year,
        MonthOrDay,
    }
}

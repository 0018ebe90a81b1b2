using System.Globalization;
using System.Numerics;

namespace Madang.Jobs.Scheduling;

/// <summary>
/// A cron expression of five fields (crontab(5), Vixie): minute, hour, day of month, month, day of week; lists, ranges, steps, English names, 7 for Sunday,
/// <c>@hourly @daily @weekly @monthly @yearly</c>. When both day fields are restricted, either may match.
/// <para>
/// In a zone with summer time: a fixed time that the spring change skips fires when the clocks have changed, and one that the autumn change repeats fires
/// once, the first time. An expression whose minute or hour field starts with <c>*</c> follows the wall clock through both: it skips what does not exist, and
/// runs through a repeated hour twice.
/// </para>
/// </summary>
public sealed class Cron
{
    // 29 February on a given weekday comes every 28 years, or after 40 around 2100.
    private const int YearsAhead = 41;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _eitherDay;
    private readonly string _text;

    private Cron(string text, string[] fields)
    {
        _text = text;
        _minutes = Field(fields[0], 0, 59, []);
        _hours = Field(fields[1], 0, 23, []);
        _days = Field(fields[2], 1, 31, []);
        _months = Field(fields[3], 1, 12, Months);
        var weekdays = Field(fields[4], 0, 7, Weekdays);
        _weekdays = (weekdays | (weekdays >> 7)) & 0x7F;
        _eitherDay = fields[2][0] != '*' && fields[4][0] != '*';
        FollowsClock = fields[0][0] == '*' || fields[1][0] == '*';
    }

    internal bool FollowsClock { get; }

    /// <exception cref="FormatException">It is no cron expression, or it never fires.</exception>
    public static Cron Parse(string text)
    {
        var expression = text.Trim().ToLowerInvariant() switch
        {
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" or "@annually" => "0 0 1 1 *",
            var other => other,
        };
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            throw new FormatException($"A cron expression has five fields: minute, hour, day, month, weekday; not '{text}'.");
        }

        var cron = new Cron(text, fields);
        return cron.Next(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc) is null ? throw new FormatException($"'{text}' never fires.") : cron;
    }

    /// <summary>The first time after <paramref name="after"/>, in UTC; null if there is none within 41 years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        var last = date.AddYears(YearsAhead);
        while (date <= last)
        {
            if (!Has(_months, date.Month))
            {
                date = new DateOnly(date.Year, date.Month, 1).AddMonths(1);
                continue;
            }

            if (MatchesDay(date) && First(date, after, zone) is { } found)
            {
                return found;
            }

            date = date.AddDays(1);
        }

        return null;
    }

    public override string ToString() => _text;

    internal bool Matches(DateTime wall) => MatchesDay(DateOnly.FromDateTime(wall)) && Has(_months, wall.Month) && Has(_hours, wall.Hour) && Has(_minutes, wall.Minute);

    private bool MatchesDay(DateOnly date)
    {
        var (day, weekday) = (Has(_days, date.Day), Has(_weekdays, (int)date.DayOfWeek));
        return _eitherDay ? day || weekday : day && weekday;
    }

    private DateTimeOffset? First(DateOnly date, DateTimeOffset after, TimeZoneInfo zone)
    {
        DateTimeOffset? first = null;
        for (var hours = _hours; hours != 0; hours &= hours - 1)
        {
            for (var minutes = _minutes; minutes != 0; minutes &= minutes - 1)
            {
                var wall = date.ToDateTime(new TimeOnly(BitOperations.TrailingZeroCount(hours), BitOperations.TrailingZeroCount(minutes)));
                foreach (var time in Instants(wall, zone))
                {
                    if (time > after && !(first <= time))
                    {
                        first = time;
                    }
                }
            }
        }

        return first;
    }

    /// <summary>When a clock on the wall shows this: never in the hole of a change forwards (then the end of the hole, unless we follow the clock), twice after one back.</summary>
    private IEnumerable<DateTimeOffset> Instants(DateTime wall, TimeZoneInfo zone)
    {
        var instants = Shown(wall, zone);
        while (instants.Count == 0 && !FollowsClock)
        {
            wall = wall.AddMinutes(1);
            instants = Shown(wall, zone);
        }

        return FollowsClock ? instants : instants.Take(1);
    }

    // By the offsets of the days around it: TimeZoneInfo's IsInvalidTime and IsAmbiguousTime know summer time, but not a change of the zone itself (Casablanca).
    private static List<DateTimeOffset> Shown(DateTime wall, TimeZoneInfo zone)
    {
        var utc = new DateTimeOffset(wall, TimeSpan.Zero);
        List<DateTimeOffset> instants = [];
        foreach (var offset in new[] { zone.GetUtcOffset(utc.AddDays(-1)), zone.GetUtcOffset(utc.AddDays(1)) }.Distinct())
        {
            var instant = utc - offset;
            if (zone.GetUtcOffset(instant) == offset)
            {
                instants.Add(instant);
            }
        }

        instants.Sort();
        return instants;
    }

    private static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    /// <summary>Reads <c>*</c>, <c>5</c>, <c>1-5</c>, <c>*/10</c>, <c>10-50/20</c>, <c>5/15</c> (from 5 to the end) and lists of these.</summary>
    private static ulong Field(string text, int min, int max, string[] names)
    {
        ulong set = 0;
        foreach (var item in text.Split(','))
        {
            var slash = item.IndexOf('/', StringComparison.Ordinal);
            var (range, step) = slash < 0 ? (item, 1) : (item[..slash], Number(item[(slash + 1)..], 1, max, [], text));
            var (from, to) = (min, max);
            if (range != "*")
            {
                var dash = range.IndexOf('-', StringComparison.Ordinal);
                from = Number(dash < 0 ? range : range[..dash], min, max, names, text);
                to = dash >= 0 ? Number(range[(dash + 1)..], min, max, names, text) : slash >= 0 ? max : from;
            }

            if (from > to)
            {
                throw new FormatException($"The range '{range}' of a cron expression runs backwards.");
            }

            for (var value = from; value <= to; value += step)
            {
                set |= 1UL << value;
            }
        }

        return set;
    }

    private static int Number(string text, int min, int max, string[] names, string field)
    {
        var name = Array.IndexOf(names, text);
        if (name >= 0)
        {
            return name + (names == Months ? 1 : 0);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException($"'{field}' in a cron expression: '{text}' is not a number from {min} to {max}.");
    }
}

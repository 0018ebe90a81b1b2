using System.Globalization;

namespace Madang.Notifications.QuietHours;

/// <summary>From–to of one day, in minutes after midnight by the clock on the wall; <paramref name="To"/> at or before <paramref name="From"/> is on the day after.</summary>
internal readonly record struct QuietSpan(DayOfWeek Day, int From, int To)
{
    public const int MinutesOfDay = 1_440;
}

/// <summary>A person's quiet hours, in whatever zone they are.</summary>
internal sealed record QuietWeek(IReadOnlyList<QuietSpan> Spans)
{
    public const int MaxSpans = 14;

    public static QuietWeek None { get; } = new([]);

    /// <summary>As it is stored: <c>1:1320-420;2:1320-420</c>, the day as a number (0 is Sunday). Null for none.</summary>
    public string? Text => Spans.Count == 0
        ? null
        : string.Join(';', Spans.Select(span => string.Create(CultureInfo.InvariantCulture, $"{(int)span.Day}:{span.From}-{span.To}")));

    public static QuietWeek Of(string? text)
    {
        if (text is null)
        {
            return None;
        }

        var spans = new List<QuietSpan>();
        foreach (var range in text.AsSpan().Split(';'))
        {
            var span = text.AsSpan()[range];
            var (colon, dash) = (span.IndexOf(':'), span.IndexOf('-'));
            spans.Add(new((DayOfWeek)Number(span[..colon]), Number(span[(colon + 1)..dash]), Number(span[(dash + 1)..])));
        }

        return new(spans);
    }

    private static int Number(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}

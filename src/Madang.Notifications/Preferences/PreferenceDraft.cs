using System.Globalization;
using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.QuietHours;

namespace Madang.Notifications.Preferences;

/// <summary>What somebody changes about their preferences, as it came; an absent part stays as it is.</summary>
/// <param name="Channels">Channel → on: whether it is used at all, for what is not mandatory. Channels that are not named are on.</param>
/// <param name="MutedUntil">Nothing but the inbox until then; a time that has passed ends it.</param>
/// <param name="QuietHours">All of them; an empty list for none.</param>
/// <param name="Choices">Category → channel → on: all that was chosen. What is not named goes by the category.</param>
internal sealed record PreferenceDraft(
    IReadOnlyDictionary<string, bool>? Channels, DateTimeOffset? MutedUntil, IReadOnlyList<QuietSpanJson>? QuietHours,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>>? Choices)
{
    private static readonly TimeSpan s_longestMute = TimeSpan.FromDays(3_660);

    /// <summary>The sheet after the change; every fault at once.</summary>
    public Result<PreferenceSheet> Over(PreferenceSheet sheet, Func<string, Category?> categories, DateTimeOffset now)
    {
        var faults = new List<FieldError>();
        var off = Channels is null ? sheet.Off : Switches(Channels, faults);
        var muted = MutedUntil is not { } until ? sheet.MutedUntil : until > now ? DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()) : null;
        if (muted - now > s_longestMute)
        {
            faults.Add(new("muted_until", "out_of_range", "muted_until is at most ten years ahead."));
        }

        var quiet = QuietHours is null ? sheet.Quiet : Week(QuietHours, faults);
        var choices = Choices is null ? sheet.Choices : Chosen(Choices, categories, faults);
        return faults.Count == 0
            ? sheet with { Off = off, MutedUntil = muted > now ? muted : null, Quiet = quiet, Choices = choices, UpdatedAt = now }
            : ApiErrors.InvalidFields with { Fields = faults };
    }

    private static ChannelSet Switches(IReadOnlyDictionary<string, bool> channels, List<FieldError> faults)
    {
        var off = default(ChannelSet);
        foreach (var (name, on) in channels)
        {
            if (Channel(name, "channels", faults) is { } channel && !on)
            {
                off = off.With(channel);
            }
        }

        return off;
    }

    private static QuietWeek Week(IReadOnlyList<QuietSpanJson> spans, List<FieldError> faults)
    {
        if (spans.Count > QuietWeek.MaxSpans)
        {
            faults.Add(new("quiet_hours", "too_long", $"quiet_hours holds {QuietWeek.MaxSpans} spans at most."));
            return QuietWeek.None;
        }

        var read = new List<QuietSpan>();
        for (var i = 0; i < spans.Count; i++)
        {
            var day = Array.IndexOf(QuietSpanJson.Days, spans[i]?.Day);
            if (day < 0)
            {
                faults.Add(new($"quiet_hours.{i}.day", "unknown_value", "day is sunday to saturday."));
            }

            var from = Minutes(spans[i]?.From, $"quiet_hours.{i}.from", faults);
            var to = Minutes(spans[i]?.To, $"quiet_hours.{i}.to", faults);
            read.Add(new((DayOfWeek)Math.Max(0, day), from, to));
        }

        return new(read);
    }

    private static Dictionary<string, Choice> Chosen(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> given, Func<string, Category?> categories, List<FieldError> faults)
    {
        var chosen = new Dictionary<string, Choice>(StringComparer.Ordinal);
        if (given.Count > CategoryBook.Max)
        {
            faults.Add(new("choices", "too_long", $"choices holds {CategoryBook.Max} categories at most."));
            return chosen;
        }

        foreach (var (name, cells) in given)
        {
            if (categories(name) is not { } category)
            {
                faults.Add(new("choices", "unknown_value", "choices names a category that there is not."));
                continue;
            }

            var choice = default(Choice);
            foreach (var (channelName, on) in cells ?? new Dictionary<string, bool>())
            {
                if (Channel(channelName, $"choices.{name}", faults) is not { } channel)
                {
                    continue;
                }

                if (category.Mandatory && !on)
                {
                    faults.Add(new($"choices.{name}.{channelName}", "mandatory", "This category cannot be switched off."));
                }

                choice = category.Mandatory ? choice : choice.With(channel, on);
            }

            if (!choice.IsEmpty)
            {
                chosen[name] = choice;
            }
        }

        return chosen;
    }

    private static DeliveryChannel? Channel(string name, string field, List<FieldError> faults)
    {
        if (DeliveryChannels.Find(name) is { } channel && Matrix.Channels.Contains(channel))
        {
            return channel;
        }

        faults.Add(new(field, "unknown_value", "A channel is inbox, push, email or sms."));
        return null;
    }

    private static int Minutes(string? text, string field, List<FieldError> faults)
    {
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return (time.Hour * 60) + time.Minute;
        }

        faults.Add(new(field, text is null ? "required" : "invalid", "A time is such as 22:30, by the clock on the wall."));
        return 0;
    }
}

/// <param name="Day">sunday to saturday: the day on which it begins.</param>
/// <param name="From">HH:mm by the clock on the wall where the device, or the person, is.</param>
/// <param name="To">At or before <paramref name="From"/> is on the day after.</param>
internal sealed record QuietSpanJson(string? Day, string? From, string? To)
{
    public static string[] Days { get; } = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public static QuietSpanJson Of(QuietSpan span) => new(Days[(int)span.Day], Wall(span.From), Wall(span.To));

    private static string Wall(int minutes) => new TimeOnly(minutes / 60, minutes % 60).ToString("HH:mm", CultureInfo.InvariantCulture);
}

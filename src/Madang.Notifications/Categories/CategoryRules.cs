using Madang.Api;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Categories;

/// <summary>What an admin says about a category; null leaves a field at its default.</summary>
internal sealed record CategoryDraft
{
    public IReadOnlyDictionary<string, string>? Titles { get; init; }

    public bool? Mandatory { get; init; }

    public IReadOnlyList<string>? Channels { get; init; }

    public string? Priority { get; init; }

    public string? Ambiguous { get; init; }

    public string? Quiet { get; init; }

    public int? PerHour { get; init; }

    public int? PerDay { get; init; }

    public long? DigestWindowMs { get; init; }

    public long? TtlMs { get; init; }

    public FallbackDraft? Fallback { get; init; }
}

internal sealed record FallbackDraft(string? From, long? AfterMs, string? To);

/// <summary>What a category may be.</summary>
internal static class CategoryRules
{
    public const int MaxName = 64;
    private const int MaxTitle = 100;
    private const int MaxTitles = 50;
    private const int MaxPerHour = 10_000;
    private const int MaxPerDay = 60_000;
    private static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestWindow = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_longestLife = TimeSpan.FromDays(28);

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxName } && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '.' or '-');

    /// <summary>The whole category; every fault of the draft at once.</summary>
    public static Result<Category> Check(string name, CategoryDraft draft)
    {
        var faults = new List<FieldError>();
        if (!IsName(name))
        {
            faults.Add(new("name", "invalid", $"A name is 1 to {MaxName} of a–z, 0–9, _ . and -."));
        }

        var category = new Category
        {
            Name = name,
            Titles = Titles(draft.Titles, faults),
            Mandatory = draft.Mandatory ?? false,
            Channels = Channels(draft.Channels, faults),
            Priority = Word(draft.Priority, "priority", DeliveryPriority.Normal, faults),
            Ambiguous = Word(draft.Ambiguous, "ambiguous", AmbiguousPolicy.Hold, faults),
            Quiet = Word(draft.Quiet, "quiet", QuietPolicy.Defer, faults),
            PerHour = Number(draft.PerHour, "per_hour", MaxPerHour, faults),
            PerDay = Number(draft.PerDay, "per_day", MaxPerDay, faults),
            DigestWindow = Time(draft.DigestWindowMs, "digest_window_ms", s_longestWindow, faults),
            TimeToLive = Time(draft.TtlMs, "ttl_ms", s_longestLife, faults) ?? TimeSpan.FromDays(3),
            Fallback = Fallback(draft.Fallback, faults),
        };
        return faults.Count == 0 ? category : ApiErrors.InvalidFields with { Fields = faults };
    }

    private static Dictionary<string, string> Titles(IReadOnlyDictionary<string, string>? titles, List<FieldError> faults)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        if (titles is not { Count: > 0 and <= MaxTitles })
        {
            faults.Add(new("titles", titles is { Count: > 0 } ? "too_long" : "required", $"titles holds 1 to {MaxTitles} languages, such as {{\"en\":\"News\"}}."));
            return read;
        }

        foreach (var (language, title) in titles)
        {
            // What came as a name of a field goes back into the path of the fault only when it is one of ours.
            if (!Accounts.Users.CheckLocale(language).IsOk)
            {
                faults.Add(new("titles", "invalid", "The keys of titles are language tags such as ko or en-GB."));
                continue;
            }

            var line = Text.Line(title, $"titles.{language}", MaxTitle);
            faults.AddRange(line.Error?.Fields ?? []);
            if (line.IsOk)
            {
                read[language] = line.Value;
            }
        }

        return read;
    }

    private static List<DeliveryChannel> Channels(IReadOnlyList<string>? names, List<FieldError> faults)
    {
        var channels = new List<DeliveryChannel>();
        if (names is null || names.Count > DeliveryChannels.All.Count)
        {
            faults.Add(new("channels", names is null ? "required" : "too_long", "channels is a list of inbox, push, email, sms and webhook; it may be empty."));
            return channels;
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is not null && DeliveryChannels.Find(names[i]) is { } channel)
            {
                channels.Add(channel);
            }
            else
            {
                faults.Add(new($"channels.{i}", "unknown_value", "A channel is inbox, push, email, sms or webhook."));
            }
        }

        return [.. ChannelSet.Of(channels)];
    }

    private static Fallback? Fallback(FallbackDraft? draft, List<FieldError> faults)
    {
        if (draft is null)
        {
            return null;
        }

        var from = Channel(draft.From, "fallback.from", faults);
        var to = Channel(draft.To, "fallback.to", faults);
        var after = Time(draft.AfterMs, "fallback.after_ms", s_longestWindow, faults);
        if (draft.AfterMs is null)
        {
            faults.Add(new("fallback.after_ms", "required", "fallback.after_ms says after how long."));
        }

        if (from is not null && from == to)
        {
            faults.Add(new("fallback.to", "invalid", "fallback.to is another channel than fallback.from."));
        }

        if (to == DeliveryChannel.Inbox)
        {
            faults.Add(new("fallback.to", "invalid", "fallback.to is push, email or sms: the inbox needs no fallback."));
        }

        return from is { } unread && to is { } instead && after is { } wait ? new(unread, wait, instead) : null;
    }

    private static DeliveryChannel? Channel(string? name, string field, List<FieldError> faults)
    {
        if (name is not null && DeliveryChannels.Find(name) is { } channel && channel != DeliveryChannel.Webhook)
        {
            return channel;
        }

        faults.Add(new(field, name is null ? "required" : "unknown_value", $"{field} is inbox, push, email or sms."));
        return null;
    }

    private static TEnum Word<TEnum>(string? word, string field, TEnum otherwise, List<FieldError> faults)
        where TEnum : struct, Enum
    {
        if (word is null)
        {
            return otherwise;
        }

        foreach (var value in Enum.GetValues<TEnum>())
        {
            if (Wire(value) == word)
            {
                return value;
            }
        }

        faults.Add(new(field, "unknown_value", $"{field} is {string.Join(", ", Enum.GetValues<TEnum>().Select(Wire))}."));
        return otherwise;
    }

    private static string Wire<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();

    private static int? Number(int? value, string field, int most, List<FieldError> faults)
    {
        if (value < 1 || value > most)
        {
            faults.Add(new(field, "out_of_range", $"{field} is 1 to {most}, or absent for no limit."));
        }

        return value;
    }

    private static TimeSpan? Time(long? milliseconds, string field, TimeSpan most, List<FieldError> faults)
    {
        if (milliseconds is not { } given)
        {
            return null;
        }

        if (given < s_shortest.TotalMilliseconds || given > most.TotalMilliseconds)
        {
            faults.Add(new(field, "out_of_range", $"{field} is {s_shortest.TotalMilliseconds:0} to {most.TotalMilliseconds:0} milliseconds."));
            return null;
        }

        return TimeSpan.FromMilliseconds(given);
    }
}

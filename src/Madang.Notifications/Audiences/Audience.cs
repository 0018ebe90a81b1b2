using Madang.Api;

namespace Madang.Notifications.Audiences;

/// <summary>The numbers are stored.</summary>
internal enum AudienceKind
{
    /// <summary>Who joined, or was added.</summary>
    Topic = 1,

    /// <summary>Whose account fits a rule at the moment when it is planned.</summary>
    Segment = 2,
}

/// <summary>Many people under one name.</summary>
/// <param name="IsOpen">People may join and leave the topic by themselves.</param>
/// <param name="Rule">Of a segment.</param>
internal sealed record Audience(
    long Id, string Name, AudienceKind Kind, string Title, bool IsOpen, SegmentRule? Rule, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Which accounts belong to a segment: those that fit every part that is there. Disabled accounts never do.</summary>
/// <param name="Locales">Exactly these tags, or all that begin so and a hyphen: <c>ko</c> is <c>ko</c> and <c>ko-KR</c>.</param>
/// <param name="Roles">user, moderator, admin.</param>
/// <param name="TimeZones">IANA names.</param>
internal sealed record SegmentRule(
    IReadOnlyList<string>? Locales = null, IReadOnlyList<Role>? Roles = null, DateTimeOffset? CreatedAfter = null, DateTimeOffset? CreatedBefore = null,
    IReadOnlyList<string>? TimeZones = null)
{
    public const int MaxValues = 100;
    public const int MaxText = 64;

    public bool Fits(AccountGlance account) =>
        !account.IsDisabled
        && (Roles?.Contains(account.Role) ?? true)
        && (TimeZones?.Contains(account.TimeZone) ?? true)
        && (Locales?.Any(tag => Speaks(account.Locale, tag)) ?? true)
        && (CreatedAfter is not { } after || account.CreatedAt >= after)
        && (CreatedBefore is not { } before || account.CreatedAt < before);

    /// <summary>The rule in its normal form, or its faults.</summary>
    public SegmentRule Check(List<FieldError> faults)
    {
        Check("rule.locales", Locales, static tag => tag.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'), faults);
        Check("rule.time_zones", TimeZones, static zone => zone.All(letter => letter is > ' ' and <= '~'), faults);
        if (Roles?.Count > MaxValues)
        {
            faults.Add(new("rule.roles", "too_long", $"rule.roles holds {MaxValues} at most."));
        }

        if (CreatedAfter >= CreatedBefore)
        {
            faults.Add(new("rule.created_before", "out_of_range", "rule.created_before is later than rule.created_after."));
        }

        return this with { Locales = Distinct(Locales), TimeZones = Distinct(TimeZones), Roles = Roles is null or [] ? null : [.. Roles.Distinct()] };
    }

    private static bool Speaks(string locale, string tag) =>
        locale.StartsWith(tag, StringComparison.OrdinalIgnoreCase) && (locale.Length == tag.Length || locale[tag.Length] == '-');

    private static string[]? Distinct(IReadOnlyList<string>? values) => values is null or [] ? null : [.. values.Distinct(StringComparer.Ordinal)];

    private static void Check(string field, IReadOnlyList<string>? values, Func<string, bool> isGood, List<FieldError> faults)
    {
        if (values is null)
        {
            return;
        }

        if (values.Count > MaxValues)
        {
            faults.Add(new(field, "too_long", $"{field} holds {MaxValues} at most."));
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { Length: > 0 and <= MaxText } text || !isGood(text))
            {
                faults.Add(new($"{field}.{i}", "invalid", $"{field} holds words such as ko, en-GB or Asia/Seoul."));
            }
        }
    }
}

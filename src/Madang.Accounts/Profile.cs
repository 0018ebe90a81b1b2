using Madang.Api;

namespace Madang.Accounts;

/// <summary>What a person may change about themselves, checked; null leaves it as it is.</summary>
internal sealed record Profile(string? DisplayName, string? Locale, string? TimeZone)
{
    public const int MaxDisplayName = 64;
    public const int MaxLocale = 35;
    public const int MaxTimeZone = 64;

    /// <summary>Reads the three fields of a request; the faults go to <paramref name="faults"/>.</summary>
    public static Profile Check(string? displayName, string? locale, string? timeZone, FieldFaults faults) => new(
        displayName is null ? null : faults.Take(Text.Line(displayName, "display_name", MaxDisplayName)),
        locale is null ? null : faults.Take(CheckLocale(locale)),
        timeZone is null ? null : faults.Take(CheckTimeZone(timeZone)));

    public User Over(User user) => user with
    {
        DisplayName = DisplayName ?? user.DisplayName,
        Locale = Locale ?? user.Locale,
        TimeZone = TimeZone ?? user.TimeZone,
    };

    /// <summary>A language tag by its shape (RFC 5646): letters, then subtags of up to eight letters or digits.</summary>
    internal static Result<string> CheckLocale(string locale)
    {
        if (locale.Length > MaxLocale)
        {
            return ApiErrors.Invalid("locale", "too_long", $"locale may hold {MaxLocale} characters.");
        }

        var first = true;
        foreach (var range in locale.AsSpan().Split('-'))
        {
            var subtag = locale.AsSpan()[range];
            if (subtag.Length is < 1 or > 8 || (first && (subtag.Length < 2 || subtag.ContainsAnyExcept(Letters))) || subtag.ContainsAnyExcept(LettersAndDigits))
            {
                return ApiErrors.Invalid("locale", "invalid", "locale is a language tag such as ko or en-GB.");
            }

            first = false;
        }

        return locale;
    }

    internal static Result<string> CheckTimeZone(string zone)
    {
        if (zone.Length > MaxTimeZone)
        {
            return ApiErrors.Invalid("time_zone", "too_long", $"time_zone may hold {MaxTimeZone} characters.");
        }

        // The characters first: the name is looked up as a file of the zone database. .NET would also take Windows names; ours are IANA names.
        return zone is "UTC" || (zone.Length > 0 && !zone.AsSpan().ContainsAnyExcept(ZoneCharacters) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId)
            ? zone
            : ApiErrors.Invalid("time_zone", "unknown_value", "time_zone is an IANA name such as Asia/Seoul.");
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly System.Buffers.SearchValues<char> LettersAndDigits =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private static readonly System.Buffers.SearchValues<char> ZoneCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-");
}

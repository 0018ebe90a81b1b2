using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Limits;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;

namespace Madang.Notifications.Planning;

internal enum PersonStanding
{
    Active = 1,
    Disabled = 2,

    /// <summary>There is nobody of this id.</summary>
    Unknown = 3,
}

/// <summary>What a decision about one person in one category goes by, read in the transaction that writes it.</summary>
internal sealed record Person
{
    public required UserId Id { get; init; }

    public required PersonStanding Standing { get; init; }

    public string DisplayName { get; init; } = "";

    /// <summary>A BCP 47 tag.</summary>
    public string Locale { get; init; } = "en";

    /// <summary>IANA, of the account; devices may have their own.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Channels that are off for all that is not mandatory.</summary>
    public ChannelSet Off { get; init; }

    public DateTimeOffset? MutedUntil { get; init; }

    public QuietWeek Quiet { get; init; } = QuietWeek.None;

    /// <summary>For the category that was asked about.</summary>
    public Choice Choice { get; init; }

    /// <summary>Alive, oldest first; those of ended sessions are left out.</summary>
    public IReadOnlyList<PersonAddress> Addresses { get; init; } = [];

    /// <summary>Over all categories; null when no limit asks for it.</summary>
    public Tally? Total { get; init; }

    /// <summary>Of the category; null when no limit asks for it.</summary>
    public Tally? OfCategory { get; init; }

    /// <summary>Where the person seems to be: the zone of the device that registered last, else the account's.</summary>
    public string Zone => ZoneOf(Addresses.Select(address => (address.TimeZone, address.RegisteredAt))) ?? TimeZone;

    /// <summary>The same of any list of living addresses, ascending; null when none of them told its zone.</summary>
    public static string? ZoneOf(IEnumerable<(string? TimeZone, DateTimeOffset RegisteredAt)> addresses)
    {
        (string? TimeZone, DateTimeOffset RegisteredAt) latest = default;
        foreach (var address in addresses)
        {
            latest = address.TimeZone is not null && (latest.TimeZone is null || address.RegisteredAt >= latest.RegisteredAt) ? address : latest;
        }

        return latest.TimeZone;
    }
}

/// <param name="Suppressed">On the suppression list: known, and never sent to.</param>
internal sealed record PersonAddress(
    AddressId Id, AddressKind Kind, string Scope, string? TimeZone, string? Locale, DateTimeOffset RegisteredAt, bool Suppressed = false);

using System.Text.Json;

namespace Madang.Client.Resources;

/// <summary>What somebody wants to hear of, by which channels, and when.</summary>
/// <param name="Channels">Channel → whether it is used at all, for what is not mandatory.</param>
/// <param name="TimeZone">The account's; a device may be elsewhere.</param>
/// <param name="Choices">Category → channel → on: what was chosen.</param>
/// <param name="Matrix">What holds.</param>
public sealed record Preferences(
    IReadOnlyDictionary<string, bool> Channels, IReadOnlyList<QuietSpan> QuietHours, string TimeZone, IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Choices,
    IReadOnlyList<PreferenceRow> Matrix, DateTimeOffset? MutedUntil = null, DateTimeOffset? UpdatedAt = null);

/// <param name="Title">In the person's language.</param>
public sealed record PreferenceRow(string Category, string Title, bool Mandatory, IReadOnlyDictionary<string, PreferenceCell> Channels);

/// <param name="Source">mandatory, channel (off for everything), mine (chosen) or default.</param>
public sealed record PreferenceCell(bool On, string Source);

/// <param name="Day">sunday to saturday: on which it begins.</param>
/// <param name="From">HH:mm by the clock on the wall.</param>
/// <param name="To">At or before <paramref name="From"/> is on the day after.</param>
public sealed record QuietSpan(string Day, string From, string To);

/// <summary>What is null stays as it is; a <paramref name="MutedUntil"/> that is over ends the mute.</summary>
public sealed record PreferenceChange(
    IReadOnlyDictionary<string, bool>? Channels = null, DateTimeOffset? MutedUntil = null, IReadOnlyList<QuietSpan>? QuietHours = null,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>>? Choices = null);

/// <param name="Items">Verified, at most one of a kind.</param>
/// <param name="Pending">Those that wait for their code.</param>
public sealed record Addresses(
    [property: System.Text.Json.Serialization.JsonPropertyName("addresses")] IReadOnlyList<PersonalAddress> Items, IReadOnlyList<PendingAddress> Pending, IReadOnlyList<PushAddress> Devices);

/// <param name="Kind">email or phone.</param>
/// <param name="DeadAt">Since when nothing is sent to it.</param>
public sealed record PersonalAddress(string Kind, string Value, DateTimeOffset VerifiedAt, DateTimeOffset? DeadAt = null, string? DeadReason = null);

public sealed record PendingAddress(string Kind, string Value, DateTimeOffset SentAt, DateTimeOffset ExpiresAt);

/// <param name="DeviceId">Its session.</param>
/// <param name="Kind">apns, fcm or webpush.</param>
public sealed record PushAddress(
    string DeviceId, string Kind, DateTimeOffset RegisteredAt, string? App = null, string? TimeZone = null, string? Locale = null, DateTimeOffset? DeadAt = null, string? DeadReason = null);

/// <summary>Where an app can be pushed to: a token of apns or fcm, or a browser's subscription.</summary>
/// <param name="App">apns: the topic; webpush: the id of the key it subscribed with.</param>
/// <param name="Environment">apns: production or sandbox.</param>
public sealed record NewPushAddress(
    string Kind, string? Token = null, JsonElement? Subscription = null, string? App = null, string? Environment = null, string? TimeZone = null, string? Locale = null);

/// <param name="KeyId">A browser that subscribed under another one has to subscribe again.</param>
public sealed record WebPushKey(string PublicKey, string KeyId);

/// <param name="Joined">You are in it.</param>
/// <param name="Open">You may join and leave it.</param>
public sealed record Topic(string Name, string Title, bool Joined, bool Open);

/// <param name="Titles">By language.</param>
/// <param name="Channels">Of somebody who has chosen nothing.</param>
/// <param name="Ambiguous">resend or hold: what becomes of a delivery that got no answer.</param>
/// <param name="Quiet">defer, digest, drop or ignore: what becomes of it in quiet hours.</param>
/// <param name="BuiltIn">Deleting it brings it back as it was made.</param>
public sealed record Category(
    string Name, IReadOnlyDictionary<string, string> Titles, bool Mandatory, IReadOnlyList<string> Channels, string Priority, string Ambiguous, string Quiet, long TtlMs, bool BuiltIn,
    int? PerHour = null, int? PerDay = null, long? DigestWindowMs = null, Fallback? Fallback = null);

/// <summary>Unopened on one channel after that time, it goes out by the other.</summary>
public sealed record Fallback(string From, long AfterMs, string To);

/// <summary>What is null gets its default.</summary>
public sealed record CategoryRules(
    IReadOnlyDictionary<string, string>? Titles = null, bool? Mandatory = null, IReadOnlyList<string>? Channels = null, string? Priority = null, string? Ambiguous = null,
    string? Quiet = null, int? PerHour = null, int? PerDay = null, long? DigestWindowMs = null, long? TtlMs = null, Fallback? Fallback = null);

/// <param name="Kind">topic or segment.</param>
/// <param name="People">How many are in a topic; null in lists.</param>
public sealed record Audience(
    string Name, string Kind, string Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool? Open = null, SegmentRule? Rule = null, long? People = null);

/// <param name="Kind">topic, which people join, or segment, which follows a rule over accounts.</param>
public sealed record NewAudience(string Name, string Kind, string Title, bool? Open = null, SegmentRule? Rule = null);

/// <summary>What is null stays as it is.</summary>
public sealed record AudienceChange(string? Title = null, bool? Open = null, SegmentRule? Rule = null);

/// <summary>Which accounts belong to a segment: those that fit every part.</summary>
/// <param name="Locales"><c>ko</c> is <c>ko</c> and <c>ko-KR</c>.</param>
public sealed record SegmentRule(
    IReadOnlyList<string>? Locales = null, IReadOnlyList<string>? Roles = null, DateTimeOffset? CreatedAfter = null, DateTimeOffset? CreatedBefore = null,
    IReadOnlyList<string>? TimeZones = null);

/// <summary>How many it was; who was there already, or is unknown, is not counted.</summary>
public sealed record AudienceMoved(int Added, int Removed);

/// <param name="Disabled">True, or null.</param>
public sealed record AudienceMember(string Id, string Name, string DisplayName, bool? Disabled = null);

/// <param name="More">There are more than were looked at.</param>
public sealed record Reach(long Count, bool More);

/// <param name="Kind">email or phone.</param>
public sealed record Suppression(string Id, string Kind, string Value, string Reason, DateTimeOffset CreatedAt);

internal sealed record AudienceMove(IReadOnlyList<string>? Add, IReadOnlyList<string>? Remove);

internal sealed record AddressValue(string Value);

internal sealed record VerificationCode(string Code);

internal sealed record NewSuppression(string Kind, string Value, string? Reason);

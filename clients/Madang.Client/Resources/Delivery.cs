using System.Text.Json;

namespace Madang.Client.Resources;

/// <summary>One notification on its way to one person by one channel.</summary>
/// <param name="Queue">The provider that sends it.</param>
/// <param name="State">waiting, sending, ambiguous, sent, delivered, dead, canceled, expired or dropped.</param>
/// <param name="Ambiguous">How often it was handed over without an answer: each of these may have shown it once more.</param>
/// <param name="FallbackOf">The channel that it stands in for.</param>
/// <param name="Attempts">Left out of lists.</param>
public sealed record Delivery(
    string Id, string NotificationId, string Category, string Channel, string Queue, string State, string Priority, DateTimeOffset ExpiresAt, int Attempt, int Ambiguous,
    DateTimeOffset CreatedAt, string? UserId = null, DateTimeOffset? DueAt = null, string? Reason = null, string? MessageId = null, string? FallbackOf = null,
    DateTimeOffset? StartedAt = null, DateTimeOffset? OpenedAt = null, DateTimeOffset? FinishedAt = null, IReadOnlyList<DeliveryAttempt>? Attempts = null);

/// <param name="Class">ok, retry, retry_new_connection, reauth, dead_address, reject, config, ambiguous or suppressed.</param>
/// <param name="Code">The provider's own word.</param>
/// <param name="LookUp">The provider was asked what became of the one before; nothing was sent.</param>
public sealed record DeliveryAttempt(
    long Number, DateTimeOffset At, string Provider, string Class, string Code, long LatencyMs, bool LookUp = false, string? Detail = null, DateTimeOffset? NextAt = null);

/// <summary>Which deliveries; what is null is left open.</summary>
/// <param name="Reason">What the reason begins with.</param>
/// <param name="Since">Planned at or after.</param>
/// <param name="Until">Planned before.</param>
public sealed record DeliveryFilter(
    string? Queue = null, string? State = null, string? Channel = null, string? Category = null, string? NotificationId = null, string? UserId = null, string? Reason = null,
    bool? Ambiguous = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null);

/// <param name="Count">How many wait again, or would.</param>
/// <param name="More">Whether there may be more than the 10,000 of one call.</param>
public sealed record DeliveryReplayed(int Count, bool More);

/// <summary>The queue before one provider. Counts are of all nodes; pace, breaker and health are of the node that answers.</summary>
/// <param name="Configured">False when its provider is no longer in the settings.</param>
/// <param name="OldestAgeMs">For how long the first due delivery has waited.</param>
/// <param name="Breaker">closed, open or half_open.</param>
/// <param name="Illness">Failed or slow hand-overs out of all, over 15 minutes.</param>
/// <param name="Share">Of new deliveries that it gets: 1 for all.</param>
public sealed record DeliveryQueue(
    string Name, bool Configured, long Waiting, long Sending, long Ambiguous, long Sent, long Delivered, long Dead, long Expired, long Dropped, long Canceled, string? Kind = null,
    string? Channel = null, int? Rank = null, long? OldestAgeMs = null, int? Running = null, int? Concurrency = null, double? SentPerSecond = null, double? LimitPerSecond = null,
    string? Breaker = null, DateTimeOffset? BreakerUntil = null, double? Illness = null, double? Share = null, QueuePause? Paused = null);

/// <param name="By">hand, or fault: a provider said that our account or setting is wrong.</param>
public sealed record QueuePause(DateTimeOffset At, string Reason, string By);

/// <summary>What an author writes.</summary>
/// <param name="Parts">By language.</param>
public sealed record TemplateBody(string DefaultLocale, IReadOnlyDictionary<string, TemplateParts> Parts, string? Description = null);

/// <summary>The words in one language. What is null is made of title and body.</summary>
public sealed record TemplateParts(
    string? Title = null, string? Body = null, string? Url = null, EmailParts? Email = null, string? Sms = null, IReadOnlyDictionary<string, string>? Data = null);

public sealed record EmailParts(string? Subject = null, string? Html = null, string? Text = null);

/// <param name="Version">From 1; 0 for a built-in one.</param>
public sealed record TemplateSummary(
    string Name, int Version, string DefaultLocale, IReadOnlyList<string> Locales, bool BuiltIn, string? Description = null, DateTimeOffset? CreatedAt = null);

/// <summary>One version; it never changes.</summary>
public sealed record Template(
    string Name, int Version, string DefaultLocale, IReadOnlyDictionary<string, TemplateParts> Parts, bool BuiltIn, string? Description = null, DateTimeOffset? CreatedAt = null);

/// <param name="Channel">All of them without.</param>
/// <param name="Parts">What is not saved yet.</param>
public sealed record TemplatePreviewRequest(
    string? Channel = null, string? Locale = null, JsonElement? Data = null, int? Version = null, IReadOnlyDictionary<string, TemplateParts>? Parts = null, string? DefaultLocale = null);

/// <summary>What somebody would get by each channel.</summary>
public sealed record TemplatePreview(
    string Locale, int? Version = null, PushPreview? Inbox = null, PushPreview? Push = null, MailPreview? Email = null, SmsPreview? Sms = null, WebhookPreview? Webhook = null);

public sealed record PushPreview(string Title, string Body, JsonElement Data, int SizeBytes, string? Url = null);

public sealed record MailPreview(string Subject, string Text, int SizeBytes, string? Html = null);

/// <param name="Units">Septets of gsm7, or UTF-16 units.</param>
/// <param name="Segments">Messages that are paid for.</param>
/// <param name="Left">Units that the last one still has room for.</param>
public sealed record SmsPreview(string Text, string Encoding, int Units, int Segments, int Left, int SizeBytes);

public sealed record WebhookPreview(JsonElement Body, int SizeBytes);

/// <summary>What became of what was sent under one name.</summary>
/// <param name="Delivered">Those of which that is known.</param>
/// <param name="Opened">By people, as far as can be told; a click is an open.</param>
/// <param name="Machine">What mail programs and scanners did; in no other figure.</param>
/// <param name="Channel">That was asked for; null for all.</param>
/// <param name="ByChannel">What came without a channel, as conversions do, is in none.</param>
/// <param name="ByDay">Days in UTC, ascending; those without anything are left out.</param>
/// <param name="Complete">False when there are more notifications than were looked at: then sent, delivered and failed are of the newest alone.</param>
public sealed record Funnel(
    string Campaign, DateTimeOffset Since, long Notifications, long Sent, long Delivered, long Failed, long Opened, long Clicked, long Converted, long Unsubscribed, long Dismissed,
    MachineCounts Machine, IReadOnlyList<FunnelChannel> ByChannel, IReadOnlyList<FunnelDay> ByDay, string? Channel = null, bool Complete = true);

/// <summary>The figures of <see cref="Funnel"/>.</summary>
public sealed record FunnelCounts(
    long Sent, long Delivered, long Failed, long Opened, long Clicked, long Converted, long Unsubscribed, long Dismissed, MachineCounts Machine);

public sealed record FunnelChannel(string Channel, FunnelCounts Counts);

/// <param name="Day">On which it was to be sent, or on which it was heard of.</param>
public sealed record FunnelDay(DateOnly Day, FunnelCounts Counts);

public sealed record MachineCounts(long Opened, long Clicked);

internal sealed record DeliveryReplay(DeliveryFilter Filter, bool DryRun);

internal sealed record DeliveryResolution(bool Arrived);

internal sealed record QueueReason(string? Reason);

internal sealed record TemplateTest(Recipients? To, string? Category, IReadOnlyList<string>? Channels, JsonElement? Data);

internal sealed record Conversion(string NotificationId, string Name, string? UserId);

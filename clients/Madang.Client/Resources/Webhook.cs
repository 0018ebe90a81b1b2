using System.Text.Json;

namespace Madang.Client.Resources;

/// <param name="Types">Types of events, or <c>crawl.*</c> for all that begin so; null for all there are.</param>
public sealed record NewWebhook(string Url, string? Description = null, IReadOnlyList<string>? Types = null, bool? Enabled = null);

/// <summary>What is null stays as it is.</summary>
public sealed record WebhookChange(string? Url = null, string? Description = null, IReadOnlyList<string>? Types = null, bool? Enabled = null);

/// <param name="Types">Empty when it hears of everything.</param>
/// <param name="DisabledReason">admin, gone (it answered 410) or failing; null while it is enabled.</param>
/// <param name="FailingSince">Since when nothing has arrived.</param>
/// <param name="Secret">Told once: by the answer that made it.</param>
/// <param name="OldSecretUntil">Until when the secret before it signs too.</param>
public sealed record Webhook(
    string Id, string Url, IReadOnlyList<string> Types, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Description = null, string? DisabledReason = null,
    DateTimeOffset? FailingSince = null, string? Secret = null, DateTimeOffset? OldSecretUntil = null);

/// <summary>One event on its way to one webhook.</summary>
/// <param name="EventId">The same for every webhook; <c>msg_</c> and this is the header webhook-id.</param>
/// <param name="State">waiting, delivered or failed.</param>
/// <param name="Status">Of the last attempt; null when no answer came, which <paramref name="Fault"/> explains.</param>
/// <param name="Data">Left out of lists.</param>
/// <param name="AttemptLog">The last 50, newest first; left out of lists.</param>
public sealed record WebhookDelivery(
    string Id, string EventId, string Type, string State, int Attempts, DateTimeOffset CreatedAt, int? Status = null, string? Fault = null, DateTimeOffset? LastAttemptAt = null,
    JsonElement? Data = null, IReadOnlyList<WebhookAttempt>? AttemptLog = null);

/// <param name="Response">The first KiB of the answer.</param>
public sealed record WebhookAttempt(DateTimeOffset At, long LatencyMs, int? Status = null, string? Fault = null, string? Response = null);

/// <param name="Count">How many are under way again.</param>
/// <param name="More">Whether failed ones may be left: call again.</param>
public sealed record Resent([property: System.Text.Json.Serialization.JsonPropertyName("resent")] int Count, bool More);

internal sealed record SecretRotation(long? OverlapS);

internal sealed record ResendSince(DateTimeOffset Since);

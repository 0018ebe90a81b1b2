using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Webhooks;

[JsonConverter(typeof(IdJson<DeliveryId>))]
public readonly record struct DeliveryId(long Value) : IId<DeliveryId>
{
    public static DeliveryId From(long value) => new(value);

    public static DeliveryId Parse(string s, IFormatProvider? provider) => Id.Parse<DeliveryId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out DeliveryId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>The numbers are stored, and partial indexes name them.</summary>
public enum DeliveryState
{
    /// <summary>An attempt is due or under way.</summary>
    Waiting = 1,

    Delivered = 2,

    /// <summary>No more attempts; a resend begins anew.</summary>
    Failed = 3,
}

/// <summary>Something that happened, told to every endpoint that wants to hear of it.</summary>
/// <param name="Data">JSON, an object.</param>
internal sealed record WebhookEvent(long Id, string Type, string Data, DateTimeOffset CreatedAt);

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="Attempts">Of all its sendings.</param>
/// <param name="LastStatus">What the endpoint last answered; null when it did not.</param>
/// <param name="LastFault">Why the last attempt got no answer.</param>
internal sealed record WebhookDelivery(
    DeliveryId Id, EndpointId Endpoint, long Event, string Type, DeliveryState State, int Attempts, int? LastStatus, string? LastFault, DateTimeOffset CreatedAt, DateTimeOffset? LastAt)
{
    /// <summary>What an attempt makes of it.</summary>
    /// <param name="isLast">No other follows by itself.</param>
    public WebhookDelivery After(WebhookAttempt attempt, bool isLast) => this with
    {
        State = attempt.IsSuccess ? DeliveryState.Delivered : isLast ? DeliveryState.Failed : DeliveryState.Waiting,
        Attempts = Attempts + 1,
        LastStatus = attempt.Status,
        LastFault = attempt.Fault,
        LastAt = attempt.At,
    };
}

/// <param name="Status">Null when no answer came; then <paramref name="Fault"/> says why (<c>OutboundFaults</c>).</param>
/// <param name="Excerpt">The first bytes of the answer, as text.</param>
internal sealed record WebhookAttempt(DateTimeOffset At, int? Status, string? Fault, TimeSpan Latency, string Excerpt)
{
    /// <summary>Of the answer's body, in UTF-8.</summary>
    public const int MaxExcerptBytes = 1024;

    public bool IsSuccess => Fault is null && Status is >= 200 and <= 299;
}

using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Webhooks;

[JsonConverter(typeof(IdJson<EndpointId>))]
public readonly record struct EndpointId(long Value) : IId<EndpointId>
{
    public static EndpointId From(long value) => new(value);

    public static EndpointId Parse(string s, IFormatProvider? provider) => Id.Parse<EndpointId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out EndpointId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>Why an endpoint gets nothing.</summary>
public enum DisabledReason
{
    /// <summary>An admin switched it off.</summary>
    Admin = 1,

    /// <summary>It answered 410: it asks for no more.</summary>
    Gone = 2,

    /// <summary>Nothing succeeded for too long.</summary>
    Failing = 3,
}

/// <summary>An address that hears of events, and the rules by which it changes. No I/O here.</summary>
internal sealed record WebhookEndpoint
{
    public const int MaxUrl = 2_000;
    public const int MaxDescription = 200;
    public const int MaxTypes = 50;
    public const int MaxType = 100;

    public required EndpointId Id { get; init; }

    public required string Url { get; init; }

    public required string Description { get; init; }

    /// <summary>Types of events, or <c>crawl.*</c> for all that begin so; empty for all there are.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    public required WebhookSecret Secret { get; init; }

    /// <summary>Signs beside the new one until <see cref="OldSecretUntil"/>.</summary>
    public WebhookSecret? OldSecret { get; init; }

    public DateTimeOffset? OldSecretUntil { get; init; }

    public DisabledReason? Disabled { get; init; }

    /// <summary>Since when nothing has succeeded; null after a success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public bool Wants(string type)
    {
        if (Types.Count == 0)
        {
            return true;
        }

        foreach (var wanted in Types)
        {
            if (wanted.EndsWith('*') ? type.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal) : wanted == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A new secret; the old one goes on signing for a while, so that who receives can change over without a gap.</summary>
    public WebhookEndpoint Rotate(WebhookSecret secret, TimeSpan overlap, DateTimeOffset now) => this with
    {
        Secret = secret,
        OldSecret = overlap > TimeSpan.Zero ? Secret : null,
        OldSecretUntil = overlap > TimeSpan.Zero ? now + overlap : null,
        UpdatedAt = now,
    };

    /// <summary>Switched on again it starts with a clean sheet.</summary>
    public WebhookEndpoint Switch(bool isOn, DateTimeOffset now) => isOn == (Disabled is null)
        ? this
        : this with { Disabled = isOn ? null : DisabledReason.Admin, FailingSince = null, UpdatedAt = now };

    /// <summary>What an attempt makes of it. The same object when nothing changes, which is the usual case and writes no row.</summary>
    public WebhookEndpoint After(WebhookAttempt attempt, TimeSpan patience)
    {
        if (Disabled is not null)
        {
            return this;
        }

        if (attempt.IsSuccess)
        {
            return FailingSince is null ? this : this with { FailingSince = null };
        }

        if (attempt.Status == 410)
        {
            return this with { Disabled = DisabledReason.Gone, UpdatedAt = attempt.At };
        }

        var since = FailingSince ?? attempt.At;
        return attempt.At - since >= patience ? this with { FailingSince = since, Disabled = DisabledReason.Failing, UpdatedAt = attempt.At }
            : FailingSince is null ? this with { FailingSince = since } : this;
    }
}

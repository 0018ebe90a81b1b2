using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Notifications.Addresses;

/// <summary>What an address is for. The numbers are stored; the first three belong to a device, and an index says so.</summary>
internal enum AddressKind
{
    Apns = 1,
    Fcm = 2,
    WebPush = 3,
    Email = 4,
    Phone = 5,
}

[JsonConverter(typeof(IdJson<AddressId>))]
internal readonly record struct AddressId(long Value) : IId<AddressId>
{
    public static AddressId From(long value) => new(value);

    public static AddressId Parse(string s, IFormatProvider? provider) => Id.Parse<AddressId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out AddressId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>A row of the address book. An e-mail address or a number is here only once it is verified.</summary>
internal sealed record Address
{
    public required AddressId Id { get; init; }

    public required UserId User { get; init; }

    public required AddressKind Kind { get; init; }

    /// <summary>As its channel wants it (<see cref="Channels.Envelope.Address"/>).</summary>
    public required string Value { get; init; }

    /// <summary>As <see cref="Channels.Envelope.AddressScope"/>: <c>topic:environment</c> of APNs, the FCM project, the id of the VAPID key; empty for none.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The session that registered it; it ends with that. 0 for e-mail and phone.</summary>
    public long Credential { get; init; }

    /// <summary>Of the device; null when it did not say.</summary>
    public string? TimeZone { get; init; }

    public string? Locale { get; init; }

    /// <summary>When it was last registered or verified: what is heard of it from before does not count.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Since when nothing is sent to it.</summary>
    public DateTimeOffset? DeadAt { get; init; }

    /// <summary>The provider's word for it.</summary>
    public string? DeadReason { get; init; }

    /// <summary>Refusals for now (full mailbox and the like) since something arrived.</summary>
    public int SoftBounces { get; init; }

    public DeliveryChannel Channel => Kind.Channel();

    public byte[] Hash => AddressHash.Of(Kind, Value);
}

/// <summary>By which an address is found, whoever has it.</summary>
internal static class AddressHash
{
    /// <summary>SHA-256 of kind and value; of a push subscription only the endpoint counts.</summary>
    public static byte[] Of(AddressKind kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind.Name()}:{(kind == AddressKind.WebPush ? EndpointOf(value) : value)}"));

    private static string EndpointOf(string subscription)
    {
        using var json = System.Text.Json.JsonDocument.Parse(subscription);
        return json.RootElement.GetProperty("endpoint").GetString()!;
    }
}

internal static class AddressKinds
{
    public static DeliveryChannel Channel(this AddressKind kind) => kind switch
    {
        AddressKind.Email => DeliveryChannel.Email,
        AddressKind.Phone => DeliveryChannel.Sms,
        _ => DeliveryChannel.Push,
    };

    /// <summary>The wire name, and what <c>ProviderRoutes.For</c> goes by.</summary>
    public static string Name(this AddressKind kind) => kind switch
    {
        AddressKind.Apns => "apns",
        AddressKind.Fcm => "fcm",
        AddressKind.WebPush => "webpush",
        AddressKind.Email => "email",
        AddressKind.Phone => "phone",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The kind of an address that the sender gave; null for channels that keep no book.</summary>
    public static AddressKind? Of(DeliveryChannel channel) => channel switch
    {
        DeliveryChannel.Email => AddressKind.Email,
        DeliveryChannel.Sms => AddressKind.Phone,
        _ => null,
    };
}

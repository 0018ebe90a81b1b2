using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Notifications.Delivering;

[JsonConverter(typeof(IdJson<DeliveryId>))]
public readonly record struct DeliveryId(long Value) : IId<DeliveryId>
{
    public static DeliveryId From(long value) => new(value);

    public static DeliveryId Parse(string s, IFormatProvider? provider) => Id.Parse<DeliveryId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out DeliveryId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>How far a delivery is. The numbers are stored, and partial indexes name them. The first three are alive.</summary>
public enum DeliveryState
{
    /// <summary>Its turn comes at <c>due_at</c>: new, deferred or to be tried again.</summary>
    Waiting = 1,

    /// <summary>Claimed under a lease; what is found so after a crash is ambiguous.</summary>
    Sending = 2,

    /// <summary>It was handed over and no answer came: it may have arrived. Its category's policy says what becomes of it.</summary>
    Ambiguous = 3,

    /// <summary>The provider took it.</summary>
    Sent = 4,

    /// <summary>The provider, or the device, says that it arrived.</summary>
    Delivered = 5,

    /// <summary>Given up; the reason says why. Can be replayed.</summary>
    Dead = 6,
    Canceled = 7,

    /// <summary>Its time to live ended first.</summary>
    Expired = 8,

    /// <summary>Not sent, and rightly so: opted out meanwhile, address gone, suppressed. Never retried.</summary>
    Dropped = 9,
}

/// <summary>What goes first within a queue. The numbers are stored.</summary>
public enum DeliveryPriority
{
    High = 1,
    Normal = 2,

    /// <summary>Broadcasts and other sends to an audience.</summary>
    Low = 3,
}

/// <summary>The wire names.</summary>
internal static class DeliveryStates
{
    public static string Word(this DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Sending => "sending",
        DeliveryState.Ambiguous => "ambiguous",
        DeliveryState.Sent => "sent",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Dead => "dead",
        DeliveryState.Canceled => "canceled",
        DeliveryState.Expired => "expired",
        DeliveryState.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>Null for a word of none.</summary>
    public static DeliveryState? Find(string word) => Enum.GetValues<DeliveryState>().Where(state => state.Word() == word).Cast<DeliveryState?>().FirstOrDefault();
}

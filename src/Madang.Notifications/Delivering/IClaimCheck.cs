using Madang.Api;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>What must still hold when a delivery is claimed, asked inside the claiming transaction: preferences and addresses may have changed since it was planned.</summary>
internal interface IClaimCheck
{
    /// <summary>For each, in order, why it may not be sent any more, or where to and in which language.</summary>
    IReadOnlyList<ClaimAnswer> Standing(WriteTx tx, IReadOnlyList<Delivery> claimed);
}

/// <summary>Whether a notification was seen somewhere else than on the channel that a fallback stands in for.</summary>
internal interface IReadCheck
{
    /// <summary>True when this person has read it, in the inbox for one.</summary>
    bool IsRead(WriteTx tx, NotificationId notification, UserId user);
}

/// <summary>Hears what providers say about addresses, in the transaction that writes their answer.</summary>
internal interface IAddressBook
{
    /// <summary>Nothing is ever sent to this address again, until it is registered anew after <see cref="DeadAddress.At"/>.</summary>
    void Dead(WriteTx tx, DeadAddress dead);

    /// <summary>Refused for now so often that it was given up: a full mailbox, a phone out of reach.</summary>
    /// <param name="at">When the provider was asked: a later registration stands.</param>
    void SoftBounced(WriteTx tx, long addressId, string code, DateTimeOffset at);

    /// <summary>Something has certainly arrived there: what was refused for now before is forgotten.</summary>
    void Arrived(WriteTx tx, long addressId);
}

/// <param name="AddressId">The row of the address book; 0 when the sender gave <paramref name="Address"/>.</param>
/// <param name="IsSuppressed">The person said no to the provider: for the suppression list; else the address does not exist.</param>
/// <param name="At">When the provider was asked: a later registration stands.</param>
internal sealed record DeadAddress(DeliveryChannel Channel, long AddressId, string? Address, string Provider, string Code, bool IsSuppressed, DateTimeOffset At);

/// <summary>A delivery that may be sent, with what the claiming transaction knew of its address.</summary>
internal sealed record Claimed(Delivery Delivery, ClaimAnswer To);

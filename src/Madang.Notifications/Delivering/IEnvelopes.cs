using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

/// <summary>Makes what a provider gets of what was claimed: notification, address and words, read and rendered in a batch.</summary>
internal interface IEnvelopes
{
    /// <summary>One for each, in order. Reads only; may be asked twice for the same delivery.</summary>
    Task<IReadOnlyList<Composed>> ComposeAsync(IReadOnlyList<Claimed> claimed, CancellationToken cancellationToken);
}

/// <summary>An envelope, or why there is none: what was accepted cannot be rendered, or the address has vanished.</summary>
/// <param name="End">Set where nothing is wrong and it is not sent all the same: it was canceled, or all of it came too late.</param>
internal readonly record struct Composed(Envelope? Envelope, string? Fault, DeliveryState? End)
{
    public static Composed Of(Envelope envelope) => new(envelope, null, null);

    public static Composed Failed(string fault) => new(null, fault, null);

    public static Composed Withdrawn(DeliveryState end, string reason) => new(null, reason, end);
}

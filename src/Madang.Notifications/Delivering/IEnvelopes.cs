using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

/// <summary>Makes what a provider gets of what was claimed: notification, address and words, read and rendered in a batch.</summary>
internal interface IEnvelopes
{
    /// <summary>One for each, in order. Reads only; may be asked twice for the same delivery.</summary>
    Task<IReadOnlyList<Composed>> ComposeAsync(IReadOnlyList<Claimed> claimed, CancellationToken cancellationToken);
}

/// <summary>An envelope, or why there is none: what was accepted cannot be rendered, or the address has vanished.</summary>
internal readonly record struct Composed(Envelope? Envelope, string? Fault)
{
    public static Composed Of(Envelope envelope) => new(envelope, null);

    public static Composed Failed(string fault) => new(null, fault);
}

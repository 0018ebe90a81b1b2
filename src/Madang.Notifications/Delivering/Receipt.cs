using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering;

internal enum ReceiptKind
{
    /// <summary>It did not arrive after all: a bounce, an undelivered SMS.</summary>
    Failed = 1,
    Delivered = 2,

    /// <summary>Opened or read on the device: it has arrived, too.</summary>
    Opened = 3,

    /// <summary>The provider has it: an attempt without an answer was taken after all.</summary>
    Taken = 4,
}

/// <summary>What a provider or a device says later about a delivery.</summary>
/// <param name="At">When it happened, by the one who says it; ours when it does not say.</param>
internal sealed record Receipt(ReceiptKind Kind, DateTimeOffset At)
{
    /// <summary>Of a failed one: its class, as of an answer. A retry of it goes back to the queue, a dead address to the address book.</summary>
    public ProviderAnswer? Failure { get; init; }

    /// <summary>Which of the provider's words it was, for the log: <c>delivered</c>, <c>undelivered 30003</c>.</summary>
    public required string Code { get; init; }
}

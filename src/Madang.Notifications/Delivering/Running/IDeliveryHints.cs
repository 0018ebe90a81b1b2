namespace Madang.Notifications.Delivering.Running;

/// <summary>
/// Tells other nodes that a queue has work, or was stopped or let go. A lost hint costs at most <see cref="Poll"/>. With one process there is none: it hears of
/// its own commits, and nothing polls.
/// </summary>
internal interface IDeliveryHints
{
    /// <summary>How often a runner looks without a hint.</summary>
    TimeSpan Poll { get; }

    Task SendAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken);

    /// <summary>Queues named by other nodes; ends with the token, goes on over broken lines.</summary>
    IAsyncEnumerable<string> ListenAsync(CancellationToken cancellationToken);
}

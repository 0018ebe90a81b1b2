namespace Madang.Crawler.Frontier;

internal enum TurnKind
{
    /// <summary>The wheel, or the pause, may have something.</summary>
    Look,

    /// <summary>The headers of the host's request came: its gates open an interval later. Number: which passage.</summary>
    Headers,

    /// <summary>The host's request ended; its clock has been set. Its slot is free only when the outcome is committed.</summary>
    Ended,

    /// <summary>The host's request was broken off. Payload: the <see cref="UrlKey"/> that goes back into its queue, null for robots.txt; Number: which passage.</summary>
    Aborted,

    /// <summary>Payload: <see cref="WaitingUrl"/>s; Number: how many were asked for.</summary>
    Refilled,

    /// <summary>Payload: <see cref="LeasedHost"/>s; Number: how many were asked for.</summary>
    Leased,

    /// <summary>Payload: <see cref="CommittedBatch"/>.</summary>
    Committed,

    /// <summary>Resting or parked URLs went back into their queues.</summary>
    Woken,

    /// <summary>Payload: the address (text), or null when the name has none.</summary>
    Resolved,

    /// <summary>Payload: <see cref="GateAnswer"/>; Number: when it was asked.</summary>
    Answered,

    /// <summary>The heartbeat. Number: how many hosts are this node's share.</summary>
    Shared,

    /// <summary>This node's heartbeat came too late: what it held is not its own any more.</summary>
    Lost,
}

/// <summary>Something that happened elsewhere, told to the selector's loop.</summary>
internal readonly record struct SelectorTurn(TurnKind Kind, HostSlot? Host = null, object? Payload = null, long Number = 0);

/// <summary>What the selector must know of a commit.</summary>
/// <param name="Requests">Whose outcomes it holds: their slots are free again.</param>
/// <param name="Settled">URLs that were taken and are now written.</param>
/// <param name="Grown">Hosts that got URLs.</param>
/// <param name="Lost">Hosts that other nodes hold now.</param>
/// <param name="Began">When the commit began, Unix milliseconds: of hosts that were leased later it says nothing.</param>
internal sealed record CommittedBatch(int Requests, IReadOnlyList<UrlKey> Settled, IReadOnlyCollection<long> Grown, IReadOnlyCollection<long> Lost, long Began);

namespace Madang.Crawler.Frontier;

/// <summary>
/// Gates that several processes pass by. One of them shuts a gate, makes its request and says when the gate opens again; nobody else passes meanwhile, however long the request takes to
/// arrive. All times are spans by one clock, the store's, so that the clocks of the processes do not matter.
/// </summary>
internal interface ISharedGates
{
    /// <summary>Shuts the gate (<c>a:192.0.2.1</c>) for <paramref name="holdMs"/> if it is open. Whoever dies holds it no longer than that.</summary>
    Task<GateAnswer> ShutAsync(string gate, int holdMs, CancellationToken cancellationToken);

    /// <summary>Lets the gate open <paramref name="afterMs"/> from now, when it is still shut by that mark; otherwise nothing.</summary>
    Task OpenAsync(string gate, long mark, int afterMs, CancellationToken cancellationToken);
}

/// <param name="Mark">Names this shutting; 0 when somebody else holds the gate or its time has not come.</param>
/// <param name="WaitMs">With a mark of 0: when the gate opens at the latest, from now.</param>
internal readonly record struct GateAnswer(long Mark, long WaitMs);

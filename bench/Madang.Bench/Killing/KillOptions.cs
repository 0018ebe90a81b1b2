namespace Madang.Bench.Killing;

/// <summary>Who is killed.</summary>
internal enum Victim
{
    /// <summary>The server process, by SIGKILL.</summary>
    Server,

    /// <summary>PostgreSQL, stopped at once as by a power cut; the server stays and finds it again.</summary>
    Postgres,
}

internal sealed record KillOptions
{
    public int Senders { get; init; } = 50;

    /// <summary>Acknowledged messages, all senders together.</summary>
    public int Messages { get; init; } = 100_000;

    public int Kills { get; init; } = 10;

    public Victim Victim { get; init; } = Victim.Server;

    public int Seed { get; init; } = Environment.TickCount;
}

/// <param name="Faults">What was lost, doubled or out of order, in words; none when all is well.</param>
internal sealed record KillReport(int Acked, int Kills, int Reconnects, int Retries, TimeSpan Took, IReadOnlyList<string> Faults)
{
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Acked} acknowledged in {Took.TotalSeconds:0} s, {Kills} kills, {Reconnects} reconnects, {Retries} retries, {Faults.Count} faults") +
        string.Concat(Faults.Select(fault => $"{Environment.NewLine}  {fault}"));
}

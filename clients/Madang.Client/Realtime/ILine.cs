using Madang.Client.Resources;

namespace Madang.Client.Realtime;

/// <summary>A connection that brings entries. All its verbs and events run under the client's gate.</summary>
internal interface ILine
{
    void Start();

    /// <summary>False when this kind of line carries no frames, or none yet.</summary>
    bool Send(string frame);

    void Ack(string cursor);

    /// <summary>Asks for a sign of life: a dead line ends soon.</summary>
    void Probe();

    /// <summary>No event follows.</summary>
    void Close(int code);
}

/// <summary>What a line tells, whatever it is made of.</summary>
internal interface ILineEvents
{
    void Ready(string cursor, string? userId);

    void Arrived(Entry entry);

    void Signalled(Signal signal);

    /// <param name="cursor">Where to go on; that of ready without.</param>
    void Reset(string? cursor);

    void Resync();

    void Sent(long id, Message? message);

    void Refused(long? id, MadangException reason);

    /// <summary>Once, and nothing after it.</summary>
    void Ended(LineEnd end);
}

/// <param name="After">When the server wants us back; by the backoff without.</param>
/// <param name="IsUnreachable">Not even the server was reached, so that another kind of line would not help.</param>
internal readonly record struct LineEnd(bool IsSignedOut = false, TimeSpan? After = null, bool IsUnreachable = false)
{
    public const int Normal = 1000;
    public const int Silent = 4000;

    public static LineEnd Of(MadangException reason) => new(reason.Status == 401, reason.RetryAfter, reason.Code is "network" or "timeout");
}

namespace Madang.Storage;

/// <summary>
/// Ids that sort by time: 41 bits of milliseconds since 2026-01-01T00:00:00Z, 10 bits of node, 12 bits of counter (Twitter's Snowflake, 2010).
/// Never goes back: a clock that steps back is answered with the last millisecond handed out, and a used-up millisecond borrows from the next.
/// </summary>
/// <param name="node">The leased node id, 0 to 1023.</param>
/// <param name="notBefore">No id lies before this: the mark the last holder of the node id left behind.</param>
public sealed class Snowflake(TimeProvider time, int node, DateTimeOffset notBefore = default)
{
    public const int MaxNode = 1023;
    private const int CounterBits = 12;
    private const int NodeBits = 10;

    /// <summary>What the next holder of a node id leaves free after the mark: room for ids that were borrowed past it.</summary>
    internal static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    private readonly long _node = node is >= 0 and <= MaxNode ? (long)node << CounterBits : throw new ArgumentOutOfRangeException(nameof(node));

    // Milliseconds and counter in one word, so that one compare-and-swap decides.
    private long _last = Math.Max(0, MillisecondsOf(notBefore)) << CounterBits;
    private long _ceiling = long.MaxValue;

    public static DateTimeOffset Epoch { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The clock counts up to here only, for the mark on disk says so: past it, ids borrow from the last millisecond until the lease is renewed.
    /// </summary>
    internal DateTimeOffset Ceiling
    {
        get => Epoch.AddMilliseconds(Volatile.Read(ref _ceiling) >> CounterBits);
        set => Volatile.Write(ref _ceiling, MillisecondsOf(value) << CounterBits);
    }

    public int Node => (int)(_node >> CounterBits);

    /// <summary>The millisecond of the newest id, for the lease row.</summary>
    public DateTimeOffset HighWater => Epoch.AddMilliseconds(Volatile.Read(ref _last) >> CounterBits);

    public long Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var now = MillisecondsOf(time.GetUtcNow()) << CounterBits;
            var next = now > last && now <= Volatile.Read(ref _ceiling) ? now : last + 1;
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next >> CounterBits << (CounterBits + NodeBits) | _node | (next & ((1 << CounterBits) - 1));
            }
        }
    }

    private static long MillisecondsOf(DateTimeOffset instant) => (instant - Epoch).Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>No id of this time or later is smaller.</summary>
    public static long FirstAt(DateTimeOffset time) => Math.Max(0, MillisecondsOf(time)) << (CounterBits + NodeBits);

    public static DateTimeOffset TimeOf(long id) => Epoch.AddMilliseconds(id >> (CounterBits + NodeBits));
}

using System.Numerics;

namespace Madang.Bench.Measuring;

/// <summary>
/// Latencies in microseconds, in buckets that grow with the value so that none is wider than 1/64 of it (the idea of HdrHistogram).
/// Any thread records.
/// </summary>
internal sealed class Histogram
{
    private const int HalfBits = 6;
    private const int Half = 1 << HalfBits;
    private readonly long[] _counts = new long[(64 - HalfBits) * Half];
    private long _max;

    public long Count => _counts.Sum();

    public long Max => Volatile.Read(ref _max);

    public void Record(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        for (var max = Volatile.Read(ref _max); value > max; max = Volatile.Read(ref _max))
        {
            Interlocked.CompareExchange(ref _max, value, max);
        }
    }

    /// <summary>The value that <paramref name="percent"/> of all do not pass (the upper end of its bucket); 0 when nothing was recorded.</summary>
    public long Percentile(double percent)
    {
        var rank = (long)Math.Ceiling(Count * percent / 100);
        for (var i = 0; i < _counts.Length && rank > 0; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return Math.Min(UpperEndOf(i), Max);
            }
        }

        return 0;
    }

    public override string ToString() =>
        $"p50 {Text(Percentile(50))}  p90 {Text(Percentile(90))}  p99 {Text(Percentile(99))}  p99.9 {Text(Percentile(99.9))}  max {Text(Max)} ms";

    private static string Text(long microseconds) => (microseconds / 1000.0).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    // Below 2·Half each value has its own bucket; above, every power of two is cut into Half buckets.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - HalfBits);
        return shift * Half + (int)(value >> shift);
    }

    private static long UpperEndOf(int index)
    {
        var shift = Math.Max(0, index / Half - 1);
        return ((long)(index - shift * Half) + 1 << shift) - 1;
    }
}

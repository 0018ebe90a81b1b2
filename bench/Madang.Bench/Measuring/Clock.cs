using System.Diagnostics;

namespace Madang.Bench.Measuring;

/// <summary>Microseconds of this process's monotonic clock: what the stamps in the texts count.</summary>
internal static class Clock
{
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
}

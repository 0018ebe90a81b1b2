using System.Globalization;

namespace Madang.Tests.Unit.Crawler;

/// <summary>Processor time of the current thread, as the kernel counts it (proc(5), schedstat): bounds on work hold on a busy machine, too.</summary>
internal static class ThreadTime
{
    public static TimeSpan Of(Action work)
    {
        var before = Nanoseconds();
        work();
        return TimeSpan.FromMicroseconds((Nanoseconds() - before) / 1000);
    }

    private static long Nanoseconds() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
}

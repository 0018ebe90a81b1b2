using System.Globalization;

namespace Madang.Bench.Serving;

/// <summary>CPU seconds of processes, from /proc (proc(5): fields 14 to 17 of stat, in ticks of 1/100 s).</summary>
internal static class CpuTime
{
    /// <summary>The process alone; 0 where it is gone.</summary>
    public static double Of(int pid) => Read(pid) is { } stat ? stat.Own : 0;

    /// <summary>The process and those of its children that ended and were waited for; 0 where it is gone.</summary>
    public static double WithWaited(int pid) => Read(pid) is { } stat ? stat.Own + stat.Waited : 0;

    /// <summary>Of all processes that this one started and that have ended, with what they waited for.</summary>
    public static double Waited() => Read(Environment.ProcessId)?.Waited ?? 0;

    /// <summary>The process, its children that live and those it has waited for: a PostgreSQL server with its backends.</summary>
    public static double OfFamily(int pid)
    {
        var total = Read(pid) is { } parent ? parent.Own + parent.Waited : 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var child) && Read(child) is { } stat && stat.Parent == pid)
            {
                total += stat.Own + stat.Waited;
            }
        }

        return total;
    }

    /// <summary>Resident memory in megabytes.</summary>
    public static double ResidentMegabytes(int pid) =>
        double.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize / (1024 * 1024);

    private static Stat? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            // The name in parentheses may hold spaces; field 3 follows it.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Ticks(int field) => double.Parse(fields[field - 3], CultureInfo.InvariantCulture) / 100;
            return new Stat(int.Parse(fields[1], CultureInfo.InvariantCulture), Ticks(14) + Ticks(15), Ticks(16) + Ticks(17));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Stat(int Parent, double Own, double Waited);
}

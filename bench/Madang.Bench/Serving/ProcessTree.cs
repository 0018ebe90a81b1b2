using System.Globalization;

namespace Madang.Bench.Serving;

/// <summary>A process with all that descend from it, from /proc: what a server and its workers really take.</summary>
internal static class ProcessTree
{
    /// <summary>The living ones, the roots first.</summary>
    public static IReadOnlyList<int> Of(IEnumerable<int> roots)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var pid) && ParentOf(pid) is { } parent)
            {
                (children.TryGetValue(parent, out var list) ? list : children[parent] = []).Add(pid);
            }
        }

        List<int> all = [.. roots.Distinct()];
        for (var i = 0; i < all.Count; i++)
        {
            all.AddRange(children.GetValueOrDefault(all[i])?.Where(child => !all.Contains(child)) ?? []);
        }

        return all;
    }

    /// <summary>User and system seconds of all of them, and of those that ended and were waited for.</summary>
    public static double Cpu(IEnumerable<int> roots) => Of(roots).Sum(CpuTime.WithWaited);

    /// <summary>Megabytes that they hold together, shared pages counted once (proc(5): Pss of smaps_rollup).</summary>
    public static double Megabytes(IEnumerable<int> pids)
    {
        double total = 0;
        foreach (var pid in pids)
        {
            try
            {
                var line = File.ReadLines($"/proc/{pid}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
                total += line is null ? 0 : double.Parse(line[4..^2], CultureInfo.InvariantCulture) / 1024;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or somebody else's.
            }
        }

        return total;
    }

    private static int? ParentOf(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ', 3)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

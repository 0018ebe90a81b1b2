namespace Madang.Crawler.Archive;

/// <summary>Brings a folder back to what the books say of it, after a kill.</summary>
internal static class WarcTail
{
    /// <param name="prefix">Only files whose names begin so are touched.</param>
    /// <param name="own">Only of files whose names begin so it is said that they are missing: those of other nodes are in their folders.</param>
    /// <param name="lengths">File to committed length. A file that is not named here never counted.</param>
    public static WarcCut Cut(string folder, string prefix, string own, IReadOnlyDictionary<string, long> lengths)
    {
        var cut = new WarcCut();
        foreach (var path in Directory.EnumerateFiles(folder, prefix + "*"))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith(".cdxj.part", StringComparison.Ordinal) || name.EndsWith(".cdxj.new", StringComparison.Ordinal))
            {
                File.Delete(path);
            }
            else if (name.EndsWith(WarcWriter.Extension, StringComparison.Ordinal))
            {
                Cut(path, name, lengths.GetValueOrDefault(name), cut);
            }
        }

        cut.Missing.AddRange(lengths.Where(l => l.Value > 0 && l.Key.StartsWith(own, StringComparison.Ordinal) && !File.Exists(Path.Combine(folder, l.Key))).Select(l => l.Key));
        cut.Kept.Sort(StringComparer.Ordinal);
        return cut;
    }

    private static void Cut(string path, string name, long length, WarcCut cut)
    {
        var actual = new FileInfo(path).Length;
        if (length == 0)
        {
            File.Delete(path);
            File.Delete(CdxjFile.Of(path));
            cut.Removed.Add(name);
            cut.Bytes += actual;
            return;
        }

        cut.Kept.Add(name);
        if (actual < length)
        {
            cut.Short.Add(name);
        }
        else if (actual > length)
        {
            // Its index names records that never were.
            File.Delete(CdxjFile.Of(path));
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(handle, length);
            RandomAccess.FlushToDisk(handle);
            cut.Bytes += actual - length;
        }
    }
}

/// <summary>What a start found and mended.</summary>
internal sealed class WarcCut
{
    /// <summary>Cut or removed.</summary>
    public long Bytes { get; set; }

    public List<string> Removed { get; } = [];

    /// <summary>Files that count.</summary>
    public List<string> Kept { get; } = [];

    /// <summary>Shorter than the books say: the disk lost what it had promised. Left as they are.</summary>
    public List<string> Short { get; } = [];

    /// <summary>In the books and not in the folder.</summary>
    public List<string> Missing { get; } = [];
}

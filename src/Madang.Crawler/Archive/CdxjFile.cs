using System.Buffers;
using System.Text;

namespace Madang.Crawler.Archive;

/// <summary>
/// The index of one WARC file, <c>NAME.cdxj</c> beside <c>NAME.warc.gz</c>: there once the file is closed, complete and sorted. Until then its lines gather in
/// <c>NAME.cdxj.part</c>, which is worth nothing after a kill: the index can be made from the WARC alone.
/// </summary>
internal sealed class CdxjFile : IDisposable
{
    private const string Part = ".cdxj.part";

    private readonly string _part;
    private readonly byte[] _name;
    private readonly FileStream _lines;
    private readonly PooledOutput _line = new(1024);
    private bool _isWhole = true;

    private CdxjFile(string part, string warc)
    {
        _part = part;
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(warc));
        _lines = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
    }

    public long Bytes => _lines.Position;

    /// <summary>The index of a WARC file.</summary>
    public static string Of(string warc) => Stem(warc) + ".cdxj";

    public static CdxjFile Start(string warc) => new(Stem(warc) + Part, warc);

    /// <summary>Makes the index of a WARC file that has none, from its records.</summary>
    /// <exception cref="WarcException">The file is damaged.</exception>
    public static void Rebuild(string warc, CancellationToken cancellationToken)
    {
        using var index = Start(warc);
        using var reader = WarcReader.Open(warc);
        using var line = new PooledOutput(1024);
        while (reader.Read() is { } record)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Type is "response" or "revisit")
            {
                line.Clear();
                record.Index(line);
                index.Add(line.Written, record.Offset);
            }
        }

        index.Finish();
    }

    /// <summary>Adds what a worker began. A disk that is full costs the lines, not the archive.</summary>
    public void Add(ReadOnlySpan<byte> begun, long offset)
    {
        _line.Clear();
        _line.Write(begun);
        CdxjLine.End(_line, offset, _name);
        try
        {
            _lines.Write(_line.Written);
        }
        catch (IOException)
        {
            _isWhole = false;
        }
    }

    /// <summary>Sorts the lines into the index. Takes memory for all of them.</summary>
    /// <exception cref="IOException">Lines are missing, or the disk is full.</exception>
    public void Finish()
    {
        _lines.Dispose();
        if (!_isWhole)
        {
            throw new IOException($"Lines of {_part} were lost.");
        }

        var length = checked((int)new FileInfo(_part).Length);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            using (var read = File.OpenHandle(_part))
            {
                for (var at = 0; at < length;)
                {
                    var count = RandomAccess.Read(read, bytes.AsSpan(at, length - at), at);
                    at += count > 0 ? count : throw new EndOfStreamException(_part);
                }
            }

            Write(bytes.AsSpan(0, length), Sorted(bytes, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Without <see cref="Finish"/> there is no index.</summary>
    public void Dispose()
    {
        try
        {
            _lines.Dispose();
        }
        catch (IOException)
        {
            // The lines that it still held found no room; the file goes anyway.
        }

        _line.Dispose();
        File.Delete(_part);
    }

    private static string Stem(string warc) =>
        warc.EndsWith(WarcWriter.Extension, StringComparison.Ordinal) ? warc[..^WarcWriter.Extension.Length] : warc;

    private static List<(int Start, int Length)> Sorted(byte[] bytes, int length)
    {
        var lines = new List<(int Start, int Length)>();
        for (var at = 0; at < length;)
        {
            var end = bytes.AsSpan(at, length - at).IndexOf((byte)'\n') + 1;
            lines.Add((at, end));
            at += end;
        }

        lines.Sort((a, b) => bytes.AsSpan(a.Start, a.Length).SequenceCompareTo(bytes.AsSpan(b.Start, b.Length)));
        return lines;
    }

    private void Write(ReadOnlySpan<byte> bytes, List<(int Start, int Length)> lines)
    {
        var made = _part[..^".part".Length];
        var fresh = made + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024))
        {
            foreach (var (start, length) in lines)
            {
                stream.Write(bytes.Slice(start, length));
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, made, overwrite: true);
    }
}

using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Madang.Crawler.Archive;

/// <summary>
/// Reads a <c>.warc.gz</c> record by record, whoever wrote it: heads and blocks are bounded, memory grows with what is there and not with what is promised.
/// </summary>
internal sealed class WarcReader : IDisposable
{
    public const int MaxHeadBytes = 64 * 1024;
    public const int DefaultMaxBlockBytes = 64 * 1024 * 1024;

    private const int FirstBlockBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly int _maxBlock;
    private readonly byte[] _head = new byte[MaxHeadBytes];
    private long _at;

    private WarcReader(string path, long at, int maxBlock) =>
        (_file, _at, _maxBlock) = (File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), at, maxBlock);

    /// <param name="maxBlock">A record with a longer block is refused.</param>
    public static WarcReader Open(string path, int maxBlock = DefaultMaxBlockBytes) => new(path, 0, maxBlock);

    /// <summary>The one record that begins at an offset.</summary>
    /// <exception cref="WarcException">There is none, or it is damaged.</exception>
    public static WarcRecord At(string path, long offset, int maxBlock = DefaultMaxBlockBytes)
    {
        using var reader = new WarcReader(path, offset, maxBlock);
        return reader.Read() ?? throw new WarcException(WarcFaults.CutShort, offset);
    }

    /// <summary>The next record; null at the end of the file.</summary>
    /// <exception cref="WarcException">What follows cannot be read, nor anything after it.</exception>
    public WarcRecord? Read()
    {
        if (_at >= RandomAccess.GetLength(_file))
        {
            return null;
        }

        using var member = new GzipMember(_file, _at);
        var filled = Head(member, out var headLength);
        var fields = Fields(_head.AsSpan(0, headLength));
        var length = Length(fields);
        var block = Block(member, _head.AsSpan(headLength, filled - headLength), length);
        var end = member.End();
        var record = new WarcRecord(fields, block, _at, end - _at);
        _at = end;
        return record;
    }

    public void Dispose() => _file.Dispose();

    private int Head(GzipMember member, out int headLength)
    {
        var filled = 0;
        while (true)
        {
            var count = filled < MaxHeadBytes ? member.Read(_head.AsSpan(filled)) : 0;
            var from = Math.Max(0, filled - 3);
            filled += count;
            var end = _head.AsSpan(from, filled - from).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                headLength = from + end + 4;
                return filled;
            }

            if (count == 0)
            {
                throw new WarcException(filled == MaxHeadBytes ? WarcFaults.TooLarge : WarcFaults.BadHead, _at);
            }
        }
    }

    private List<KeyValuePair<string, string>> Fields(ReadOnlySpan<byte> head)
    {
        var line = HttpHead.NextLine(ref head);
        if (!line.StartsWith("WARC/1."u8))
        {
            throw new WarcException(WarcFaults.BadHead, _at);
        }

        var fields = new List<KeyValuePair<string, string>>(16);
        while (!(line = HttpHead.NextLine(ref head)).IsEmpty)
        {
            if (line[0] is (byte)' ' or (byte)'\t' && fields.Count > 0)
            {
                var (key, begun) = fields[^1];
                fields[^1] = new(key, begun + " " + Encoding.UTF8.GetString(line).Trim());
                continue;
            }

            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                throw new WarcException(WarcFaults.BadHead, _at);
            }

            fields.Add(new(Encoding.UTF8.GetString(line[..colon]), Encoding.UTF8.GetString(line[(colon + 1)..]).Trim()));
        }

        return fields;
    }

    private int Length(List<KeyValuePair<string, string>> fields)
    {
        var text = fields.Find(f => f.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new WarcException(WarcFaults.MissingField, _at);
        }

        return length <= _maxBlock ? (int)length : throw new WarcException(WarcFaults.TooLarge, _at);
    }

    /// <summary>The block; then two line ends must follow, and nothing else.</summary>
    private ReadOnlyMemory<byte> Block(GzipMember member, ReadOnlySpan<byte> begun, int length)
    {
        var all = length + 4;
        if (begun.Length > all)
        {
            throw new WarcException(WarcFaults.WrongLength, _at);
        }

        // One more than there may be.
        var block = new byte[Math.Min(all + 1, Math.Max(FirstBlockBytes, begun.Length + 1))];
        begun.CopyTo(block);
        var filled = begun.Length;
        while (true)
        {
            if (filled == block.Length && filled <= all)
            {
                Array.Resize(ref block, (int)Math.Min(all + 1, block.Length * 2L));
            }

            var count = member.Read(block.AsSpan(filled));
            filled += count;
            if (filled > all)
            {
                throw new WarcException(WarcFaults.WrongLength, _at);
            }

            if (count == 0)
            {
                break;
            }
        }

        return filled == all && block.AsSpan(length, 4).SequenceEqual("\r\n\r\n"u8) ? block.AsMemory(0, length) : throw new WarcException(WarcFaults.WrongLength, _at);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Madang.Api;

namespace Madang.Feeds.Timelines.Keeping;

/// <summary>
/// The rings of a node in one file, little endian: mark, version, how many, length of the whole, token; then for each ring, by ascending user, whose it is, of whom
/// it was made, and where it ends; the rings themselves; and SHA-256 of all that. A ring is a row of varints: floor, pulled authors and ids, each list as its
/// length and the steps from one to the next. What is not whole is nothing: it is held against its digest before anything of it is believed, and every number
/// against what is there before anything is made of it.
/// </summary>
internal sealed class KeptFile
{
    /// <summary>Ids of each ring that are kept, the newest: some pages. What is older is read from the database.</summary>
    public const int MostIds = 128;

    public const int TokenBytes = 16;

    private const int Version = 1;
    private const int HeaderBytes = 24 + TokenBytes;
    private const int EntryBytes = 8 + 16 + 4;
    private const int MostVarint = 10;

    private readonly byte[] _bytes;

    private KeptFile(byte[] bytes, int count) => (_bytes, Count) = (bytes, count);

    private static ReadOnlySpan<byte> Mark => "MadangTL"u8;

    public int Count { get; }

    public int Length => _bytes.Length;

    public byte[] Token => _bytes[24..HeaderBytes];

    private int BodiesAt => HeaderBytes + (Count * EntryBytes);

    /// <summary>As many of the rings as have room, the first ones first.</summary>
    /// <param name="most">Bytes of the file at most.</param>
    public static byte[] Write(ReadOnlySpan<byte> token, IEnumerable<KeptRing> rings, int most, out int count)
    {
        var bodies = new ArrayBufferWriter<byte>();
        var entries = new List<(long User, UInt128 Sources, int From, int Length)>();
        foreach (var ring in rings)
        {
            var from = bodies.WrittenCount;
            Put(bodies, ring);
            if (HeaderBytes + ((entries.Count + 1L) * EntryBytes) + bodies.WrittenCount + SHA256.HashSizeInBytes > most)
            {
                break;
            }

            entries.Add((ring.User.Value, ring.Sources, from, bodies.WrittenCount - from));
        }

        entries.Sort(static (one, other) => one.User.CompareTo(other.User));
        count = entries.Count;
        var at = HeaderBytes + (count * EntryBytes);
        var bytes = new byte[at + entries.Sum(entry => entry.Length) + SHA256.HashSizeInBytes];
        Mark.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), bytes.Length);
        token.CopyTo(bytes.AsSpan(24, TokenBytes));
        var (entryAt, end) = (HeaderBytes, 0);
        foreach (var (user, sources, from, length) in entries)
        {
            bodies.WrittenSpan.Slice(from, length).CopyTo(bytes.AsSpan(at + end));
            end += length;
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(entryAt), user);
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(entryAt + 8), sources);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(entryAt + 24), end);
            entryAt += EntryBytes;
        }

        SHA256.HashData(bytes.AsSpan(0, at + end), bytes.AsSpan(at + end));
        return bytes;
    }

    /// <summary>Null for what is torn, changed, of another version, or no such file at all.</summary>
    public static KeptFile? Parse(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes + SHA256.HashSizeInBytes || !bytes.AsSpan().StartsWith(Mark)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)) != Version
            || BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)) != bytes.Length)
        {
            return null;
        }

        var whole = bytes.Length - SHA256.HashSizeInBytes;
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        if (count < 0 || count > (whole - HeaderBytes) / EntryBytes || !SHA256.HashData(bytes.AsSpan(0, whole)).AsSpan().SequenceEqual(bytes.AsSpan(whole)))
        {
            return null;
        }

        var file = new KeptFile(bytes, count);
        var (user, end) = (long.MinValue, 0);
        for (var i = 0; i < count; i++)
        {
            var (nextUser, nextEnd) = (file.UserAt(i), file.EndAt(i));
            if ((i > 0 && nextUser <= user) || nextEnd < end)
            {
                return null;
            }

            (user, end) = (nextUser, nextEnd);
        }

        return end == whole - file.BodiesAt ? file : null;
    }

    /// <summary>The place of a user's ring; below 0 without one.</summary>
    public int PlaceOf(UserId user)
    {
        var (from, to) = (0, Count - 1);
        while (from <= to)
        {
            var middle = from + ((to - from) / 2);
            var there = UserAt(middle);
            if (there == user.Value)
            {
                return middle;
            }

            (from, to) = there < user.Value ? (middle + 1, to) : (from, middle - 1);
        }

        return -1;
    }

    /// <summary>The ring at a place; null when what is there is none.</summary>
    public KeptRing? At(int place)
    {
        var from = place == 0 ? 0 : EndAt(place - 1);
        ReadOnlySpan<byte> body = _bytes.AsSpan(BodiesAt + from, EndAt(place) - from);
        return TryVarint(ref body, out var floor) && TryList(ref body, out var pulled) && TryList(ref body, out var ids) && body.IsEmpty
            && (ids.Length == 0 || ids[0] >= floor)
            ? new KeptRing(new UserId(UserAt(place)), SourcesAt(place), pulled, floor, ids)
            : null;
    }

    private static void Put(ArrayBufferWriter<byte> into, KeptRing ring)
    {
        PutVarint(into, ring.Floor);
        PutList(into, ring.Pulled);
        PutList(into, ring.Ids);
    }

    private static void PutList(ArrayBufferWriter<byte> into, ReadOnlySpan<long> ascending)
    {
        PutVarint(into, ascending.Length);
        long last = 0;
        foreach (var id in ascending)
        {
            PutVarint(into, id - last);
            last = id;
        }
    }

    private static void PutVarint(ArrayBufferWriter<byte> into, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var span = into.GetSpan(MostVarint);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        into.Advance(length);
    }

    private static bool TryList(ref ReadOnlySpan<byte> body, out long[] ascending)
    {
        ascending = [];
        // Each takes a byte at least.
        if (!TryVarint(ref body, out var count) || count > body.Length)
        {
            return false;
        }

        var list = new long[count];
        long last = 0;
        for (var i = 0; i < list.Length; i++)
        {
            if (!TryVarint(ref body, out var step) || step == 0 || step > long.MaxValue - last)
            {
                return false;
            }

            list[i] = last += step;
        }

        ascending = list;
        return true;
    }

    /// <summary>0 to <see cref="long.MaxValue"/>, in as few bytes as it takes.</summary>
    private static bool TryVarint(ref ReadOnlySpan<byte> body, out long value)
    {
        value = 0;
        for (var i = 0; i < body.Length && i < MostVarint - 1; i++)
        {
            value |= (long)(body[i] & 0x7f) << (7 * i);
            if (body[i] < 0x80)
            {
                var isShort = i == 0 || body[i] != 0;
                body = body[(i + 1)..];
                return isShort;
            }
        }

        return false;
    }

    private long UserAt(int place) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(HeaderBytes + (place * EntryBytes)));

    private UInt128 SourcesAt(int place) => BinaryPrimitives.ReadUInt128LittleEndian(_bytes.AsSpan(HeaderBytes + (place * EntryBytes) + 8));

    private int EndAt(int place) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(HeaderBytes + (place * EntryBytes) + 24));
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Madang.Crawler.Archive;

/// <summary>
/// Compresses small texts (RFC 1951): one block of the fixed codes, the nearest earlier place of each four bytes, no second thoughts. That is what zlib's fastest level writes too; but the
/// runtime's compressor clears a quarter of a megabyte before each text, and this one keeps its table of places from text to text. One a thread.
/// </summary>
internal sealed class Deflate
{
    private const int LeastMatch = 4;
    private const int MostMatch = 258;
    private const int Window = 32 * 1024;
    private const uint Spread = 0x9E3779B1;

    /// <summary>With so many bits held there may be no room for a literal.</summary>
    private const int Full = 48;
    private const int CountAt = 16;

    // Places to remember: as many as a small text has bytes stay in the processor's nearest memory, a large text finds more with more of them.
    private const int Small = 16 * 1024;
    private const int SmallBits = 13;
    private const int LargeBits = 16;

    [ThreadStatic]
    private static Deflate? t_small;

    [ThreadStatic]
    private static Deflate? t_large;

    // The fixed codes, ready to be written: the code from its highest bit, for lengths with what follows it; and from the 16th bit on how many bits that is.
    private readonly uint[] _literals = new uint[256];
    private readonly uint[] _lengths = new uint[MostMatch + 1];
    private readonly uint[] _distances = new uint[30];

    // Where four bytes were seen last, counted on from text to text with a window between, so that places in another text are out of reach.
    private readonly int[] _places;
    private readonly int _shift;
    private int _began = Window + 1;

    private Deflate(int tableBits)
    {
        _places = new int[1 << tableBits];
        _shift = 32 - tableBits;
        for (var value = 0; value < _literals.Length; value++)
        {
            _literals[value] = Code(value);
        }

        // RFC 1951 §3.2.5: three to ten have a symbol each, then four lengths of symbols with one bit more each; 258 has its own.
        for (var length = 3; length <= MostMatch; length++)
        {
            var from = length - 3;
            var extra = length == MostMatch ? 0 : Math.Max(0, BitOperations.Log2((uint)from | 1) - 2);
            var code = Code(length == MostMatch ? 285 : 257 + (4 * extra) + (from >> extra));
            var follows = (uint)from & ((1u << extra) - 1);
            _lengths[length] = code + ((uint)extra << CountAt) + (follows << (int)(code >> CountAt));
        }

        for (var symbol = 0; symbol < _distances.Length; symbol++)
        {
            _distances[symbol] = Reversed(symbol, 5);
        }
    }

    /// <summary>This thread's, for a text of this length.</summary>
    public static Deflate For(int length) => length <= Small ? t_small ??= new Deflate(SmallBits) : t_large ??= new Deflate(LargeBits);

    /// <summary>How much room <see cref="Write"/> asks for.</summary>
    public static int Room(int length) => length + (length / 8) + 32;

    /// <summary>Writes the text as a complete deflate stream.</summary>
    /// <param name="output">At least <see cref="Room"/>.</param>
    /// <returns>How many bytes that took.</returns>
    public int Write(ReadOnlySpan<byte> text, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, Room(text.Length));
        if (_began > int.MaxValue - text.Length - Window)
        {
            Array.Clear(_places);
            _began = Window + 1;
        }

        var written = Compress(ref MemoryMarshal.GetReference(text), text.Length, ref MemoryMarshal.GetReference(output));
        _began += text.Length + Window;
        return written;
    }

    /// <summary>The bits held are written when a match or a literal might find no room, lowest first; each such write may touch seven bytes more than it fills.</summary>
    private int Compress(ref byte text, int length, ref byte output)
    {
        ref var places = ref MemoryMarshal.GetArrayDataReference(_places);
        ref var literals = ref MemoryMarshal.GetArrayDataReference(_literals);
        var (began, last, shift) = (_began, length - LeastMatch, _shift);
        // The last block, of the fixed codes.
        var (held, count, at, written) = (0b011UL, 3, 0, 0);
        while (at < length)
        {
            if (at <= last)
            {
                var four = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at));
                ref var place = ref Unsafe.Add(ref places, (nint)((four * Spread) >> shift));
                var distance = began + at - place;
                place = began + at;
                if (distance <= Window && Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at - distance)) == four)
                {
                    var match = Match(ref Unsafe.Add(ref text, at), ref Unsafe.Add(ref text, at - distance), Math.Min(length - at, MostMatch));
                    Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, written), held);
                    written += count >> 3;
                    held >>= count & ~7;
                    count &= 7;
                    var (bits, more) = Pair(match, distance);
                    held |= bits << count;
                    count += more;
                    at += match;
                    continue;
                }
            }

            if (count >= Full)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, written), held);
                written += count >> 3;
                held >>= count & ~7;
                count &= 7;
            }

            var symbol = Unsafe.Add(ref literals, (nint)Unsafe.Add(ref text, at));
            held |= (ulong)(ushort)symbol << count;
            count += (int)(symbol >> CountAt);
            at++;
        }

        // The end of the block is seven zeros.
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, written), held);
        return written + ((count + 7 + 7) >> 3);
    }

    /// <summary>The bits of a match, at most 31. RFC 1951 §3.2.5: distances of one to four have a symbol each, then two distances of symbols with one bit more each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (ulong Bits, int Count) Pair(int match, int distance)
    {
        var length = _lengths[match];
        var count = (int)(length >> CountAt);
        var from = (uint)distance - 1;
        var extra = Math.Max(0, BitOperations.Log2(from | 1) - 1);
        var place = _distances[(2 * extra) + (int)(from >> extra)] & 0xFFFF | ((from & ((1u << extra) - 1)) << 5);
        return ((ushort)length | ((ulong)place << count), count + 5 + extra);
    }

    /// <summary>How far two places agree, four bytes of which are known to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Match(ref byte here, ref byte before, int most)
    {
        var length = LeastMatch;
        for (; length <= most - 8; length += 8)
        {
            var differ = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref here, length)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref before, length));
            if (differ != 0)
            {
                return length + (BitOperations.TrailingZeroCount(differ) >> 3);
            }
        }

        while (length < most && Unsafe.Add(ref here, length) == Unsafe.Add(ref before, length))
        {
            length++;
        }

        return length;
    }

    /// <summary>The fixed code of a literal or length (RFC 1951 §3.2.6).</summary>
    private static uint Code(int symbol) => symbol switch
    {
        < 144 => Reversed(0x30 + symbol, 8),
        < 256 => Reversed(0x190 + symbol - 144, 9),
        < 280 => Reversed(symbol - 256, 7),
        _ => Reversed(0xC0 + symbol - 280, 8),
    };

    private static uint Reversed(int code, int bits)
    {
        var reversed = 0u;
        for (var i = 0; i < bits; i++)
        {
            reversed |= ((uint)(code >> i) & 1) << (bits - 1 - i);
        }

        return reversed | ((uint)bits << CountAt);
    }
}

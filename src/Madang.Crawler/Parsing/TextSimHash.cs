using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Madang.Crawler.Parsing;

/// <summary>
/// The fingerprint by which near-duplicates are found: texts that differ in a few words differ in few of its 64 bits. A bit is the sign of the one
/// feature that weighs most for it: the limit of Charikar's weighted SimHash (2002) when the weights are drawn with a heavy tail, known as one-bit
/// min-wise hashing (Li and König 2010). Its expected distance is 32 × (1 − Jaccard), linear in the change, where the sum of equal weights that
/// Manku et al. (2007) use grows with its square root and passes three bits after a single changed word in three hundred.
/// <para>Features are words and pairs of neighbouring words, for Han and kana pairs and triples of characters. Words with a digit and the names of days
/// and months are left out, so that dates, counters and session ids change nothing. Each feature competes in four of 64 bins.</para>
/// <para>A text of fewer than <see cref="MinUnits"/> such words has no fingerprint (0): equal bytes are all that can be said of it.</para>
/// </summary>
internal static class TextSimHash
{
    /// <summary>Fewer words than this, and one of them makes too much of a difference.</summary>
    public const int MinUnits = 30;

    /// <summary>Longer words are identifiers.</summary>
    private const int LongestWord = 48;

    private const byte Letter = 1;
    private const byte Digit = 2;
    private const byte High = 4;

    private static readonly byte[] Classes = Fill();

    private static readonly HashSet<ulong> Calendar = Words(
        "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
        + "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun am pm gmt utc kst "
        + "월요일 화요일 수요일 목요일 금요일 토요일 일요일 오전 오후");

    /// <summary>A bit for each of them, so that hardly any other word is looked up.</summary>
    private static readonly ulong[] CalendarBits = Bits(Calendar);

    /// <param name="text">The page's visible text.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="main">Which of them count; where they hold too little, all outside boilerplate do, lists of links included.</param>
    public static ulong Of(ReadOnlySpan<byte> text, ReadOnlySpan<TextBlock> blocks, MainText main)
    {
        var sketch = new Sketch(stackalloc uint[64]);
        foreach (ref readonly var block in blocks)
        {
            if (main.Holds(block))
            {
                Add(text[block.Start..block.End], ref sketch);
            }
        }

        if (sketch.Units < MinUnits)
        {
            sketch.Clear();
            foreach (ref readonly var block in blocks)
            {
                if (!block.Boilerplate)
                {
                    Add(text[block.Start..block.End], ref sketch);
                }
            }
        }

        return sketch.Units < MinUnits ? 0 : sketch.Bits();
    }

    /// <summary>The fingerprint of a plain text.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var sketch = new Sketch(stackalloc uint[64]);
        Add(text, ref sketch);
        return sketch.Units < MinUnits ? 0 : sketch.Bits();
    }

    private static void Add(ReadOnlySpan<byte> text, ref Sketch sketch)
    {
        sketch.Break();
        var classes = Classes;
        for (var at = 0; at < text.Length;)
        {
            var kind = classes[text[at]];
            if (kind == 0)
            {
                at++;
            }
            else if (WordBytes.Short(text, at, out var hasDigits, out var isAscii) is var length and not 0)
            {
                if (!hasDigits)
                {
                    Count(Hash(text, at, length, fold: isAscii), ref sketch);
                }

                at += length;
            }
            else if (kind == High && Ideograph(text[at..]) is var width and not 0)
            {
                at = width > 0 ? Ideographs(text, at, ref sketch) : at - width;
            }
            else
            {
                at = Word(text, at, ref sketch);
            }
        }
    }

    /// <summary>A word: letters and digits of any script but Han and kana.</summary>
    private static int Word(ReadOnlySpan<byte> text, int start, ref Sketch sketch)
    {
        var classes = Classes;
        byte seen = 0;
        var at = start;
        while (at < text.Length && (uint)((text[at] | 0x20) - 'a') < 26)
        {
            at++;
        }

        while (at < text.Length && classes[text[at]] is var kind and not 0)
        {
            if (kind == High && text[at] >= 0xC0)
            {
                if (Ideograph(text[at..]) != 0)
                {
                    break;
                }
            }

            seen |= kind;
            at++;
        }

        if ((seen & Digit) == 0 && at - start <= LongestWord)
        {
            Count(Hash(text, start, at - start, fold: (seen & High) == 0), ref sketch);
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Count(ulong word, ref Sketch sketch)
    {
        if ((CalendarBits[(int)(word >> 60)] >> (int)(word & 63) & 1) == 0 || !Calendar.Contains(word))
        {
            sketch.Add(word);
        }
    }

    /// <summary>A run of Han and kana: each pair of neighbours is a unit.</summary>
    private static int Ideographs(ReadOnlySpan<byte> text, int start, ref Sketch sketch)
    {
        var at = start;
        ulong before = 0;
        while (at < text.Length && Ideograph(text[at..]) > 0)
        {
            var character = (ulong)(text[at] << 16 | text[at + 1] << 8 | text[at + 2]);
            if (before != 0)
            {
                sketch.Add(Mix((before << 24) | character));
            }

            before = character;
            at += 3;
        }

        return at;
    }

    /// <summary>3: a Han or kana character stands here; below zero: that many bytes of punctuation or symbols; 0: neither.</summary>
    private static int Ideograph(ReadOnlySpan<byte> text) => text[0] switch
    {
        0xC2 when text.Length > 1 => -2,
        0xE2 when text.Length > 2 && text[1] <= 0x81 => -3,
        0xE3 when text.Length > 2 => text[1] == 0x80 ? -3 : 3,
        0xEF when text.Length > 2 && text[1] is 0xBC or 0xBD => -3,
        >= 0xE4 and <= 0xE9 when text.Length > 2 => 3,
        _ => 0,
    };

    /// <param name="fold">Capitals as small letters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Hash(ReadOnlySpan<byte> text, int start, int length, bool fold)
    {
        var lower = fold ? 0x2020202020202020UL : 0;
        if (length <= 8 && start + 8 <= text.Length)
        {
            return Mix((ulong)length ^ ((BinaryPrimitives.ReadUInt64LittleEndian(text[start..]) & (ulong.MaxValue >> (64 - (8 * length)))) | lower));
        }

        var hash = (ulong)length;
        for (; length > 8; start += 8, length -= 8)
        {
            hash = Mix(hash ^ (BinaryPrimitives.ReadUInt64LittleEndian(text[start..]) | lower));
        }

        ulong tail = 0;
        if (start + 8 <= text.Length)
        {
            tail = BinaryPrimitives.ReadUInt64LittleEndian(text[start..]) & (ulong.MaxValue >> (64 - (8 * length)));
        }
        else
        {
            for (var i = length - 1; i >= 0; i--)
            {
                tail = (tail << 8) | text[start + i];
            }
        }

        return Mix(hash ^ (tail | lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93;
        return (value ^ (value >> 32)) * 0x9E3779B97F4A7C15;
    }

    private static byte[] Fill()
    {
        var classes = new byte[256];
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = i >= 0x80 ? High : char.IsAsciiLetter((char)i) ? Letter : char.IsAsciiDigit((char)i) ? Digit : (byte)0;
        }

        return classes;
    }

    private static ulong[] Bits(IEnumerable<ulong> units)
    {
        var bits = new ulong[16];
        foreach (var unit in units)
        {
            bits[(int)(unit >> 60)] |= 1UL << (int)(unit & 63);
        }

        return bits;
    }

    private static HashSet<ulong> Words(string words) =>
        [.. words.Split(' ').Select(word => System.Text.Encoding.UTF8.GetBytes(word)).Select(word => Hash(word, 0, word.Length, fold: word[0] < 0x80))];

    /// <summary>The feature that weighs most, 64 times over: of each bin the lowest hash.</summary>
    private ref struct Sketch
    {
        private readonly Span<uint> _lowest;
        private ulong _before;

        public Sketch(Span<uint> lowest)
        {
            _lowest = lowest;
            Clear();
        }

        public int Units { get; private set; }

        public void Clear()
        {
            _lowest.Fill(uint.MaxValue);
            _before = 0;
            Units = 0;
        }

        /// <summary>No pair spans two blocks: their order may change.</summary>
        public void Break() => _before = 0;

        public void Add(ulong unit)
        {
            Units++;
            Feature(unit);
            if (_before != 0)
            {
                Feature(BitOperations.RotateLeft(_before, 23) ^ unit);
            }

            _before = unit;
        }

        /// <summary>The 64 signs. A bin that nothing fell into takes another's feature, the same one for equal texts.</summary>
        public readonly ulong Bits()
        {
            ulong bits = 0;
            for (var bin = 0; bin < 64; bin++)
            {
                var source = bin;
                for (var step = 1; _lowest[source] == uint.MaxValue; step++)
                {
                    source = (int)(Mix(((ulong)bin << 32) | (uint)step) >> 58);
                }

                bits |= (Mix(_lowest[source] | ((ulong)bin << 40)) >> 63) << bin;
            }

            return bits == 0 ? 1 : bits;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Feature(ulong hash)
        {
            ref var first = ref MemoryMarshal.GetReference(_lowest);
            var one = hash * 0xFF51AFD7ED558CCD;
            var two = hash * 0xC4CEB9FE1A85EC53;
            Compete(ref first, (int)(one >> 58), (uint)(one >> 26));
            Compete(ref first, (int)(one & 63), (uint)(one >> 6));
            Compete(ref first, (int)(two >> 58), (uint)(two >> 26));
            Compete(ref first, (int)(two & 63), (uint)(two >> 6));
        }

        // A bin is six bits, and there are 64 of them: no bounds to check, 7,000 times a page.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Compete(ref uint first, int bin, uint weight)
        {
            ref var lowest = ref Unsafe.Add(ref first, bin);
            if (weight < lowest)
            {
                lowest = weight;
            }
        }
    }
}

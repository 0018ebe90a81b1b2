using System.Numerics;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Traps;

/// <summary>Counts distinct things in 1,024 bits: linear counting, good to a few percent up to some thousands (Whang, Vander-Zanden, Taylor 1990). Two bitmaps are merged by OR.</summary>
internal static class ReferenceBitmap
{
    /// <summary><see cref="DomainRow.References"/>.</summary>
    public const int Length = 128;

    private const int Bits = Length * 8;

    /// <returns>Whether it was not in it before.</returns>
    public static bool Set(Span<byte> bitmap, ReadOnlySpan<byte> thing)
    {
        var bit = (int)((ulong)PathTemplate.Hash(thing) % Bits);
        ref var place = ref bitmap[bit / 8];
        var mask = (byte)(1 << (bit % 8));
        var isNew = (place & mask) == 0;
        place |= mask;
        return isNew;
    }

    /// <summary>How many distinct things were set; 7,098 when it is full.</summary>
    public static int Estimate(ReadOnlySpan<byte> bitmap)
    {
        var set = 0;
        foreach (var b in bitmap)
        {
            set += BitOperations.PopCount(b);
        }
        var empty = Math.Max(Bits - set, 1);
        return (int)Math.Round(-Bits * Math.Log((double)empty / Bits));
    }

    public static void Merge(Span<byte> bitmap, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < Math.Min(bitmap.Length, other.Length); i++)
        {
            bitmap[i] |= other[i];
        }
    }
}

using System.Runtime.CompilerServices;
using Madang.Crawler.Parsing;

namespace Madang.Crawler.Noise;

/// <summary>How a text repeats itself, from its first words.</summary>
/// <param name="Words">How many were looked at.</param>
/// <param name="TopShare">The most frequent word of four bytes and more, of all words: 0 to 1. About 0.03 in prose.</param>
/// <param name="RepeatShare">Runs of three words that occurred before, of all runs: 0 to 1. A few hundredths in prose.</param>
public readonly record struct TextFacts(int Words, double TopShare, double RepeatShare)
{
    /// <summary>More would cost more than it tells.</summary>
    public const int MostWords = 512;

    private const int LeastBytes = 4;
    private const int Buckets = 2_048;
    private const int RunBits = 16_384;

    /// <param name="text">UTF-8; words are told apart by what is neither an ASCII letter or digit nor part of another script.</param>
    [SkipLocalsInit]
    public static TextFacts Of(ReadOnlySpan<byte> text)
    {
        // 4 KiB of counts by word and 2 KiB of bits by run: two words in one bucket are rare among 512.
        Span<ushort> counts = stackalloc ushort[Buckets];
        Span<ulong> runs = stackalloc ulong[RunBits / 64];
        counts.Clear();
        runs.Clear();
        var (words, top, repeats) = (0, 0, 0);
        var (before, last) = (0u, 0u);
        var scan = new WordScan(text);
        for (; words < MostWords && scan.Next(out var start, out var length); words++)
        {
            // Capitals as small letters; other bytes only need to stay distinct.
            var hash = (uint)TextSimHash.Hash(text, start, length, fold: true);
            if (length >= LeastBytes)
            {
                top = Math.Max(top, ++counts[(int)(hash % Buckets)]);
            }
            if (words >= 2)
            {
                var run = ((((before * 31) + last) * 0x85EBCA6B) + hash) * 0xC2B2AE35;
                run = (run ^ (run >> 15)) % RunBits;
                ref var bits = ref runs[(int)(run / 64)];
                repeats += (bits & (1ul << (int)(run % 64))) != 0 ? 1 : 0;
                bits |= 1ul << (int)(run % 64);
            }
            (before, last) = (last, hash);
        }
        return new TextFacts(words, words == 0 ? 0 : (double)top / words, words < 3 ? 0 : (double)repeats / (words - 2));
    }
}

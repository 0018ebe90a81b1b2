using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Madang.Crawler.Parsing;

/// <summary>
/// Where words begin and end, 32 bytes at a time: a word is a run of ASCII letters and digits and of bytes beyond ASCII. Words are short and of ever other lengths, so a loop over their
/// bytes is guessed wrong by the processor at the end of nearly each.
/// </summary>
internal static class WordBytes
{
    public const int Width = 32;

    /// <summary>The first byte of a word from <paramref name="at"/> on; the text's length without one.</summary>
    public static int Start(ReadOnlySpan<byte> text, int at)
    {
        for (; Vector256.IsHardwareAccelerated && at + Width <= text.Length; at += Width)
        {
            var found = Of(text, at, out _);
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }
        }

        while (at < text.Length && !Is(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The end of the word that <paramref name="at"/> stands in.</summary>
    public static int End(ReadOnlySpan<byte> text, int at)
    {
        for (; Vector256.IsHardwareAccelerated && at + Width <= text.Length; at += Width)
        {
            var others = ~Of(text, at, out _);
            if (others != 0)
            {
                return at + BitOperations.TrailingZeroCount(others);
            }
        }

        while (at < text.Length && Is(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The length of the word at <paramref name="at"/> when it is shorter than 32 bytes and holds no Han, kana or symbols; 0 for any other, which takes a closer look.</summary>
    public static int Short(ReadOnlySpan<byte> text, int at, out bool hasDigits, out bool isAscii)
    {
        (hasDigits, isAscii) = (false, true);
        if (!Vector256.IsHardwareAccelerated || at + Width > text.Length)
        {
            return 0;
        }

        var words = Of(text, at, out var digits);
        var length = BitOperations.TrailingZeroCount(~words);
        if (length == Width)
        {
            return 0;
        }

        var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)at);
        var inside = (1u << length) - 1;
        // The first bytes of such characters: U+0080 to U+00BF, U+2000 to U+9FFF, U+F000 to U+FFFF.
        var others = Vector256.Equals(bytes, Vector256.Create((byte)0xC2)) | Vector256.Equals(bytes, Vector256.Create((byte)0xEF))
            | Vector256.LessThan(bytes - Vector256.Create((byte)0xE2), Vector256.Create((byte)8));
        hasDigits = (digits & inside) != 0;
        isAscii = (bytes.ExtractMostSignificantBits() & inside) == 0;
        return (others.ExtractMostSignificantBits() & inside) == 0 ? length : 0;
    }

    /// <summary>A bit for each of the 32 bytes at <paramref name="at"/> that belongs to a word. Only where <see cref="Reaches"/> says so.</summary>
    public static uint Mask(ReadOnlySpan<byte> text, int at) => Of(text, at, out _);

    /// <summary>Whether 32 bytes can be looked at together.</summary>
    public static bool Reaches(ReadOnlySpan<byte> text, int at) => Vector256.IsHardwareAccelerated && at + Width <= text.Length;

    private static bool Is(byte value) => value >= 0x80 || char.IsAsciiLetterOrDigit((char)value);

    /// <summary>A bit for each of 32 bytes that belongs to a word.</summary>
    /// <param name="digits">Those that are ASCII digits.</param>
    private static uint Of(ReadOnlySpan<byte> text, int at, out uint digits)
    {
        var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)at);
        var letters = Vector256.LessThan((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)).ExtractMostSignificantBits();
        digits = Vector256.LessThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)10)).ExtractMostSignificantBits();
        return letters | digits | bytes.ExtractMostSignificantBits();
    }
}

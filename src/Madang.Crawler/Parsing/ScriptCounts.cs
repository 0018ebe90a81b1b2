using System.Numerics;
using System.Runtime.Intrinsics;

namespace Madang.Crawler.Parsing;

/// <summary>How many characters of which script a text has, told by the lead bytes of UTF-8. Enough to guess a language that nobody declared.</summary>
internal struct ScriptCounts
{
    private int _latin;
    private int _kana;
    private int _han;
    private int _hangul;
    private int _other;

    /// <summary>Adds a text; tells how many of its characters are Han or kana, which are written without spaces.</summary>
    public void Add(ReadOnlySpan<byte> text, out int ideographs)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            _latin += text.Length;
            ideographs = 0;
            return;
        }

        int kana = 0, han = 0, hangul = 0, other = 0, ascii = 0;
        var at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; at + 32 <= text.Length; at += 32)
            {
                var bytes = Vector256.Create(text.Slice(at, 32));
                ascii += Hits(Vector256.LessThan(bytes, Vector256.Create((byte)0x80)));
                kana += Hits(Vector256.Equals(bytes, Vector256.Create((byte)0xE3)));
                han += Hits(Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)0xE4), Vector256.Create((byte)5)));
                hangul += Hits(Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)0xEA), Vector256.Create((byte)3)));
                other += Hits(Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)0xC4), Vector256.Create((byte)0x1D)));
            }
        }

        foreach (var letter in text[at..])
        {
            ascii += letter < 0x80 ? 1 : 0;
            kana += letter == 0xE3 ? 1 : 0;
            han += letter is >= 0xE4 and <= 0xE9 ? 1 : 0;
            hangul += letter is >= 0xEA and <= 0xED ? 1 : 0;
            other += letter is >= 0xC4 and <= 0xE1 ? 1 : 0;
        }

        _latin += ascii;
        _kana += kana;
        _han += han;
        _hangul += hangul;
        _other += other;
        ideographs = kana + han;
    }

    /// <summary><c>ko</c>, <c>ja</c>, <c>zh</c>, <c>en</c>, or null where the script does not tell. Latin is taken for English.</summary>
    public readonly string? Guess()
    {
        var ideographs = _kana + _han;
        var all = ideographs + _hangul + _other + (_latin / 4); // an ideograph says as much as several letters
        return all < 8 ? null
            : _hangul * 4 >= all && _hangul >= ideographs ? "ko"
            : ideographs * 4 >= all ? (_kana * 6 >= ideographs ? "ja" : "zh")
            : _latin / 4 * 4 >= all * 3 ? "en"
            : null;
    }

    private static int Hits(Vector256<byte> mask) => BitOperations.PopCount(mask.ExtractMostSignificantBits());
}

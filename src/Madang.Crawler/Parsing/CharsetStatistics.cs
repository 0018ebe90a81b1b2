namespace Madang.Crawler.Parsing;

/// <summary>
/// Which legacy encoding bytes of unknown encoding most likely are. Looks at runs of non-ASCII bytes: the East Asian encodings differ in which rows
/// of their tables everyday text uses (Hangul syllables, kana, level-1 hanzi), and Western text has its high bytes alone between letters.
/// </summary>
internal static class CharsetStatistics
{
    private const int SampleBytes = 64 * 1024;

    private static readonly Charset EucKr = Charset.Find("euc-kr")!;
    private static readonly Charset EucJp = Charset.Find("euc-jp")!;
    private static readonly Charset ShiftJis = Charset.Find("shift_jis")!;
    private static readonly Charset Gbk = Charset.Find("gbk")!;

    public static Charset Guess(ReadOnlySpan<byte> body)
    {
        var sample = body[..Math.Min(body.Length, SampleBytes)];
        Counts euc = default, sjis = default;
        var single = 0;
        var high = 0;
        for (var at = 0; at < sample.Length;)
        {
            var hit = sample[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (hit < 0)
            {
                break;
            }

            at += hit;
            var end = at;
            while (end < sample.Length && sample[end] >= 0x80)
            {
                end++;
            }

            high += end - at;
            single += end - at == 1 ? 1 : 0;

            // A trail byte may be ASCII: it belongs to the run.
            var run = sample[at..Math.Min(end + 1, sample.Length)];
            CountEuc(run, ref euc);
            CountShiftJis(run, ref sjis);
            at = end;
        }

        return Choose(euc, sjis, single, high);
    }

    private static Charset Choose(Counts euc, Counts sjis, int single, int high)
    {
        if (high == 0 || single * 2 > high)
        {
            return Charset.Windows1252;
        }

        var eucPairs = euc.Hangul + euc.Kana + euc.Other;
        var eucFits = eucPairs > 0 && euc.Bad * 20 <= eucPairs;
        var sjisPairs = sjis.Kana + sjis.Other;
        var sjisFits = sjisPairs > 0 && sjis.Bad * 20 <= sjisPairs && sjis.Kana * 8 >= sjisPairs;
        if (sjisFits && (!eucFits || sjis.Kana > euc.Kana + euc.Hangul))
        {
            return ShiftJis;
        }

        if (!eucFits)
        {
            // UHC beyond EUC-KR counts as bad above; Hangul still leads when the text is Korean.
            return euc.Hangul * 2 > eucPairs && eucPairs > euc.Bad * 3 ? EucKr : Charset.Windows1252;
        }

        return euc.Kana * 5 >= eucPairs ? EucJp : euc.Hangul * 100 >= (euc.Hangul + euc.Other) * 85 ? EucKr : Gbk;
    }

    /// <summary>Rows B0–C8 are Hangul in EUC-KR, A4 and A5 kana in EUC-JP; A1–A3 are symbols everywhere.</summary>
    private static void CountEuc(ReadOnlySpan<byte> run, ref Counts counts)
    {
        for (var i = 0; i < run.Length && run[i] >= 0x80; i += 2)
        {
            if (i + 1 == run.Length || run[i] < 0xA1 || run[i + 1] < 0xA1)
            {
                counts.Bad++;
            }
            else if (run[i] is >= 0xB0 and <= 0xC8)
            {
                counts.Hangul++;
            }
            else if (run[i] is 0xA4 or 0xA5)
            {
                counts.Kana++;
            }
            else if (run[i] > 0xA5)
            {
                counts.Other++;
            }
        }
    }

    /// <summary>82 9F–F1 is hiragana, 83 40–96 katakana.</summary>
    private static void CountShiftJis(ReadOnlySpan<byte> run, ref Counts counts)
    {
        for (var i = 0; i < run.Length && run[i] >= 0x80; i++)
        {
            if (run[i] is >= 0xA1 and <= 0xDF)
            {
                counts.Other++; // half-width katakana, one byte
                continue;
            }

            if (i + 1 == run.Length || run[i] is 0x80 or 0xA0 or > 0xFC || run[i + 1] is < 0x40 or 0x7F or > 0xFC)
            {
                counts.Bad++;
                continue;
            }

            var kana = (run[i] == 0x82 && run[i + 1] >= 0x9F) || (run[i] == 0x83 && run[i + 1] <= 0x96);
            counts.Kana += kana ? 1 : 0;
            counts.Other += kana || run[i] == 0x81 ? 0 : 1;
            i++;
        }
    }

    private struct Counts
    {
        public int Hangul;
        public int Kana;
        public int Other;
        public int Bad;
    }
}

using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>RFC 3492, without the <c>xn--</c>.</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int TMin = 1;
    private const int TMax = 26;
    private const int InitialBias = 72;
    private const int InitialN = 128;
    private const int MaxScalar = 0x10FFFF;

    /// <summary>§6.3.</summary>
    public static void Encode(ReadOnlySpan<int> label, StringBuilder to)
    {
        var basic = 0;
        foreach (var scalar in label)
        {
            if (scalar < InitialN)
            {
                to.Append((char)scalar);
                basic++;
            }
        }

        if (basic > 0)
        {
            to.Append('-');
        }

        var (n, delta, bias, handled) = (InitialN, 0, InitialBias, basic);
        while (handled < label.Length)
        {
            var next = int.MaxValue;
            foreach (var scalar in label)
            {
                next = scalar >= n && scalar < next ? scalar : next;
            }

            // A label of 2,048 scalars cannot carry this beyond 32 bits: 0x10FFFF × 2,049 is less than 2^32, and it is checked.
            delta = checked(delta + (int)Math.Min(int.MaxValue, (long)(next - n) * (handled + 1)));
            n = next;
            foreach (var scalar in label)
            {
                delta = scalar < n ? checked(delta + 1) : delta;
                if (scalar == n)
                {
                    Number(delta, bias, to);
                    bias = Adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            n++;
        }
    }

    /// <summary>§6.2; null when the text is none.</summary>
    public static int[]? Decode(ReadOnlySpan<char> text)
    {
        var hyphen = text.LastIndexOf('-');
        var output = new List<int>(text.Length);
        foreach (var letter in hyphen < 0 ? default : text[..hyphen])
        {
            output.Add(letter);
        }

        var (n, i, bias) = (InitialN, 0, InitialBias);
        for (var at = hyphen + 1; at < text.Length; i++)
        {
            var before = i;
            for (long weight = 1, k = Base; ; k += Base)
            {
                var digit = at < text.Length ? Digit(text[at++]) : -1;
                var sum = i + (digit * weight);
                if (digit < 0 || sum > int.MaxValue)
                {
                    return null;
                }

                i = (int)sum;
                var threshold = Threshold((int)k, bias);
                if (digit < threshold)
                {
                    break;
                }

                weight *= Base - threshold;
                if (weight > int.MaxValue)
                {
                    return null;
                }
            }

            bias = Adapt(i - before, output.Count + 1, before == 0);
            var step = i / (output.Count + 1);
            if (step > MaxScalar - n)
            {
                return null;
            }

            n += step;
            i %= output.Count + 1;
            if (!Rune.IsValid(n))
            {
                return null;
            }

            output.Insert(i, n);
        }

        return [.. output];
    }

    private static void Number(int delta, int bias, StringBuilder to)
    {
        var rest = delta;
        for (var k = Base; ; k += Base)
        {
            var threshold = Threshold(k, bias);
            if (rest < threshold)
            {
                to.Append(Letter(rest));
                return;
            }

            to.Append(Letter(threshold + ((rest - threshold) % (Base - threshold))));
            rest = (rest - threshold) / (Base - threshold);
        }
    }

    private static int Threshold(int k, int bias) => Math.Clamp(k - bias, TMin, TMax);

    private static int Adapt(int delta, int count, bool isFirst)
    {
        const int Skew = 38;
        const int Damp = 700;
        delta = isFirst ? delta / Damp : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base)
        {
            delta /= Base - TMin;
        }

        return k + ((Base - TMin + 1) * delta / (delta + Skew));
    }

    private static char Letter(int digit) => (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);

    private static int Digit(char letter) => letter switch
    {
        >= 'a' and <= 'z' => letter - 'a',
        >= 'A' and <= 'Z' => letter - 'A',
        >= '0' and <= '9' => letter - '0' + 26,
        _ => -1,
    };
}

using System.Buffers;

namespace Madang.Notifications.Rendering;

internal enum SmsEncoding
{
    /// <summary>The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1).</summary>
    Gsm7 = 1,

    /// <summary>Sixteen bits a unit: for one Korean letter the whole message.</summary>
    Ucs2,
}

/// <param name="Units">Septets, or UTF-16 units.</param>
/// <param name="Segments">What is paid for; 0 for an empty text.</param>
/// <param name="Left">Units that the last segment still has room for.</param>
internal readonly record struct SmsCount(SmsEncoding Encoding, int Units, int Segments, int Left);

/// <summary>How many messages an SMS becomes: one of 160 septets or 70 units, else several of 153 or 67, as each then carries a header (3GPP TS 23.040, 9.2.3.24).</summary>
internal static class SmsSegments
{
    /// <summary>UTF-16 units; what gateways take at most.</summary>
    public const int MaxLength = 1_600;

    private static readonly SearchValues<char> s_basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");

    private static readonly SearchValues<char> s_extended = SearchValues.Create("\f^{}\\[~]|€");

    public static SmsCount Count(string text)
    {
        var septets = 0;
        foreach (var letter in text)
        {
            if (!s_basic.Contains(letter) && !s_extended.Contains(letter))
            {
                return Count(text, SmsEncoding.Ucs2, text.Length, 70, 67);
            }

            septets += s_basic.Contains(letter) ? 1 : 2;
        }

        return Count(text, SmsEncoding.Gsm7, septets, 160, 153);
    }

    private static SmsCount Count(string text, SmsEncoding encoding, int units, int one, int several)
    {
        if (units <= one)
        {
            return new(encoding, units, units == 0 ? 0 : 1, one - units);
        }

        // A pair (escape and letter, two halves of a surrogate pair) is never parted.
        var (segments, used) = (1, 0);
        for (var at = 0; at < text.Length; at++)
        {
            var width = encoding == SmsEncoding.Gsm7 ? s_basic.Contains(text[at]) ? 1 : 2
                : char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
            at += encoding == SmsEncoding.Ucs2 && width == 2 ? 1 : 0;
            if (used + width > several)
            {
                (segments, used) = (segments + 1, 0);
            }

            used += width;
        }

        return new(encoding, units, segments, several - used);
    }
}

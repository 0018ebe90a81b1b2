using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>
/// Unicode ToASCII of UTS #46 with the options of the URL standard (§3.3): CheckHyphens, UseSTD3ASCIIRules, VerifyDnsLength and transitional processing off, CheckBidi and
/// CheckJoiners on. The platform's mapping has other options and other tables on every machine, so this is our own.
/// </summary>
internal static class Idna
{
    private const string Prefix = "xn--";
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const IdnaTraits LeftToRightMembers = IdnaTraits.LeftToRight | IdnaTraits.EuropeanNumber | IdnaTraits.NonSpacing | IdnaTraits.Neutral;
    private const IdnaTraits RightToLeftMembers =
        IdnaTraits.RightToLeft | IdnaTraits.ArabicNumber | IdnaTraits.EuropeanNumber | IdnaTraits.NonSpacing | IdnaTraits.Neutral;

    /// <summary>The domain in ASCII, or null. Empty labels stay.</summary>
    public static string? ToAscii(string domain)
    {
        if (Map(domain) is not { } mapped)
        {
            return null;
        }

        var labels = new List<int[]>();
        foreach (var text in mapped.Normalize(NormalizationForm.FormC).Split('.'))
        {
            if (Label(text) is not { } label)
            {
                return null;
            }

            labels.Add(label);
        }

        var isBidi = labels.Exists(label => Array.Exists(label, scalar => (IdnaTable.Current[scalar] & (IdnaTraits.RightToLeft | IdnaTraits.ArabicNumber)) != 0));
        return labels.TrueForAll(label => IsValid(label) && (!isBidi || label.Length == 0 || IsValidBidi(label))) ? Join(labels) : null;
    }

    /// <summary>Processing step 1. What is disallowed would fail in the end; it does so here.</summary>
    private static string? Map(string domain)
    {
        var mapped = new StringBuilder(domain.Length);
        foreach (var rune in domain.EnumerateRunes())
        {
            var traits = IdnaTable.Current.Find(rune.Value, out var mapping);
            if (traits == IdnaTraits.None)
            {
                return null;
            }

            mapped.Append(traits switch { IdnaTraits.Mapped => mapping, IdnaTraits.Ignored => "", _ => rune.ToString() });
        }

        return mapped.ToString();
    }

    /// <summary>Processing step 4: the scalars of a label, of an encoded one those that it stands for; null when it stands for nothing.</summary>
    private static int[]? Label(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return [.. text.EnumerateRunes().Select(rune => rune.Value)];
        }

        return Ascii.IsValid(text) && Punycode.Decode(text.AsSpan(Prefix.Length)) is { } label && Array.Exists(label, scalar => scalar > 0x7F) && IsNormal(label) ? label : null;
    }

    private static bool IsNormal(int[] label)
    {
        var text = string.Concat(label.Select(char.ConvertFromUtf32));
        // U+FFFE makes the platform throw; it is disallowed anyway.
        return !text.Contains('\uFFFE', StringComparison.Ordinal) && text.IsNormalized(NormalizationForm.FormC) && !text.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>The validity criteria of §4.1, but for those of bidirectional text.</summary>
    private static bool IsValid(int[] label)
    {
        if (label.Length > 0 && (IdnaTable.Current[label[0]] & IdnaTraits.Mark) != 0)
        {
            return false;
        }

        for (var at = 0; at < label.Length; at++)
        {
            if ((IdnaTable.Current[label[at]] & IdnaTraits.Valid) == 0
                || label[at] == '.'
                || (label[at] is ZeroWidthJoiner or ZeroWidthNonJoiner && !IsJoined(label, at)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>RFC 5892, appendices A.1 and A.2: after a virama; a non-joiner also between letters that would join.</summary>
    private static bool IsJoined(int[] label, int at)
    {
        if (at > 0 && (IdnaTable.Current[label[at - 1]] & IdnaTraits.Virama) != 0)
        {
            return true;
        }

        if (label[at] == ZeroWidthJoiner)
        {
            return false;
        }

        var (before, after) = (at - 1, at + 1);
        while (before >= 0 && (IdnaTable.Current[label[before]] & IdnaTraits.Transparent) != 0)
        {
            before--;
        }

        while (after < label.Length && (IdnaTable.Current[label[after]] & IdnaTraits.Transparent) != 0)
        {
            after++;
        }

        return before >= 0 && after < label.Length
            && (IdnaTable.Current[label[before]] & IdnaTraits.JoinsNext) != 0
            && (IdnaTable.Current[label[after]] & IdnaTraits.JoinsPrevious) != 0;
    }

    /// <summary>RFC 5893 §2: the six rules for a label of a domain in which something runs from right to left.</summary>
    private static bool IsValidBidi(int[] label)
    {
        var first = IdnaTable.Current[label[0]];
        var isRightToLeft = (first & IdnaTraits.RightToLeft) != 0;
        if (!isRightToLeft && (first & IdnaTraits.LeftToRight) == 0)
        {
            return false;
        }

        var all = IdnaTraits.None;
        var last = first;
        foreach (var scalar in label)
        {
            var traits = IdnaTable.Current[scalar];
            if ((traits & (isRightToLeft ? RightToLeftMembers : LeftToRightMembers)) == 0)
            {
                return false;
            }

            all |= traits;
            last = (traits & IdnaTraits.NonSpacing) == 0 ? traits : last;
        }

        const IdnaTraits Numbers = IdnaTraits.EuropeanNumber | IdnaTraits.ArabicNumber;
        return isRightToLeft
            ? (last & (IdnaTraits.RightToLeft | Numbers)) != 0 && (all & Numbers) != Numbers
            : (last & (IdnaTraits.LeftToRight | IdnaTraits.EuropeanNumber)) != 0;
    }

    private static string Join(List<int[]> labels)
    {
        var ascii = new StringBuilder();
        for (var at = 0; at < labels.Count; at++)
        {
            var label = labels[at];
            ascii.Append(at > 0 ? "." : "");
            if (Array.Exists(label, scalar => scalar > 0x7F))
            {
                Punycode.Encode(label, ascii.Append(Prefix));
            }
            else
            {
                ascii.Append(string.Concat(label.Select(scalar => (char)scalar)));
            }
        }

        return ascii.ToString();
    }
}

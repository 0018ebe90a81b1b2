using System.Buffers;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>Domain to ASCII (url.spec.whatwg.org §3.3) and which bytes a host may hold (§3.2).</summary>
/// <remarks>
/// Names in ASCII that begin with xn-- are checked, too, as the standard had it until 2026 and as Node does; since then it lets pass those that stand for nothing.
/// </remarks>
internal static class Domains
{
    /// <summary>A name in another script, before encoding: far beyond the 253 bytes of DNS, and little enough for an encoding whose cost grows with the square.</summary>
    private const int LongestInternational = 2_048;

    /// <summary>Forbidden host code points.</summary>
    public static readonly SearchValues<byte> ForbiddenInHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|"u8);

    private static readonly SearchValues<byte> ForbiddenInDomain =
        SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(value => (byte)value), .. "#/:<>?@[\\]^|%\x7F"u8]);

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    /// <summary>Whether lower-casing is all that this domain needs: plain bytes, and no label that begins with xn--.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> domain)
    {
        if (domain.ContainsAnyExcept(PlainBytes))
        {
            return false;
        }

        for (var rest = domain; ;)
        {
            var hyphens = rest.IndexOf("--"u8);
            if (hyphens < 0)
            {
                return true;
            }

            if (hyphens >= 2 && (rest[hyphens - 1] | 0x20) == 'n' && (rest[hyphens - 2] | 0x20) == 'x')
            {
                return false;
            }

            rest = rest[(hyphens + 1)..];
        }
    }

    /// <summary>The domain in ASCII, or null when it is none. <paramref name="text"/> is what stands in the URL, escapes included.</summary>
    public static byte[]? ToAscii(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[text.Length];
        var domain = decoded.AsSpan(0, PercentSet.Decode(text, decoded));
        if (Ascii.IsValid(domain) && !HasEncodedLabel(domain))
        {
            Ascii.ToLowerInPlace(domain, out _);
        }
        else
        {
            domain = domain.Length <= LongestInternational && Idna.ToAscii(Encoding.UTF8.GetString(domain)) is { } ascii ? Encoding.UTF8.GetBytes(ascii) : [];
        }

        return domain.IsEmpty || domain.ContainsAny(ForbiddenInDomain) ? null : domain.ToArray();
    }

    private static bool HasEncodedLabel(ReadOnlySpan<byte> domain)
    {
        foreach (var label in domain.Split((byte)'.'))
        {
            if (domain[label] is [(byte)'x' or (byte)'X', (byte)'n' or (byte)'N', (byte)'-', (byte)'-', ..])
            {
                return true;
            }
        }

        return false;
    }
}

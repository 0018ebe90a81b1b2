using System.Buffers;

namespace Madang.Crawler.Robots;

/// <summary>
/// One spelling for the paths of rules and of URLs (RFC 9309 §2.2.2): octets that no URI may hold are escaped, escapes of unreserved characters are resolved, the others
/// are in upper case. <c>%2A</c> and <c>%24</c> stand for the characters themselves (§2.2.3). In the query <c>%2F</c> and <c>%3A</c> equal the characters, as the second
/// example of §2.2.2 wants it.
/// </summary>
internal static class RobotsPath
{
    private static readonly SearchValues<byte> Settled =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;="u8);

    private static readonly SearchValues<byte> Unreserved = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"u8);

    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;

    public static bool IsCanonical(ReadOnlySpan<byte> path) => !path.ContainsAnyExcept(Settled);

    /// <summary>Writes the canonical form, at most three bytes for one, and returns its length.</summary>
    public static int Canonicalize(ReadOnlySpan<byte> path, Span<byte> to)
    {
        var written = 0;
        var isQuery = false;
        for (var at = 0; at < path.Length; at++)
        {
            var value = path[at];
            isQuery |= value == '?';
            var escaped = Urls.PercentSet.Escaped(path[at..]);
            if (escaped >= 0)
            {
                written += WriteEscape((byte)escaped, isQuery, to[written..]);
                at += 2;
            }
            else if (value == '%' || Settled.Contains(value))
            {
                to[written++] = value;
            }
            else
            {
                written += Escape(value, to[written..]);
            }
        }

        return written;
    }

    private static int WriteEscape(byte value, bool isQuery, Span<byte> to)
    {
        if (Unreserved.Contains(value) || value is (byte)'*' or (byte)'$' || (isQuery && value is (byte)'/' or (byte)':'))
        {
            to[0] = value;
            return 1;
        }

        return Escape(value, to);
    }

    private static int Escape(byte value, Span<byte> to)
    {
        to[0] = (byte)'%';
        to[1] = Hex[value >> 4];
        to[2] = Hex[value & 15];
        return 3;
    }
}

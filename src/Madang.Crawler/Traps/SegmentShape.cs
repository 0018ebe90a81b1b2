using System.Buffers;

namespace Madang.Crawler.Traps;

/// <summary>What a path segment or a parameter looks like.</summary>
internal enum SegmentKind
{
    /// <summary>A short name; numbers in it are wildcards: <c>item-12</c>.</summary>
    Word,

    Number,

    /// <summary><c>2026-05-28</c>, <c>20260528</c>.</summary>
    Date,

    /// <summary>A title: several words, other scripts, or long.</summary>
    Title,

    /// <summary>An id: UUID, hexadecimal, or letters and digits without sense, as sessions have.</summary>
    Token,
}

/// <summary>Tells the kinds of segments apart.</summary>
internal static class SegmentShape
{
    private const int LongWord = 32;

    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF-"u8);

    public static SegmentKind Of(ReadOnlySpan<byte> segment)
    {
        if (segment.IsEmpty)
        {
            return SegmentKind.Word;
        }
        var name = segment[..^Extension(segment).Length];
        var count = Count(name);
        if (count.Digits > 0 && count.Letters + count.Others == 0)
        {
            return IsDate(name, count) ? SegmentKind.Date : SegmentKind.Number;
        }
        if (IsToken(name, count) || IsHex(name, count))
        {
            return SegmentKind.Token;
        }
        return count.Others > 0 || count.Separators >= 2 || segment.Length > LongWord ? SegmentKind.Title : SegmentKind.Word;
    }

    /// <summary>Writes a segment of this kind: a wildcard and the extension, or the word with its numbers as wildcards.</summary>
    public static void Write(ReadOnlySpan<byte> segment, SegmentKind kind, ref Utf8Line text)
    {
        if (kind is not SegmentKind.Word)
        {
            text.Add((byte)'*');
            text.Add(Extension(segment));
            return;
        }
        for (var i = 0; i < segment.Length; i++)
        {
            if (!char.IsAsciiDigit((char)segment[i]))
            {
                // Parameters of a segment (;jsessionid=…) are as good as a query.
                if (segment[i] == ';')
                {
                    text.Add(";*"u8);
                    return;
                }
                text.Add(segment[i]);
            }
            else if (i == 0 || !char.IsAsciiDigit((char)segment[i - 1]))
            {
                text.Add((byte)'*');
            }
        }
    }

    /// <summary>1900 to 2199.</summary>
    public static bool IsYear(ReadOnlySpan<byte> segment) =>
        segment.Length == 4 && (segment[0] == '1' && segment[1] == '9' || segment[0] == '2' && segment[1] is (byte)'0' or (byte)'1');

    private static Shares Count(ReadOnlySpan<byte> segment)
    {
        var shares = default(Shares);
        var before = 0;
        foreach (var b in segment)
        {
            var kind = char.IsAsciiDigit((char)b) ? 1 : char.IsAsciiLetter((char)b) ? 2 : b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)',' or (byte)':' or (byte)'+' ? 3 : 4;
            shares.Digits += kind == 1 ? 1 : 0;
            shares.Letters += kind == 2 ? 1 : 0;
            shares.Separators += kind == 3 ? 1 : 0;
            // % begins a byte of another script, ~ and ; and = are as others.
            shares.Others += b == '%' || b >= 0x80 ? 1 : 0;
            shares.Turns += kind + before == 3 ? 1 : 0;
            before = kind;
        }
        return shares;
    }

    private static bool IsDate(ReadOnlySpan<byte> segment, Shares count) =>
        count.Digits is >= 6 and <= 8 && (segment.Length == 8 && count.Digits == 8 && IsYear(segment[..4]) || count.Separators is 1 or 2 && segment.Length <= 10 && (IsYear(segment[..4]) || IsYear(segment[^4..])));

    private static bool IsToken(ReadOnlySpan<byte> name, Shares count) => name.Length >= 12 && count.Separators <= 1 && count.Others == 0 && count.Turns >= 4;

    private static bool IsHex(ReadOnlySpan<byte> name, Shares count) => name.Length >= 8 && count.Digits > 0 && !name.ContainsAnyExcept(Hex);

    private static ReadOnlySpan<byte> Extension(ReadOnlySpan<byte> segment)
    {
        var dot = segment.LastIndexOf((byte)'.');
        return dot > 0 && segment.Length - dot is >= 2 and <= 6 && !segment[(dot + 1)..].ContainsAnyExceptInRange((byte)'a', (byte)'z') ? segment[dot..] : default;
    }

    private struct Shares
    {
        public int Digits;
        public int Letters;
        public int Separators;
        public int Others;

        /// <summary>How often letters and digits take turns.</summary>
        public int Turns;
    }
}

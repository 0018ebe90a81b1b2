namespace Madang.Crawler.Parsing;

/// <summary>Primary language subtags, without a string per page.</summary>
internal static class Languages
{
    private static readonly string[] Common =
        "ko en ja zh de fr es it pt ru nl pl sv da fi nb no cs hu tr vi th id ar he fa hi uk el ro".Split(' ');

    /// <summary><c>ko-KR</c> → <c>ko</c>; null where it is no language tag.</summary>
    public static string? Primary(ReadOnlySpan<byte> tag)
    {
        tag = HtmlBytes.Trim(tag);
        var end = tag.IndexOfAny((byte)'-', (byte)'_', (byte)',');
        var primary = end < 0 ? tag : tag[..end];
        if (primary.Length is < 2 or > 8)
        {
            return null;
        }

        Span<char> lower = stackalloc char[8];
        for (var i = 0; i < primary.Length; i++)
        {
            if (!char.IsAsciiLetter((char)primary[i]))
            {
                return null;
            }

            lower[i] = (char)(primary[i] | 0x20);
        }

        var name = lower[..primary.Length];
        foreach (var common in Common)
        {
            if (name.SequenceEqual(common))
            {
                return common;
            }
        }

        return name.ToString();
    }
}

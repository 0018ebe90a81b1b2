using System.Buffers;

namespace Madang.Crawler.Parsing;

/// <summary>The shared declarative refresh steps (HTML §4.2.5.3), without their timing.</summary>
internal static class MetaRefresh
{
    private static readonly SearchValues<byte> Time = SearchValues.Create("0123456789."u8);

    /// <summary>Where <c>5; url='next'</c> leads; empty: nowhere else.</summary>
    public static ReadOnlySpan<byte> Target(ReadOnlySpan<byte> content)
    {
        var rest = content.TrimStart(" \n\t\f\r"u8);
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0 || (digits == 0 && rest[0] != '.'))
        {
            return default;
        }

        rest = rest[digits..];
        var time = rest.IndexOfAnyExcept(Time);
        if (time < 0)
        {
            return default;
        }

        rest = rest[time..];
        if (rest[0] is not ((byte)';' or (byte)',') && !HtmlBytes.IsSpace(rest[0]) && rest[0] != '\r')
        {
            return default;
        }

        rest = rest.TrimStart(" \n\t\f\r"u8);
        if (!rest.IsEmpty && rest[0] is (byte)';' or (byte)',')
        {
            rest = rest[1..];
        }

        rest = rest.TrimStart(" \n\t\f\r"u8);
        if (rest.Length >= 3 && System.Text.Ascii.EqualsIgnoreCase(rest[..3], "url"u8))
        {
            var after = rest[3..].TrimStart(" \n\t\f\r"u8);
            if (!after.IsEmpty && after[0] == '=')
            {
                rest = after[1..].TrimStart(" \n\t\f\r"u8);
            }
        }

        if (!rest.IsEmpty && rest[0] is (byte)'"' or (byte)'\'')
        {
            var close = rest[1..].IndexOf(rest[0]);
            return close < 0 ? rest[1..] : rest.Slice(1, close);
        }

        return rest;
    }
}

using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>Text in seven bits and short lines (RFC 2045 §6): quoted-printable where people could read it, Base64 where most of it is not ASCII.</summary>
internal static class TransferEncoding
{
    private const int LineLength = 76;

    /// <returns>The encoding's name, and lines that end in CRLF.</returns>
    public static (string Name, string Lines) Encode(string text)
    {
        var lines = text.ReplaceLineEndings("\r\n").Replace("\0", "", StringComparison.Ordinal);
        if (!lines.EndsWith("\r\n", StringComparison.Ordinal))
        {
            lines += "\r\n";
        }

        var bytes = Encoding.UTF8.GetBytes(lines);
        var foreign = bytes.Count(one => one >= 0x80);
        return foreign * 6 > bytes.Length ? ("base64", Base64(bytes)) : ("quoted-printable", QuotedPrintable(bytes));
    }

    private static string Base64(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length * 3 / 2);
        foreach (var line in Convert.ToBase64String(bytes).Chunk(LineLength))
        {
            text.Append(line).Append("\r\n");
        }

        return text.ToString();
    }

    private static string QuotedPrintable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + (bytes.Length / 8));
        var column = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\r' && i + 1 < bytes.Length && bytes[i + 1] == '\n')
            {
                text.Append("\r\n");
                column = 0;
                i++;
                continue;
            }

            var isPlain = IsPlain(bytes, i, column);
            var width = isPlain ? 1 : 3;
            if (column + width > LineLength - 1)
            {
                text.Append("=\r\n");
                column = 0;
                isPlain = IsPlain(bytes, i, 0);
                width = isPlain ? 1 : 3;
            }

            if (isPlain)
            {
                text.Append((char)bytes[i]);
            }
            else
            {
                text.Append('=').Append(Hex(bytes[i] >> 4)).Append(Hex(bytes[i] & 15));
            }

            column += width;
        }

        return text.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<byte> bytes, int at, int column)
    {
        var one = bytes[at];
        var endsLine = at + 1 < bytes.Length && bytes[at + 1] == '\r';
        return one switch
        {
            // What stands at the end of a line is cut off on the way.
            (byte)' ' or (byte)'\t' => !endsLine,

            // "From " at the start of a line is changed by mailboxes of the old kind, which breaks the signature; a dot there is changed by servers that know no better.
            (byte)'F' when column == 0 => !bytes[at..].StartsWith("From "u8),
            (byte)'.' when column == 0 => false,
            (byte)'=' => false,
            _ => one is > 0x20 and < 0x7F,
        };
    }

    private static char Hex(int nibble) => (char)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
}

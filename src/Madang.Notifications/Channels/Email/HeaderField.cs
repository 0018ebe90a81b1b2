using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>One field of a message's head (RFC 5322 §2.2).</summary>
/// <param name="Value">What follows the colon, folds included, without the last line end.</param>
internal readonly record struct HeaderField(string Name, string Value)
{
    private const int LineLength = 76;
    private const int MaxEncodedWord = 75;

    /// <summary>As it goes out.</summary>
    public override string ToString() => $"{Name}: {Value}\r\n";

    /// <summary>Words for people: as they are when they are plain ASCII, else as encoded words (RFC 2047). Line ends and other controls become spaces, so that no value can begin a field of its own.</summary>
    public static HeaderField Unstructured(string name, string text)
    {
        var line = OneLine(text);
        return new HeaderField(name, IsPlain(line) ? Fold(line, name.Length + 2) : EncodedWords(line, name.Length + 2));
    }

    /// <summary>An address with a name for people, if there is one.</summary>
    public static HeaderField Mailbox(string name, string display, string address)
    {
        var line = OneLine(display);
        if (line.Length == 0)
        {
            return new HeaderField(name, $"<{address}>");
        }

        var phrase = !IsPlain(line) ? EncodedWords(line, name.Length + 2)
            : line.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '_') ? line
            : "\"" + line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
        return new HeaderField(name, $"{phrase}\r\n <{address}>");
    }

    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
            {
                line.Append(' ');
            }
            else
            {
                line.Append(rune);
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>An ASCII word that looks like an encoded one would be read as one; one that is too long for a line has to be cut, and so have many spaces in a row.</summary>
    private static bool IsPlain(string line) =>
        line.All(char.IsAscii) && !line.Contains("=?", StringComparison.Ordinal) && !line.Contains("  ", StringComparison.Ordinal) && line.Split(' ').All(word => word.Length < LineLength);

    private static string Fold(string line, int column)
    {
        var folded = new StringBuilder(line.Length + 16);
        foreach (var word in line.Split(' '))
        {
            if (folded.Length > 0)
            {
                var breaks = column + 1 + word.Length > LineLength;
                folded.Append(breaks ? "\r\n " : " ");
                column = breaks ? 1 : column + 1;
            }

            folded.Append(word);
            column += word.Length;
        }

        return folded.ToString();
    }

    /// <summary>B encoding in UTF-8, cut between characters (RFC 2047 §5 (3)), each word on a line of its own.</summary>
    private static string EncodedWords(string line, int column)
    {
        const string open = "=?UTF-8?B?";
        var words = new StringBuilder();
        var bytes = new List<byte>(48);
        Span<byte> one = stackalloc byte[4];
        void Close()
        {
            words.Append(words.Length > 0 ? "\r\n " : "").Append(open).Append(Convert.ToBase64String([.. bytes])).Append("?=");
            bytes.Clear();
            column = 1;
        }

        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(one);
            var room = Math.Min(MaxEncodedWord, LineLength - column) - open.Length - 2;
            if (bytes.Count > 0 && ((bytes.Count + length + 2) / 3 * 4) > room)
            {
                Close();
            }

            for (var i = 0; i < length; i++)
            {
                bytes.Add(one[i]);
            }
        }

        Close();
        return words.ToString();
    }
}

using System.Globalization;
using System.Text;

namespace Madang.Feeds.Posts;

/// <summary>What stands in a text: hashtags, names with an @, and the first link. Pure, and linear in the length of the text, whatever it holds.</summary>
internal static class PostWords
{
    /// <summary>The longest tag and the longest link, in UTF-16 code units; what is longer is text.</summary>
    public const int MaxTag = 100;
    public const int MaxLink = 2048;

    private const int MaxName = 64;

    /// <summary>Names may end in a dot or a dash, and so may sentences: this many of them are tried without.</summary>
    private const int MaxTrimmed = 3;

    /// <summary>The tags by their keys, each once, in the order in which they stand in the text.</summary>
    public static IReadOnlyList<string> Tags(string text)
    {
        var tags = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var at = IndexOfHash(text, 0); at >= 0; at = IndexOfHash(text, at))
        {
            var begin = ++at;
            if (!Begins(text, begin - 1))
            {
                continue;
            }

            at = EndOf(text, begin, static rune => IsTagRune(rune));
            if (at - begin is > 0 and <= MaxTag && KeyOf(text[begin..at]) is { } key && seen.Add(key))
            {
                tags.Add(key);
            }
        }

        return tags;
    }

    /// <summary>Two tags with the same key are one: NFC and lower case. Null for what is no tag: letters of any script, digits and <c>_</c>, and at least one letter.</summary>
    public static string? KeyOf(string tag)
    {
        var letters = false;
        foreach (var rune in tag.EnumerateRunes())
        {
            if (!IsTagRune(rune))
            {
                return null;
            }

            letters |= Rune.IsLetter(rune);
        }

        var key = letters && tag.Length <= MaxTag ? tag.Normalize(NormalizationForm.FormC).ToLowerInvariant().Normalize(NormalizationForm.FormC) : "";
        return key.Length is > 0 and <= MaxTag ? key : null;
    }

    /// <summary>The names that stand behind an @, each with what it may be short of a closing dot or dash; the longest first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Names(string text)
    {
        var names = new List<IReadOnlyList<string>>();
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0 && at < text.Length; at = text.IndexOf('@', at))
        {
            var begin = ++at;
            if (!Begins(text, begin - 1))
            {
                continue;
            }

            at = EndOf(text, begin, static rune => IsNameRune(rune));
            if (at - begin is > 0 and <= MaxName + MaxTrimmed)
            {
                names.Add(Readings(text[begin..at]));
            }
        }

        return names;
    }

    /// <summary>The first address of http or https, without what closes a sentence around it.</summary>
    public static string? Link(string text)
    {
        for (var at = text.IndexOf("http", StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf("http", at, StringComparison.OrdinalIgnoreCase))
        {
            var begin = at;
            at += "http".Length;
            var rest = text.AsSpan(begin);
            if (!rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var length = 0;
            while (length < rest.Length && !(char.IsWhiteSpace(rest[length]) || char.IsControl(rest[length]) || rest[length] is '<' or '>' or '"' or '「' or '」'))
            {
                length++;
            }

            at = begin + length;
            var link = Closed(rest[..length]);
            if (link.Length <= MaxLink && Uri.TryCreate(link.ToString(), UriKind.Absolute, out var url) && url.Host.Length > 0)
            {
                return link.ToString();
            }
        }

        return null;
    }

    private static int IndexOfHash(string text, int from) => from >= text.Length ? -1 : text.AsSpan(from).IndexOfAny('#', '＃') is var at and >= 0 ? from + at : -1;

    /// <summary>Whether a mark at this place begins a word: not within one, nor within a link.</summary>
    private static bool Begins(string text, int mark)
    {
        if (mark == 0)
        {
            return true;
        }

        _ = Rune.DecodeLastFromUtf16(text.AsSpan(0, mark), out var before, out _);
        return !(Rune.IsLetterOrDigit(before) || before.Value is '_' or '/' or '&' or '#' or '＃' or '@' or '=' or '?');
    }

    private static int EndOf(string text, int begin, Func<Rune, bool> belongs)
    {
        var end = begin;
        while (end < text.Length && Rune.DecodeFromUtf16(text.AsSpan(end), out var rune, out var length) == System.Buffers.OperationStatus.Done && belongs(rune))
        {
            end += length;
        }

        return end;
    }

    // The fillers are letters that nobody sees.
    private static bool IsWordRune(Rune rune) =>
        rune.Value is not (0x3164 or 0x115F or 0x1160 or 0xFFA0)
        && (Rune.IsLetter(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private static bool IsTagRune(Rune rune) => IsWordRune(rune) || rune.Value == '_';

    private static bool IsNameRune(Rune rune) => IsWordRune(rune) || rune.Value is '.' or '_' or '-';

    private static List<string> Readings(string name)
    {
        var readings = new List<string>();
        for (var i = 0; i <= MaxTrimmed && name.Length > 0; i++)
        {
            if (name.Length <= MaxName)
            {
                readings.Add(name);
            }

            if (name[^1] is not ('.' or '_' or '-'))
            {
                break;
            }

            name = name[..^1];
        }

        return readings;
    }

    /// <summary>Without the dot, quote or bracket that belongs to the sentence; a bracket that was opened within the link stays.</summary>
    private static ReadOnlySpan<char> Closed(ReadOnlySpan<char> link)
    {
        var (open, close) = (link.Count('('), link.Count(')'));
        while (link.Length > 0)
        {
            switch (link[^1])
            {
                case '.' or ',' or '!' or '?' or ';' or ':' or '\'' or ']' or '}' or '*' or '。' or '、' or '…' or '’' or '”':
                    break;
                case ')' when close > open:
                    close--;
                    break;
                default:
                    return link;
            }

            link = link[..^1];
        }

        return link;
    }
}

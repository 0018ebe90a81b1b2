using System.Globalization;

namespace Madang.Notifications.Templates;

/// <summary>BCP 47 names of languages, as people send them.</summary>
internal static class Locales
{
    public const int MaxLength = 35;

    /// <summary>A language of two or three letters with subtags of one to eight letters and digits.</summary>
    public static bool IsValid(ReadOnlySpan<char> locale)
    {
        if (locale.Length is < 2 or > MaxLength)
        {
            return false;
        }

        var isFirst = true;
        foreach (var range in locale.Split('-'))
        {
            var tag = locale[range];
            if (tag.Length is 0 or > 8 || (isFirst && tag.Length is < 2 or > 3))
            {
                return false;
            }

            foreach (var letter in tag)
            {
                if (!char.IsAsciiLetter(letter) && (isFirst || !char.IsAsciiDigit(letter)))
                {
                    return false;
                }
            }

            isFirst = false;
        }

        return true;
    }

    /// <summary>As it is usually written: <c>zh-Hant-TW</c>.</summary>
    public static string Canonical(string locale)
    {
        var tags = locale.Split('-');
        tags[0] = tags[0].ToLowerInvariant();
        for (var i = 1; i < tags.Length; i++)
        {
            tags[i] = tags[i].Length switch
            {
                2 => tags[i].ToUpperInvariant(),
                4 when char.IsAsciiLetter(tags[i][0]) => char.ToUpperInvariant(tags[i][0]) + tags[i][1..].ToLowerInvariant(),
                _ => tags[i].ToLowerInvariant(),
            };
        }

        return string.Join('-', tags);
    }

    /// <summary>How dates and numbers are written for somebody who wants <paramref name="wanted"/> and gets words in <paramref name="words"/>: never two languages in one sentence.</summary>
    public static CultureInfo Culture(string wanted, string words)
    {
        try
        {
            var culture = CultureInfo.GetCultureInfo(words);
            var finer = CultureInfo.GetCultureInfo(wanted);
            return finer.TwoLetterISOLanguageName == culture.TwoLetterISOLanguageName ? finer : culture;
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }
}

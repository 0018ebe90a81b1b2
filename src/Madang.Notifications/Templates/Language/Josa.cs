using System.Text;

namespace Madang.Notifications.Templates.Language;

/// <summary>
/// Which of two forms a Korean particle takes after a word: by whether its last sound ends in a consonant. Of Hangul that is written in the syllable; digits are
/// read as Sino-Korean numbers; of Latin words it is known for most last letters, and where it is not both forms are written, as people do: 은(는).
/// </summary>
internal static class Josa
{
    private const char FirstSyllable = '가';
    private const char LastSyllable = '힣';
    private const int Rieul = 8;

    // After a consonant, after a vowel, after either.
    private static readonly (string Closed, string Open, string Both)[] s_pairs =
    [
        ("은", "는", "은(는)"), ("이", "가", "이(가)"), ("을", "를", "을(를)"), ("과", "와", "와(과)"), ("으로", "로", "(으)로"), ("아", "야", "아(야)"),
        ("이에요", "예요", "이에요(예요)"), ("이랑", "랑", "(이)랑"), ("이나", "나", "(이)나"),
    ];

    private enum Ending
    {
        Open = 1,
        Closed,

        /// <summary>ㄹ, after which 로 stays as after a vowel.</summary>
        Rieul,
        Unknown,
    }

    public static IReadOnlyList<string> Pairs { get; } = [.. s_pairs.Select(pair => pair.Closed == "과" ? "와/과" : $"{pair.Closed}/{pair.Open}")];

    /// <param name="pair">Both forms with a slash between, in any order; or one of them.</param>
    /// <returns>Null for a pair that there is not.</returns>
    public static string? After(string word, string pair)
    {
        foreach (var (closed, open, both) in s_pairs)
        {
            if (pair == closed || pair == open || pair == $"{closed}/{open}" || pair == $"{open}/{closed}")
            {
                return EndingOf(word) switch
                {
                    Ending.Open => open,
                    Ending.Rieul => closed == "으로" ? open : closed,
                    Ending.Closed => closed,
                    _ => both,
                };
            }
        }

        return null;
    }

    private static Ending EndingOf(string word)
    {
        var text = word.IsNormalized() ? word : word.Normalize(NormalizationForm.FormC);
        var end = text.Length - 1;
        while (end >= 0 && !char.IsLetterOrDigit(text[end]))
        {
            // An emoji is no letter, and who knows how it is read.
            if (char.IsSurrogate(text[end]))
            {
                return Ending.Unknown;
            }

            end--;
        }

        if (end < 0)
        {
            return Ending.Unknown;
        }

        var last = text[end];
        return last switch
        {
            >= FirstSyllable and <= LastSyllable => OfFinal((last - FirstSyllable) % 28),
            >= 'ㄱ' and <= 'ㅎ' => last == 'ㄹ' ? Ending.Rieul : Ending.Closed,
            >= 'ㅏ' and <= 'ㅣ' => Ending.Open,
            >= '0' and <= '9' => OfDigit(last),
            (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => OfLatin(text.AsSpan(0, end + 1)),
            _ => Ending.Unknown,
        };
    }

    private static Ending OfFinal(int final) => final switch { 0 => Ending.Open, Rieul => Ending.Rieul, _ => Ending.Closed };

    // 영 일 이 삼 사 오 육 칠 팔 구; ten, hundred, thousand and ten thousand end in consonants as 영 does.
    private static Ending OfDigit(char digit) => digit switch
    {
        '1' or '7' or '8' => Ending.Rieul,
        '0' or '3' or '6' => Ending.Closed,
        _ => Ending.Open,
    };

    private static Ending OfLatin(ReadOnlySpan<char> text)
    {
        var start = text.Length;
        while (start > 0 && char.IsAsciiLetter(text[start - 1]))
        {
            start--;
        }

        var word = text[start..];
        var last = char.ToLowerInvariant(word[^1]);

        // Spelled out, as SQL and PDF are: 엘 엠 엔 알 and none else end in a consonant.
        if (word.IndexOfAnyInRange('a', 'z') < 0)
        {
            return last switch { 'l' or 'r' => Ending.Rieul, 'm' or 'n' => Ending.Closed, _ => Ending.Open };
        }

        return last switch
        {
            'l' => Ending.Rieul,
            'm' or 'n' => Ending.Closed,
            'b' or 'c' or 'e' or 'k' or 'p' or 'q' or 't' => Ending.Unknown,
            'g' when word is [.., 'n' or 'N', _] => Ending.Closed,
            _ => Ending.Open,
        };
    }
}

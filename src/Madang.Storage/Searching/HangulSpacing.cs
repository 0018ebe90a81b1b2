namespace Madang.Storage.Searching;

/// <summary>
/// Other spacings of a Hangul word, as phrases of the terms that a text spaced so would hold: 검색엔진 as 검색 엔진. They stand on the side of the query, so that the index holds nothing for
/// them and 가방 is not found in 아버지가 방에: a part of one syllable must be a word of its own.
/// </summary>
internal static class HangulSpacing
{
    // Longer words are sentences without spaces; each space more would square what is asked.
    private const int MostSyllables = 12;

    /// <param name="word">A run of syllables.</param>
    /// <param name="before">The run before it; empty when there is none.</param>
    public static IEnumerable<QueryPhrase> Of(string word, string before)
    {
        if (!IsHangul(word))
        {
            yield break;
        }

        // 검색 창 in 검색창: a last syllable stands only in the pair with the one before.
        if (word.Length == 1 && before.Length > 0 && IsHangul(before[^1..]))
        {
            yield return new QueryPhrase([before[^1] + word], false);
        }

        if (word.Length is < 3 or > MostSyllables)
        {
            // 1 + 1: a word of one syllable before another.
            if (word.Length == 2)
            {
                yield return new QueryPhrase([word[..1], word[1..]], true);
            }

            yield break;
        }

        for (var first = 1; first < word.Length; first++)
        {
            yield return Spaced(word, first, word.Length);
            // Two spaces: only the last part may be a single syllable.
            for (var second = first + 2; first >= 2 && second < word.Length; second++)
            {
                yield return Spaced(word, first, second);
            }
        }
    }

    /// <summary>The pairs of each part; a part of one syllable is a term.</summary>
    private static QueryPhrase Spaced(string word, int first, int second)
    {
        var terms = new List<string>(word.Length);
        foreach (var (from, to) in new[] { (0, first), (first, second), (second, word.Length) })
        {
            if (to - from == 1)
            {
                terms.Add(word[from..to]);
            }

            for (var at = from; at + 1 < to; at++)
            {
                terms.Add(word.Substring(at, 2));
            }
        }

        // The last part may go on, a particle follows it: a single syllable as the beginning of a pair, pairs by themselves.
        return new QueryPhrase(terms, terms[^1].Length == 1);
    }

    private static bool IsHangul(string text) => text.Length > 0 && text.All(letter => letter is >= '가' and <= '힣');
}

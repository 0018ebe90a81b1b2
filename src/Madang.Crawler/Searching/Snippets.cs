using System.Text;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>A piece of a snippet; a hit is what the query found.</summary>
internal sealed record SnippetPart(string Text, bool Hit);

/// <summary>Cuts the piece of a text out that shows most of what was looked for.</summary>
internal static class Snippets
{
    // UTF-16 code units.
    private const int Length = 180;
    private const int Before = 40;
    private const int MostHits = 400;

    public static IReadOnlyList<SnippetPart> Cut(string text, SearchQuery query)
    {
        var hits = Hits(text, query);
        var from = hits.Count == 0 ? 0 : WordStart(text, Math.Max(0, hits[Best(hits)].Start - Before));
        var to = WordEnd(text, Math.Min(text.Length, from + Length), from);
        var parts = new List<SnippetPart>();
        var at = from;
        foreach (var hit in hits.Where(hit => hit.Start >= from && hit.End <= to))
        {
            Add(parts, text, at, hit.Start, false);
            Add(parts, text, Math.Max(at, hit.Start), hit.End, true);
            at = Math.Max(at, hit.End);
        }

        Add(parts, text, at, to, false);
        return parts;
    }

    /// <summary>Merged ranges of the text that match a term of the query; a phrase of several terms where they follow one another.</summary>
    private static List<Hit> Hits(string text, SearchQuery query)
    {
        var hits = new List<Hit>();
        var terms = new SearchTerms(text);
        var recent = new List<(string Text, SearchTerm Term)>();
        var phrases = query.Clauses.SelectMany((clause, i) => clause.Phrases.Select(phrase => (Phrase: phrase, Clause: i))).ToList();
        var longest = phrases.Max(each => each.Phrase.Terms.Count);
        foreach (var term in terms)
        {
            if (recent.Count == longest)
            {
                recent.RemoveAt(0);
            }

            recent.Add((terms.Text(term), term));
            foreach (var (phrase, clause) in phrases)
            {
                if (Start(phrase, recent) is { } start)
                {
                    Merge(hits, new Hit(start, End(phrase, text, term), clause));
                }
            }

            if (hits.Count >= MostHits)
            {
                break;
            }
        }

        return hits;
    }

    /// <summary>Where the phrase begins if it ends with the newest term.</summary>
    private static int? Start(QueryPhrase phrase, List<(string Text, SearchTerm Term)> recent)
    {
        var first = recent.Count - phrase.Terms.Count;
        if (first < 0)
        {
            return null;
        }

        for (var i = 0; i < phrase.Terms.Count; i++)
        {
            var here = recent[first + i].Text;
            var isLast = i == phrase.Terms.Count - 1;
            if (!(isLast && phrase.IsPrefix ? here.StartsWith(phrase.Terms[i], StringComparison.Ordinal) : here == phrase.Terms[i]))
            {
                return null;
            }
        }

        return recent[first].Term.Start;
    }

    /// <summary>A single syllable that was looked for is marked alone, not with its neighbour.</summary>
    private static int End(QueryPhrase phrase, string text, SearchTerm term) =>
        phrase is { IsPrefix: true, Terms: [.., { Length: 1 }] } && term is { IsSyllables: true, Length: > 1 } && !char.IsSurrogate(text[term.Start]) ? term.Start + 1 : term.End;

    private static void Merge(List<Hit> hits, Hit hit)
    {
        if (hits.Count > 0 && hit.Start <= hits[^1].End && hit.Start >= hits[^1].Start)
        {
            hits[^1] = hits[^1] with { End = Math.Max(hits[^1].End, hit.End) };
        }
        else if (hits.Count == 0 || hit.Start > hits[^1].End)
        {
            hits.Add(hit);
        }
    }

    /// <summary>The hit from which the next stretch shows most different clauses; the first of equals.</summary>
    private static int Best(List<Hit> hits)
    {
        var (best, most) = (0, 0);
        for (var i = 0; i < hits.Count; i++)
        {
            var seen = 0UL;
            for (var j = i; j < hits.Count && hits[j].End <= hits[i].Start + Length - Before; j++)
            {
                seen |= 1UL << (hits[j].Clause & 63);
            }

            var count = System.Numerics.BitOperations.PopCount(seen);
            if (count > most)
            {
                (best, most) = (i, count);
            }
        }

        return best;
    }

    private static int WordStart(string text, int at)
    {
        for (var back = 0; at > 0 && back < Before / 2 && !char.IsWhiteSpace(text[at - 1]); back++)
        {
            at--;
        }

        return at > 0 && char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }

    private static int WordEnd(string text, int at, int from)
    {
        for (var end = at; at < text.Length && end > from && end > at - Before; end--)
        {
            if (char.IsWhiteSpace(text[end]))
            {
                return end;
            }
        }

        return at < text.Length && char.IsLowSurrogate(text[at]) ? at + 1 : at;
    }

    /// <summary>Line ends and runs of spaces become one space.</summary>
    private static void Add(List<SnippetPart> parts, string text, int from, int to, bool isHit)
    {
        if (to <= from)
        {
            return;
        }

        var part = new StringBuilder(to - from);
        foreach (var letter in text.AsSpan(from, to - from))
        {
            if (!char.IsWhiteSpace(letter))
            {
                _ = part.Append(letter);
            }
            else if (part.Length == 0 || part[^1] != ' ')
            {
                _ = part.Append(' ');
            }
        }

        parts.Add(new SnippetPart(part.ToString(), isHit));
    }

    private readonly record struct Hit(int Start, int End, int Clause);
}

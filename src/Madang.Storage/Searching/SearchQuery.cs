using Madang.Api;

namespace Madang.Storage.Searching;

/// <summary>
/// What is looked for: every clause must be there. A clause is a word, a run of syllables (its pairs next to one another), or a phrase in quotation marks; <c>word*</c> and a single
/// syllable match beginnings. Korean is spaced as people like: outside of quotation marks 검색엔진 is found in 검색 엔진 too, and the other way round (<see cref="HangulSpacing"/>).
/// </summary>
public sealed record SearchQuery(IReadOnlyList<QueryClause> Clauses)
{
    public const int MaxLength = 256;
    public const int MaxTerms = 32;

    /// <summary>Reads what a person typed.</summary>
    public static Result<SearchQuery> Parse(string? q)
    {
        var checkedText = Madang.Api.Text.Line(q, "q", MaxLength);
        if (!checkedText.IsOk)
        {
            return checkedText.Error;
        }

        var clauses = new List<QueryClause>();
        var terms = 0;
        foreach (var (text, isPhrase) in Parts(checkedText.Value))
        {
            Add(text, isPhrase, clauses, ref terms);
        }

        return terms switch
        {
            0 => ApiErrors.Invalid("q", "required", "q holds nothing that can be looked for."),
            > MaxTerms => ApiErrors.Invalid("q", "too_long", $"q may hold {MaxTerms} words or pairs of syllables."),
            _ => new SearchQuery(clauses),
        };
    }

    /// <summary>What stands in quotation marks, and what stands between.</summary>
    private static IEnumerable<(string Text, bool IsPhrase)> Parts(string text)
    {
        var parts = text.Replace('“', '"').Replace('”', '"').Split('"');
        // An odd mark at the end quotes nothing.
        return parts.Select((part, i) => (part, i % 2 == 1 && i < parts.Length - 1));
    }

    private static void Add(string text, bool isPhrase, List<QueryClause> clauses, ref int terms)
    {
        var runs = Runs(text, isPhrase, ref terms);
        for (var i = 0; i < runs.Count && terms <= MaxTerms; i++)
        {
            var run = runs[i];
            var phrase = new QueryPhrase(run.Terms, run.IsBeginning);
            clauses.Add(new QueryClause(isPhrase ? [phrase] : [phrase, .. HangulSpacing.Of(text[run.Start..run.End], i > 0 ? text[runs[i - 1].Start..runs[i - 1].End] : "")]));
        }
    }

    /// <summary>Words, and runs of syllables, whose pairs overlap; a phrase is one run.</summary>
    private static List<Run> Runs(string text, bool isPhrase, ref int terms)
    {
        var runs = new List<Run>();
        var cut = new SearchTerms(text);
        var last = default(SearchTerm);
        foreach (var term in cut)
        {
            if (++terms > MaxTerms)
            {
                break;
            }

            if (runs.Count == 0 || !(isPhrase || (term.IsSyllables && last.IsSyllables && term.Start < last.End)))
            {
                runs.Add(new Run([], term.Start, term.End, false));
            }

            var run = runs[^1];
            run.Terms.Add(cut.Text(term));
            var isBeginning = !isPhrase && ((term.End < text.Length && text[term.End] == '*') || (term.IsSyllables && run.Terms.Count == 1 && term.Length == 1));
            runs[^1] = run with { End = term.End, IsBeginning = isBeginning };
            last = term;
        }

        return runs;
    }

    private readonly record struct Run(List<string> Terms, int Start, int End, bool IsBeginning);
}

/// <param name="Phrases">One of them must be there; the first is what was typed.</param>
public sealed record QueryClause(IReadOnlyList<QueryPhrase> Phrases);

/// <param name="Terms">Next to one another, in this order.</param>
/// <param name="IsPrefix">The last term is the beginning of what may stand there.</param>
public sealed record QueryPhrase(IReadOnlyList<string> Terms, bool IsPrefix);

using Madang.Api;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>
/// What is looked for: every clause must be there. A clause is a word, a run of syllables (its pairs next to one another), or a phrase in quotation marks; <c>word*</c> and a single
/// syllable match beginnings.
/// </summary>
internal sealed record SearchQuery(IReadOnlyList<QueryClause> Clauses)
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
        var cut = new SearchTerms(text);
        List<string>? run = null;
        var last = default(SearchTerm);
        foreach (var term in cut)
        {
            terms++;
            if (terms > MaxTerms)
            {
                return;
            }

            // The pairs of one run overlap by a syllable.
            if (run is null || !(isPhrase || (term.IsSyllables && last.IsSyllables && term.Start < last.End)))
            {
                clauses.Add(new QueryClause(run = [], false));
            }

            run.Add(cut.Text(term));
            if (!isPhrase)
            {
                var isBeginning = (term.End < text.Length && text[term.End] == '*') || (term.IsSyllables && run.Count == 1 && term.Length == 1);
                clauses[^1] = new QueryClause(run, isBeginning);
            }

            last = term;
        }
    }
}

/// <param name="Terms">Next to one another, in this order.</param>
/// <param name="IsPrefix">The last term is the beginning of what may stand there.</param>
internal sealed record QueryClause(IReadOnlyList<string> Terms, bool IsPrefix);

using System.Globalization;
using System.Text;
using Madang.Storage.Searching;

namespace Madang.Postgres;

/// <summary>Our own terms as PostgreSQL's tsvector and tsquery. Terms hold letters, digits and marks alone: quoted they need no escape.</summary>
internal static class TsText
{
    /// <summary>Adds terms, parted by single spaces, with their positions; PostgreSQL counts these up to 16,383.</summary>
    /// <param name="weight">A to D, or nothing.</param>
    public static void Add(StringBuilder vector, string terms, int position, string weight)
    {
        foreach (var term in terms.AsSpan().Split(' '))
        {
            if (term.Start.Value < term.End.Value)
            {
                _ = vector.Append('\'').Append(terms.AsSpan(term)).Append(CultureInfo.InvariantCulture, $"':{position}{weight} ");
            }

            position++;
        }
    }

    public static string Match(SearchQuery query) =>
        string.Join(" & ", query.Clauses.Select(clause => "(" + string.Join(" | ", clause.Phrases.Select(Match)) + ")"));

    private static string Match(QueryPhrase phrase) =>
        "(" + string.Join(" <-> ", phrase.Terms.Select((term, i) => $"'{term}'{(phrase.IsPrefix && i == phrase.Terms.Count - 1 ? ":*" : "")}")) + ")";
}

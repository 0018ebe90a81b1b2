using System.Text;
using Madang.Storage.Searching;

namespace Madang.Sqlite;

/// <summary>A search as FTS5 reads it (sqlite.org/fts5.html §3).</summary>
internal static class FtsMatch
{
    /// <summary>Terms hold letters, digits and marks alone: nothing in them is FTS5's syntax once they are quoted.</summary>
    public static string Of(SearchQuery query)
    {
        var match = new StringBuilder();
        foreach (var clause in query.Clauses)
        {
            _ = match.Append(match.Length > 0 ? " AND (" : "(");
            for (var i = 0; i < clause.Phrases.Count; i++)
            {
                var (terms, isPrefix) = clause.Phrases[i];
                _ = match.Append(i > 0 ? " OR \"" : "\"").AppendJoin(' ', terms).Append(isPrefix ? "\" *" : "\"");
            }

            _ = match.Append(')');
        }

        return match.ToString();
    }
}

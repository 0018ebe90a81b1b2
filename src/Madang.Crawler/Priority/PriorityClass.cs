using System.Numerics;

namespace Madang.Crawler.Priority;

/// <summary>One reason for a class: <c>{ "term": "depth", "classes": 4, "why": "3 links from a seed", "amount": 3 }</c>. Positive is later.</summary>
/// <param name="Amount">The number that <paramref name="Why"/> tells: links, importance, share of visits, priority of a sitemap, days.</param>
/// <param name="Rules">Of the term <c>boost</c>.</param>
public sealed record PriorityTerm(string Term, int Classes, string Why, double? Amount = null, IReadOnlyList<BoostRule>? Rules = null);

/// <summary>
/// The priority class of a waiting URL, 0 (first) to 15: a sum of terms, so that it can be explained. Within a class the order is that of discovery, so that a crawl goes breadth first
/// until something speaks for a page.
/// </summary>
internal static class PriorityClass
{
    public const int Last = 15;

    /// <summary>The most classes that importance can win: 2^6 times the base, as much as a page that is linked from a tenth of a thousand pages.</summary>
    public const int MostSteps = 6;

    /// <summary>The sum of all terms but importance; may lie beyond 0 to 15.</summary>
    public static int Offset(in UrlHints hints) =>
        DepthTerm(hints.Depth) + ChangeTerm(hints.ChangeRate) + SitemapTerm(hints.SitemapPriority) + ModifiedTerm(hints.ModifiedAgo) - hints.Boost;

    /// <param name="offset"><see cref="Offset"/>.</param>
    public static int Of(int offset, float cash) => Math.Clamp(offset - Math.Min(Importance.Step(cash), MostSteps), 0, Last);

    public static int Of(in UrlHints hints, float cash) => Of(Offset(hints), cash);

    /// <summary>The terms of <see cref="Of(in UrlHints, float)"/> that are not zero. They sum to the class, cut to 0 to 15.</summary>
    public static IReadOnlyList<PriorityTerm> Explain(in UrlHints hints, float cash)
    {
        var terms = new List<PriorityTerm>(6);
        Add(terms, "depth", DepthTerm(hints.Depth), hints.Depth == 1 ? "1 link from a seed" : $"{hints.Depth} links from a seed", hints.Depth);
        Add(terms, "importance", -Math.Min(Importance.Step(cash), MostSteps), FormattableString.Invariant($"importance {Importance.Base + cash:0.##}"), Importance.Base + cash);
        Add(terms, "changes", ChangeTerm(hints.ChangeRate), FormattableString.Invariant($"changed at {hints.ChangeRate * 100:0} % of its visits"), hints.ChangeRate);
        Add(terms, "sitemap_priority", SitemapTerm(hints.SitemapPriority), FormattableString.Invariant($"its sitemap says {hints.SitemapPriority:0.0#}"), hints.SitemapPriority);
        Add(terms, "modified", ModifiedTerm(hints.ModifiedAgo), FormattableString.Invariant($"changed {hints.ModifiedAgo?.TotalDays:0.#} days ago, as its sitemap or feed says"), hints.ModifiedAgo?.TotalDays);
        Add(terms, "boost", -hints.Boost, "boost rules of this crawl");
        return terms;
    }

    // 0, 2, 3, 4, 4, 5, 5, 6 … 12 at 63: twice the logarithm, since the number of pages grows exponentially with depth.
    private static int DepthTerm(int depth)
    {
        var links = (uint)Math.Clamp(depth, 0, 1 << 20) + 1;
        var whole = BitOperations.Log2(links);
        return 2 * whole + (links * 10 >= (1u << whole) * 14 ? 1 : 0);
    }

    private static int ChangeTerm(double? rate) => rate switch
    {
        >= 0.75 => -2,
        >= 0.4 => -1,
        <= 0.05 => 1,
        _ => 0,
    };

    private static int SitemapTerm(double? priority) => priority switch
    {
        >= 0.8 => -1,
        <= 0.2 => 1,
        _ => 0,
    };

    private static int ModifiedTerm(TimeSpan? ago) => ago is { Ticks: >= 0 } t ? t.TotalDays <= 1 ? -2 : t.TotalDays <= 7 ? -1 : 0 : 0;

    private static void Add(List<PriorityTerm> terms, string term, int classes, string why, double? amount = null)
    {
        if (classes != 0)
        {
            terms.Add(new PriorityTerm(term, classes, why, amount is { } number ? Math.Round(number, 3) : null));
        }
    }
}

namespace Madang.Crawler.Priority;

/// <summary>
/// Pages that this crawl wants sooner or later than others. <see cref="Pattern"/> is matched from the beginning of the URL, or of path and query when it starts with a slash; <c>*</c> stands for any
/// text and a <c>$</c> at the end for the end, as in robots.txt.
/// </summary>
/// <param name="Classes">1 to 15 is sooner, -1 to -15 later; the rules that match are added up.</param>
public sealed record BoostRule(string Pattern, int Classes);

/// <summary>The boost rules of a crawl, made ready. Matching takes one pass over the URL for each rule and allocates nothing.</summary>
internal sealed class BoostRules
{
    public const int MostRules = 64;

    private readonly (BoostRule Rule, UrlPattern Pattern, bool OnPath, int Classes)[] _rules;

    /// <param name="rules">Those beyond <see cref="MostRules"/> are not looked at.</param>
    public BoostRules(IReadOnlyList<BoostRule> rules) =>
        _rules = [.. rules.Take(MostRules).Select(r => (r, new UrlPattern(r.Pattern), r.Pattern.StartsWith('/'), Math.Clamp(r.Classes, -PriorityClass.Last, PriorityClass.Last)))];

    /// <summary>The boost of a URL, -15 to 15.</summary>
    public int Of(ReadOnlySpan<byte> href, ReadOnlySpan<byte> pathAndQuery)
    {
        var sum = 0;
        foreach (var (_, pattern, onPath, classes) in _rules)
        {
            if (pattern.IsMatch(onPath ? pathAndQuery : href))
            {
                sum += classes;
            }
        }
        return Math.Clamp(sum, -PriorityClass.Last, PriorityClass.Last);
    }

    /// <summary>The rules that make it up.</summary>
    public IReadOnlyList<BoostRule> Matching(byte[] href, byte[] pathAndQuery) =>
        [.. _rules.Where(each => each.Pattern.IsMatch(each.OnPath ? pathAndQuery : href)).Select(each => each.Rule)];
}

using Microsoft.Extensions.Options;

namespace Madang.Feeds.Ranking;

/// <summary>
/// A ranking that can be told in one sentence: what is new, by whom the reader cares for, what many answered and what bears a followed tag stands higher, and nobody fills the page. Each
/// part is from 0 to 1 times a weight that the operator sets, and what they add up to is shown with each post.
/// <list type="bullet">
/// <item>Affinity, weight and decay by age are the three factors of Facebook's EdgeRank (shown at f8, 2010).</item>
/// <item>Counts on a logarithm, so that the first ten count as much as the next ninety, are those of Reddit's "hot" (its published source, <c>_sorts.pyx</c>).</item>
/// <item>An author's further posts count less, down to a floor, by the formula of X's author diversity (twitter/the-algorithm, home-mixer, 2023).</item>
/// </list>
/// </summary>
internal sealed class ScoredRanker(IOptions<FeedsOptions> options) : IRanker
{
    public const string Recency = "recency";
    public const string Affinity = "affinity";
    public const string Engagement = "engagement";
    public const string Tag = "tag";
    public const string Repeat = "repeat";

    /// <summary>So much closeness counts as 1, and so does everything beyond.</summary>
    private const double FullCloseness = 50;

    /// <summary>Likewise of engagement, as a power of ten.</summary>
    private const double FullEngagement = 4;

    /// <summary>The share of its score that an author's last post keeps at least.</summary>
    private const double RepeatFloor = 0.25;

    private readonly FeedsOptions _options = options.Value;

    public string Name => "scored";

    public IReadOnlyList<RankedPost> Rank(IReadOnlyList<RankCandidate> candidates, DateTimeOffset now)
    {
        // Newer first among equals, before and after: the same candidates have one order.
        var plain = candidates
            .Select(candidate => (Candidate: candidate, Factors: FactorsOf(candidate, now)))
            .Select(one => (one.Candidate, one.Factors, Sum: one.Factors.Sum(factor => (double)factor.Points)))
            .OrderByDescending(one => one.Sum).ThenByDescending(one => one.Candidate.Id.Value);
        var before = new Dictionary<long, int>();
        var ranked = new List<RankedPost>(candidates.Count);
        foreach (var (candidate, factors, sum) in plain)
        {
            var nth = before.GetValueOrDefault(candidate.Author.Value);
            before[candidate.Author.Value] = nth + 1;
            var lost = sum * (1 - RepeatFloor) * (Math.Pow(_options.RankRepeat, nth) - 1);
            factors[^1] = new RankFactor(Repeat, nth, (float)_options.RankRepeat, (float)lost);
            ranked.Add(new RankedPost(candidate.Id, sum + lost, factors));
        }

        return [.. ranked.OrderByDescending(post => post.Score).ThenByDescending(post => post.Id.Value)];
    }

    /// <summary>With room for the last one, which depends on what stands before.</summary>
    private RankFactor[] FactorsOf(RankCandidate candidate, DateTimeOffset now)
    {
        var hours = Math.Max(0, (now - candidate.At).TotalHours);
        var closeness = candidate.Closeness.Reactions + (2.0 * candidate.Closeness.Comments);
        var counts = candidate.Counts;
        var reactions = 0L;
        for (var kind = Posts.ReactionKind.Like; kind <= Posts.ReactionKind.Angry; kind++)
        {
            reactions += counts.Of(kind);
        }

        var engagement = reactions + (2.0 * counts.Comments) + (3.0 * counts.Shares);
        return
        [
            Of(Recency, Math.Pow(2, -hours / _options.RankHalfLifeHours), _options.RankRecency),
            Of(Affinity, Math.Log(1 + closeness) / Math.Log(1 + FullCloseness), _options.RankAffinity),
            Of(Engagement, Math.Log10(1 + engagement) / FullEngagement, _options.RankEngagement),
            Of(Tag, candidate.IsTagged ? 1 : 0, _options.RankTag),
            default,
        ];
    }

    private static RankFactor Of(string name, double value, double weight) =>
        new(name, (float)Math.Min(1, value), (float)weight, (float)(Math.Min(1, value) * weight));
}

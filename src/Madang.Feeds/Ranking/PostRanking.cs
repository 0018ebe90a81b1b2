using System.Text.Json.Serialization;

namespace Madang.Feeds.Ranking;

/// <summary>What a post's score is made of.</summary>
/// <param name="Score">The sum of the factors' points.</param>
/// <param name="Factors">recency, affinity, engagement, tag, repeat.</param>
public sealed record PostRanking(string Ranker, double Score, IReadOnlyList<PostFactor> Factors)
{
    /// <summary>Where it stands in your last reading, from 1; absent when it was not among the posts that were ranked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Place { get; init; }

    internal static PostRanking Of(string ranker, RankedPost post, int? place) => new(
        ranker, Round(post.Score), [.. post.Factors.Select(factor => new PostFactor(factor.Name, Round(factor.Value), Round(factor.Weight), Round(factor.Points)))])
    {
        Place = place,
    };

    // What differs behind the fourth place decides nothing that anybody sees.
    private static double Round(double value) => Math.Round(value, 4);
}

/// <param name="Value">0 to 1; of repeat how many posts of the same author stand before it.</param>
/// <param name="Weight">As the operator set it.</param>
/// <param name="Points">What it added to the score, or took from it.</param>
public sealed record PostFactor(string Name, double Value, double Weight, double Points);

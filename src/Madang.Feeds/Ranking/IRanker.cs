using Madang.Api;
using Madang.Feeds.Posts;

namespace Madang.Feeds.Ranking;

/// <summary>A way to order the home feed. Without one it is in the order of time, which needs no ranker: it is the order of the ids. Register it as a service.</summary>
internal interface IRanker
{
    /// <summary>As clients name it: 1 to 32 of <c>a–z 0–9 _</c>.</summary>
    string Name { get; }

    /// <summary>All candidates, best first, each with what its score is made of. Pure, and called once for a whole session of reading.</summary>
    IReadOnlyList<RankedPost> Rank(IReadOnlyList<RankCandidate> candidates, DateTimeOffset now);
}

/// <summary>A post of the feed and what a ranker may know of it.</summary>
/// <param name="Author">Who wrote or shared it.</param>
/// <param name="Counts">Of the post itself, or of what it shares.</param>
/// <param name="Closeness">What the reader did lately to posts of that author.</param>
/// <param name="IsTagged">It bears a tag that the reader follows, or what it shares does.</param>
internal sealed record RankCandidate(PostId Id, UserId Author, DateTimeOffset At, PostCounts Counts, Closeness Closeness, bool IsTagged);

/// <summary>How often the reader reacted to posts of somebody and answered them, among the last that they did.</summary>
internal readonly record struct Closeness(int Reactions, int Comments);

/// <param name="Score">The sum of its factors' points.</param>
internal sealed record RankedPost(PostId Id, double Score, RankFactor[] Factors);

/// <summary>A part of a score.</summary>
/// <param name="Name">Stable: what is explained by it.</param>
/// <param name="Value">What was found, by a scale of the factor's own.</param>
/// <param name="Weight">What it counts.</param>
/// <param name="Points">What it added to the score, or took from it.</param>
internal readonly record struct RankFactor(string Name, float Value, float Weight, float Points);

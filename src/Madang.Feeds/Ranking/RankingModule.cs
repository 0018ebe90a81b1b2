using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Ranking;

/// <summary>Orders of the home feed beside that of time.</summary>
internal static class RankingModule
{
    public static IServiceCollection AddRanking(this IServiceCollection services)
    {
        services.AddSingleton<IRanker, ScoredRanker>();
        services.AddSingleton<Rankers>();
        services.AddSingleton<Snapshots>();
        services.AddSingleton<RankedCandidates>();
        services.AddSingleton<RankedFeeds>();
        services.AddSingleton<RankedPages>();
        return services;
    }
}

/// <summary>The rankers by their names.</summary>
internal sealed class Rankers(IEnumerable<IRanker> rankers)
{
    /// <summary>The order of time, which is what a feed has without a ranker.</summary>
    public const string Chronological = "chronological";

    public IReadOnlyList<IRanker> All { get; } = [.. rankers];

    public IRanker? Find(string name) => All.FirstOrDefault(ranker => ranker.Name == name);

    /// <summary>For the refusal.</summary>
    public string Names => string.Join(" or ", All.Select(ranker => ranker.Name).Prepend(Chronological));
}

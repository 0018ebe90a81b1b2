using Madang.Api;

namespace Madang.Feeds.Ranking;

/// <summary>What somebody did lately, by whose posts they did it to.</summary>
internal interface IClosenessStore
{
    /// <summary>Of the reader's reactions to the newest <paramref name="reactions"/> posts that they did something to, and of their last <paramref name="comments"/> comments.</summary>
    Task<IReadOnlyDictionary<UserId, Closeness>> OfAsync(UserId reader, int reactions, int comments, CancellationToken cancellationToken);
}

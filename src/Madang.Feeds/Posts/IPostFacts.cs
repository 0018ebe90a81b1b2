using Madang.Api;

namespace Madang.Feeds.Posts;

/// <summary>What decides who sees a post, and what the viewer did with it, as the database has it now: asked there, or kept in memory (<see cref="FactsInMemory"/>).</summary>
internal interface IPostFacts
{
    /// <summary>
    /// Nothing older than what had been answered as written when the question began, and the epoch no older than any of the posts. Comments and shares are seen
    /// only with what they belong to: the caller asks for their <see cref="PostFacts.Root"/> and <see cref="PostFacts.ShareOf"/> as well, best in the same call.
    /// </summary>
    Task<PageFacts> OfAsync(UserId? viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken);
}

/// <param name="Epoch">The viewer's; 0 without one.</param>
/// <param name="Posts">One for each id, in order; null where there is no such row.</param>
/// <param name="Overlays">Likewise.</param>
internal sealed record PageFacts(long Epoch, PostFacts?[] Posts, Overlay[] Overlays)
{
    /// <summary>
    /// Whether the viewer's relations have changed since this graph was read. A graph that is newer than the epoch was read between a commit and its telling: it
    /// holds.
    /// </summary>
    public bool IsNewerThan(ViewerGraph graph) => Epoch > graph.Epoch;
}

using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>What was done to posts on any node, for one that keeps timelines: only where several nodes share a database.</summary>
internal interface IPostTail
{
    /// <summary>Where the log ends now: everything that committed before this call lies below.</summary>
    Task<TailPlace> EndAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What is visible beyond <paramref name="after"/>, in order. What committed beside a transaction that still runs comes too, and comes again: only
    /// settled entries move the place on.
    /// </summary>
    Task<IReadOnlyList<TailEntry>> AfterAsync(TailPlace after, int limit, CancellationToken cancellationToken);
}

/// <summary>A place in the order of commits.</summary>
internal readonly record struct TailPlace(ulong Transaction, long Seq);

/// <param name="IsSettled">No transaction can commit before it any more.</param>
internal sealed record TailEntry(TailPlace Place, bool IsSettled, PostFacts Facts, PostOp Op);

using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Feeds.Searching;

/// <summary>Which posts hold which words. It says nothing of who may see them.</summary>
internal interface IPostSearchStore
{
    /// <summary>Puts posts in, in place of what they had; whose terms are empty go out. At most a few: it is one transaction.</summary>
    void Put(WriteTx tx, IReadOnlyList<IndexedPost> posts);

    /// <summary>Those that match, newest first, older than <paramref name="before"/>.</summary>
    Task<IReadOnlyList<PostId>> FindAsync(SearchQuery query, PostId? before, int limit, CancellationToken cancellationToken);
}

/// <param name="Terms">In order, parted by single spaces (<see cref="SearchTerms.Line"/>); empty for a post that says nothing, or nothing any more.</param>
internal readonly record struct IndexedPost(PostId Id, string Terms);

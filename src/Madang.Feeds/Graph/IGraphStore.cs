using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Graph;

/// <summary>Epochs, and who stands how to whom, as timelines need it: over the rows of relations (Accounts), lists and followed tags.</summary>
internal interface IGraphStore
{
    /// <summary>Raises the epoch of each of <paramref name="ascending"/>, who are there once each.</summary>
    void Raise(WriteTx tx, IReadOnlyList<UserId> ascending);

    /// <summary>Everything in one snapshot, its epoch among it. What ended before <paramref name="now"/> is not there.</summary>
    Task<ViewerGraph> ReadAsync(UserId viewer, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Who follows <paramref name="author"/> or is a friend: ascending, each once, beyond <paramref name="after"/>, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<UserId>> FollowersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken);

    /// <summary>How many they are; not counted beyond <paramref name="atMost"/>, so that nobody's crowd makes it slow.</summary>
    Task<int> CountFollowersAsync(UserId author, int atMost, CancellationToken cancellationToken);
}

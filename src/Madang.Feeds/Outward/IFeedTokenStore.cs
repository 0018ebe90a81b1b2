using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Outward;

/// <summary>Whose home feed a token opens: one token a person, as its SHA-256 alone.</summary>
internal interface IFeedTokenStore
{
    /// <summary>In place of the one before.</summary>
    void Put(WriteTx tx, UserId owner, byte[] hash);

    void Delete(WriteTx tx, UserId owner);

    /// <summary>Since when; null without one.</summary>
    Task<DateTimeOffset?> FindAsync(UserId owner, CancellationToken cancellationToken);

    Task<UserId?> OwnerAsync(byte[] hash, CancellationToken cancellationToken);
}

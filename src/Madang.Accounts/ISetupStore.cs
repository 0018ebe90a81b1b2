using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Whether the community has had its first admin, and the links that may make one.</summary>
internal interface ISetupStore
{
    Task<bool> NeededAsync(CancellationToken cancellationToken);

    /// <summary>The same inside a transaction; the answer stays true until its commit.</summary>
    bool LockNeeded(WriteTx tx);

    /// <summary>Ends setup for ever and forgets all links.</summary>
    void Finish(WriteTx tx);

    /// <summary>Keeps a link's digest, and drops those that have expired.</summary>
    void AddLink(WriteTx tx, TokenDigest digest, DateTimeOffset expiresAt);

    /// <summary>When this link ends; null for an unknown one.</summary>
    Task<DateTimeOffset?> LinkExpiryAsync(TokenDigest digest, CancellationToken cancellationToken);
}

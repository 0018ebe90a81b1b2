using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>An invite; its code is kept as a digest alone.</summary>
internal sealed record Invite(long Id, int MaxUses, int Uses, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>Invites to register.</summary>
internal interface IInviteStore
{
    void Insert(WriteTx tx, Invite invite, TokenDigest digest);

    /// <summary>Whether it could be used now.</summary>
    Task<bool> IsOpenAsync(TokenDigest digest, CancellationToken cancellationToken);

    /// <summary>Locks an invite that has uses and time left; its id, or null.</summary>
    long? LockOpen(WriteTx tx, TokenDigest digest);

    void Use(WriteTx tx, long id);

    bool Delete(WriteTx tx, long id);

    /// <summary>By ascending id, used up and expired ones too while they are kept.</summary>
    Task<IReadOnlyList<Invite>> ListAsync(long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes at most <paramref name="limit"/> that expired before <paramref name="before"/>; how many.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

using Madang.Api;
using Madang.Storage;

namespace Madang.Accounts.Credentials;

/// <summary>Sessions, minted tokens and API keys.</summary>
internal interface ICredentialStore
{
    /// <summary>How long an answer of <see cref="FindAsync"/> may be believed without having heard of a change: other nodes end credentials too.</summary>
    TimeSpan Life { get; }

    void Insert(WriteTx tx, Credential credential, TokenDigest digest);

    /// <summary>By digest, expired ones too; null for unknown ones and for those of disabled people.</summary>
    Task<Credential?> FindAsync(TokenDigest digest, CancellationToken cancellationToken);

    /// <summary>Those of <paramref name="ids"/> that would still let somebody in.</summary>
    Task<IReadOnlySet<long>> StandingAsync(IReadOnlyCollection<long> ids, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Notes when they were last seen, and moves the end of those that slide.</summary>
    void Touch(WriteTx tx, IReadOnlyList<SeenCredential> seen);

    /// <summary>Deletes one; whether it was there. <paramref name="owner"/> null means an API key.</summary>
    bool End(WriteTx tx, long id, UserId? owner);

    /// <summary>Deletes all of a person but <paramref name="except"/>; with <paramref name="kind"/> only those. Answers their ids.</summary>
    IReadOnlyList<long> EndAll(WriteTx tx, UserId owner, CredentialKind? kind, long? except);

    /// <summary>A person's sessions that have not expired, by ascending id.</summary>
    Task<IReadOnlyList<Credential>> SessionsAsync(UserId owner, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<Credential>> ApiKeysAsync(long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes at most <paramref name="limit"/> that have expired; how many.</summary>
    int Prune(WriteTx tx, DateTimeOffset now, int limit);
}

internal readonly record struct SeenCredential(long Id, DateTimeOffset At, DateTimeOffset? ExpiresAt);

using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Addresses;

/// <summary>Port: the address book.</summary>
internal interface IAddressStore
{
    /// <summary>Whether this is a session of theirs, or a token minted for them, that has not expired; locked, so that it does not end meanwhile.</summary>
    bool LockDevice(WriteTx tx, UserId user, long credential);

    Address? Lock(WriteTx tx, AddressId id);

    /// <summary>Whoever holds this token, or subscription.</summary>
    Address? LockHolder(WriteTx tx, byte[] hash);

    /// <summary>The push address of a session.</summary>
    Address? LockOfDevice(WriteTx tx, long credential);

    /// <summary>Their e-mail address or number.</summary>
    Address? LockPersonal(WriteTx tx, UserId user, AddressKind kind);

    /// <summary>False, with nothing written, when somebody else took the token at this very moment.</summary>
    bool Insert(WriteTx tx, Address address);

    void Put(WriteTx tx, Address address);

    void Delete(WriteTx tx, AddressId id);

    /// <summary>Those of ended sessions left out; ascending.</summary>
    Task<IReadOnlyList<Address>> ListAsync(UserId user, DateTimeOffset now, CancellationToken cancellationToken);

    Task<Address?> FindAsync(AddressId id, CancellationToken cancellationToken);
}

/// <summary>An address that waits for its code.</summary>
/// <param name="Sent">How many codes were sent since <paramref name="FirstSentAt"/>.</param>
internal sealed record PendingAddress(
    UserId User, AddressKind Kind, string Value, byte[] CodeHash, int Tries, int Sent, DateTimeOffset FirstSentAt, DateTimeOffset SentAt, DateTimeOffset ExpiresAt);

/// <summary>Port: addresses that wait for their codes. One for each person and kind.</summary>
internal interface IPendingAddressStore
{
    PendingAddress? Lock(WriteTx tx, UserId user, AddressKind kind);

    void Put(WriteTx tx, PendingAddress pending);

    void Delete(WriteTx tx, UserId user, AddressKind kind);

    Task<IReadOnlyList<PendingAddress>> ListAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Those that ended before.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

/// <summary>An address that nothing is sent to, whoever has it.</summary>
/// <param name="Reason">The provider's word, or an admin's.</param>
internal sealed record Suppression(long Id, AddressKind Kind, string Value, string Reason, DateTimeOffset CreatedAt);

/// <summary>Port: the suppression list.</summary>
internal interface ISuppressionStore
{
    /// <summary>One that is there stays as it is.</summary>
    void Add(WriteTx tx, Suppression suppression);

    /// <summary>Whether it was there.</summary>
    bool Delete(WriteTx tx, long id);

    bool Has(WriteTx tx, byte[] hash);

    /// <summary>Newest first, below <paramref name="before"/>; with a hash that one alone.</summary>
    Task<IReadOnlyList<Suppression>> ListAsync(byte[]? hash, long? before, int limit, CancellationToken cancellationToken);
}

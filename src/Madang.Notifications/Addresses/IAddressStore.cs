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

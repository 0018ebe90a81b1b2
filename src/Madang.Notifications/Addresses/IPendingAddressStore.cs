using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Addresses;

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

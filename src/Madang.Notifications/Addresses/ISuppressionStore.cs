using Madang.Storage;

namespace Madang.Notifications.Addresses;

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

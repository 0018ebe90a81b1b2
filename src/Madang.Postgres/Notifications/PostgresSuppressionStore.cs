using Madang.Notifications.Addresses;
using Madang.Postgres.Accounts;
using Madang.Storage;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresSuppressionStore(PostgresDatabase database) : ISuppressionStore
{
    public void Add(WriteTx tx, Suppression suppression) => PostgresTx.Of(tx).Run(
        "INSERT INTO suppression (id, hash, kind, value, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
        suppression.Id, AddressHash.Of(suppression.Kind, suppression.Value), (short)suppression.Kind, suppression.Value, suppression.Reason, suppression.CreatedAt);

    public bool Delete(WriteTx tx, long id) => PostgresTx.Of(tx).Run("DELETE FROM suppression WHERE id = $1", id) == 1;

    public bool Has(WriteTx tx, byte[] hash)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT 1 FROM suppression WHERE hash = $1", hash);
        return select.ExecuteScalar() is not null;
    }

    public async Task<IReadOnlyList<Suppression>> ListAsync(byte[]? hash, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT id, kind, value, reason, created_at FROM suppression WHERE id < $1 {(hash is null ? "" : "AND hash = $3")} ORDER BY id DESC LIMIT $2")
            .With(before ?? long.MaxValue, (long)limit);
        if (hash is not null)
        {
            select.With(hash);
        }

        return await select.ReadAllAsync(
            row => new Suppression(row.GetInt64(0), (AddressKind)row.GetInt16(1), row.GetString(2), row.GetString(3), row.GetDateTime(4)), cancellationToken);
    }
}

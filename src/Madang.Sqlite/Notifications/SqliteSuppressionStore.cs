using Madang.Notifications.Addresses;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteSuppressionStore(SqliteDatabase database) : ISuppressionStore
{
    public void Add(WriteTx tx, Suppression suppression)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO suppression (id, hash, kind, value, reason, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hash) DO NOTHING");
        insert.Bind(1, suppression.Id).Bind(2, AddressHash.Of(suppression.Kind, suppression.Value)).Bind(3, (long)suppression.Kind).Bind(4, suppression.Value)
            .Bind(5, suppression.Reason).Bind(6, suppression.CreatedAt).Run();
    }

    public bool Delete(WriteTx tx, long id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM suppression WHERE id = ?1");
        return delete.Bind(1, id).Run() == 1;
    }

    public bool Has(WriteTx tx, byte[] hash)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT 1 FROM suppression WHERE hash = ?1");
        return select.Bind(1, hash).Step();
    }

    public Task<IReadOnlyList<Suppression>> ListAsync(byte[]? hash, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Suppression>>(
            connection =>
            {
                using var select = connection.Use(
                    $"SELECT id, kind, value, reason, created_at FROM suppression WHERE id < ?1 {(hash is null ? "" : "AND hash = ?3")} ORDER BY id DESC LIMIT ?2");
                select.Bind(1, before ?? long.MaxValue).Bind(2, limit);
                if (hash is not null)
                {
                    select.Bind(3, hash);
                }

                var all = new List<Suppression>();
                while (select.Step())
                {
                    all.Add(new(select.Int64(0), (AddressKind)select.Int32(1), select.Text(2), select.Text(3), select.Time(4)));
                }

                return all;
            },
            cancellationToken);
}

using Madang.Api;
using Madang.Feeds.Outward;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteFeedTokenStore(SqliteDatabase database) : IFeedTokenStore
{
    public void Put(WriteTx tx, UserId owner, byte[] hash)
    {
        using var put = SqliteTx.Of(tx).Use(
            "INSERT INTO feed_token (user_id, hash, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at");
        put.Bind(1, owner.Value).Bind(2, hash).Bind(3, tx.Now).Run();
    }

    public void Delete(WriteTx tx, UserId owner)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM feed_token WHERE user_id = ?1");
        delete.Bind(1, owner.Value).Run();
    }

    public Task<DateTimeOffset?> FindAsync(UserId owner, CancellationToken cancellationToken) => database.ReadAsync<DateTimeOffset?>(
        connection =>
        {
            using var select = connection.Use("SELECT created_at FROM feed_token WHERE user_id = ?1");
            return select.Bind(1, owner.Value).Step() ? select.Time(0) : null;
        },
        cancellationToken);

    public Task<UserId?> OwnerAsync(byte[] hash, CancellationToken cancellationToken) => database.ReadAsync<UserId?>(
        connection =>
        {
            using var select = connection.Use("SELECT user_id FROM feed_token WHERE hash = ?1");
            return select.Bind(1, hash).Step() ? new UserId(select.Int64(0)) : null;
        },
        cancellationToken);
}

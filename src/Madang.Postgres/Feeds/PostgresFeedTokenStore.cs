using Madang.Api;
using Madang.Feeds.Outward;
using Madang.Postgres.Accounts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresFeedTokenStore(PostgresDatabase database) : IFeedTokenStore
{
    public void Put(WriteTx tx, UserId owner, byte[] hash) => PostgresTx.Of(tx).Run(
        "INSERT INTO feed_token (user_id, hash, created_at) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at",
        owner.Value, hash, tx.Now);

    public void Delete(WriteTx tx, UserId owner) => PostgresTx.Of(tx).Run("DELETE FROM feed_token WHERE user_id = $1", owner.Value);

    public async Task<DateTimeOffset?> FindAsync(UserId owner, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT created_at FROM feed_token WHERE user_id = $1").With(owner.Value);
        return await select.ReadAllAsync(row => PostRows.Time(row, 0), cancellationToken) is [var at] ? at : null;
    }

    public async Task<UserId?> OwnerAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT user_id FROM feed_token WHERE hash = $1").With(hash);
        return await select.ReadAllAsync(row => new UserId(row.GetInt64(0)), cancellationToken) is [var owner] ? owner : null;
    }
}

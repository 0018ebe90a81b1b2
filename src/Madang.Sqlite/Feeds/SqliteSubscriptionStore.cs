using Madang.Api;
using Madang.Feeds.Telling;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteSubscriptionStore(SqliteDatabase database) : ISubscriptionStore
{
    public bool Has(WriteTx tx, UserId user, UserId author)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT 1 FROM post_subscription WHERE author_id = ?1 AND user_id = ?2");
        return select.Bind(1, author.Value).Bind(2, user.Value).Step();
    }

    public void Put(WriteTx tx, UserId user, UserId author)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO post_subscription (author_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        insert.Bind(1, author.Value).Bind(2, user.Value).Run();
    }

    public void Delete(WriteTx tx, UserId user, UserId author)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM post_subscription WHERE author_id = ?1 AND user_id = ?2");
        delete.Bind(1, author.Value).Bind(2, user.Value).Run();
    }

    public int Count(WriteTx tx, UserId user)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM post_subscription WHERE user_id = ?1");
        return (int)(count.Bind(1, user.Value).Scalar() ?? 0);
    }

    public Task<IReadOnlyList<UserId>> OfAsync(UserId user, long? after, int limit, CancellationToken cancellationToken) => IdsAsync(
        "SELECT author_id FROM post_subscription WHERE user_id = ?1 AND author_id > ?2 ORDER BY author_id LIMIT ?3", user, after ?? 0, limit, cancellationToken);

    public Task<IReadOnlyList<UserId>> SubscribersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken) => IdsAsync(
        "SELECT user_id FROM post_subscription WHERE author_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3", author, after.Value, limit, cancellationToken);

    private Task<IReadOnlyList<UserId>> IdsAsync(string sql, UserId of, long after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UserId>>(
            connection =>
            {
                using var select = connection.Use(sql);
                _ = select.Bind(1, of.Value).Bind(2, after).Bind(3, limit);
                var ids = new List<UserId>();
                while (select.Step())
                {
                    ids.Add(new(select.Int64(0)));
                }

                return ids;
            },
            cancellationToken);
}

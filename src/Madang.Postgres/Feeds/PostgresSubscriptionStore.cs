using Madang.Api;
using Madang.Feeds.Telling;
using Madang.Postgres.Accounts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresSubscriptionStore(PostgresDatabase database) : ISubscriptionStore
{
    public bool Has(WriteTx tx, UserId user, UserId author)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT 1 FROM post_subscription WHERE author_id = $1 AND user_id = $2", author.Value, user.Value);
        return select.ExecuteScalar() is not null;
    }

    public void Put(WriteTx tx, UserId user, UserId author) => PostgresTx.Of(tx).Run(
        "INSERT INTO post_subscription (author_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", author.Value, user.Value);

    public void Delete(WriteTx tx, UserId user, UserId author) =>
        PostgresTx.Of(tx).Run("DELETE FROM post_subscription WHERE author_id = $1 AND user_id = $2", author.Value, user.Value);

    public int Count(WriteTx tx, UserId user)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM post_subscription WHERE user_id = $1", user.Value);
        return (int)(long)count.ExecuteScalar()!;
    }

    public Task<IReadOnlyList<UserId>> OfAsync(UserId user, long? after, int limit, CancellationToken cancellationToken) => IdsAsync(
        "SELECT author_id FROM post_subscription WHERE user_id = $1 AND author_id > $2 ORDER BY author_id LIMIT $3", user, after ?? 0, limit, cancellationToken);

    public Task<IReadOnlyList<UserId>> SubscribersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken) => IdsAsync(
        "SELECT user_id FROM post_subscription WHERE author_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3", author, after.Value, limit, cancellationToken);

    private async Task<IReadOnlyList<UserId>> IdsAsync(string sql, UserId of, long after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(sql).With(of.Value, after, (long)limit);
        return await select.ReadAllAsync(Rows.UserId, cancellationToken);
    }
}

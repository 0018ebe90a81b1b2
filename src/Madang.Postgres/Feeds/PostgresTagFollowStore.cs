using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Postgres.Accounts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresTagFollowStore(PostgresDatabase database) : ITagFollowStore
{
    public bool Has(WriteTx tx, UserId user, string tag)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT 1 FROM tag_follow WHERE user_id = $1 AND tag = $2", user.Value, tag);
        return select.ExecuteScalar() is not null;
    }

    public void Put(WriteTx tx, UserId user, string tag) => PostgresTx.Of(tx).Run(
        "INSERT INTO tag_follow (user_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", user.Value, tag);

    public bool Delete(WriteTx tx, UserId user, string tag) =>
        PostgresTx.Of(tx).Run("DELETE FROM tag_follow WHERE user_id = $1 AND tag = $2", user.Value, tag) == 1;

    public int Count(WriteTx tx, UserId user)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM tag_follow WHERE user_id = $1", user.Value);
        return (int)(long)count.ExecuteScalar()!;
    }

    public async Task<IReadOnlyList<string>> OfAsync(UserId user, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT tag FROM tag_follow WHERE user_id = $1 ORDER BY tag").With(user.Value);
        return await select.ReadAllAsync(row => row.GetString(0), cancellationToken);
    }
}

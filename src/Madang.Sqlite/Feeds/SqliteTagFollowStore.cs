using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteTagFollowStore(SqliteDatabase database) : ITagFollowStore
{
    public bool Has(WriteTx tx, UserId user, string tag)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT 1 FROM tag_follow WHERE user_id = ?1 AND tag = ?2");
        return select.Bind(1, user.Value).Bind(2, tag).Step();
    }

    public void Put(WriteTx tx, UserId user, string tag)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO tag_follow (user_id, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        insert.Bind(1, user.Value).Bind(2, tag).Run();
    }

    public bool Delete(WriteTx tx, UserId user, string tag)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM tag_follow WHERE user_id = ?1 AND tag = ?2");
        return delete.Bind(1, user.Value).Bind(2, tag).Run() == 1;
    }

    public int Count(WriteTx tx, UserId user)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM tag_follow WHERE user_id = ?1");
        return (int)(count.Bind(1, user.Value).Scalar() ?? 0);
    }

    public Task<IReadOnlyList<string>> OfAsync(UserId user, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<string>>(
        connection =>
        {
            using var select = connection.Use("SELECT tag FROM tag_follow WHERE user_id = ?1 ORDER BY tag");
            _ = select.Bind(1, user.Value);
            var tags = new List<string>();
            while (select.Step())
            {
                tags.Add(select.Text(0));
            }

            return tags;
        },
        cancellationToken);
}

using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteDraftStore(SqliteDatabase database) : IDraftStore
{
    private const string Columns = "id, owner_id, text, audience, list_id, publish_at, refused, updated_at";

    public bool Put(WriteTx tx, Draft draft, bool isNew, int most)
    {
        var sqlite = SqliteTx.Of(tx);
        if (isNew)
        {
            using var count = sqlite.Use("SELECT count(*) FROM (SELECT 1 FROM post_draft WHERE owner_id = ?1 LIMIT ?2)");
            if (count.Bind(1, draft.Owner.Value).Bind(2, most).Scalar() >= most)
            {
                return false;
            }
        }

        using var put = sqlite.Use($"INSERT OR REPLACE INTO post_draft ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        put.Bind(1, draft.Id.Value).Bind(2, draft.Owner.Value).Bind(3, draft.Text).Bind(4, (int)draft.Audience).Bind(5, PostRows.OrNull(draft.List))
            .Bind(6, draft.PublishAt).Bind(7, draft.Refused).Bind(8, draft.UpdatedAt).Run();
        return true;
    }

    public Draft? Lock(WriteTx tx, DraftId id)
    {
        using var row = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM post_draft WHERE id = ?1").Bind(1, id.Value);
        return row.Step() ? Read(row) : null;
    }

    public bool Delete(WriteTx tx, UserId owner, DraftId id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM post_draft WHERE id = ?1 AND owner_id = ?2");
        return delete.Bind(1, id.Value).Bind(2, owner.Value).Run() == 1;
    }

    public Task<Draft?> FindAsync(DraftId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var row = connection.Use($"SELECT {Columns} FROM post_draft WHERE id = ?1").Bind(1, id.Value);
            return row.Step() ? Read(row) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Draft>> ListAsync(UserId owner, DraftId? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Draft>>(
            connection =>
            {
                var drafts = new List<Draft>();
                using var rows = connection.Use($"SELECT {Columns} FROM post_draft WHERE owner_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
                rows.Bind(1, owner.Value).Bind(2, before?.Value ?? long.MaxValue).Bind(3, limit);
                while (rows.Step())
                {
                    drafts.Add(Read(rows));
                }

                return drafts;
            },
            cancellationToken);

    private static Draft Read(Statement row) => new(
        new(row.Int64(0)), new(row.Int64(1)), row.Text(2), (Audience)row.Int32(3), row.Int64(4), row.TimeOrNull(5), row.TextOrNull(6), row.Time(7));
}

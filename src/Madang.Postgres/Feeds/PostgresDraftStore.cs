using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresDraftStore(PostgresDatabase database) : IDraftStore
{
    private const string Columns = "id, owner_id, text, audience, list_id, publish_at, refused, updated_at";

    public bool Put(WriteTx tx, Draft draft, bool isNew, int most)
    {
        var postgres = PostgresTx.Of(tx);
        if (isNew)
        {
            // The owner's row, so that two new ones are counted one after the other.
            _ = postgres.Run("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", draft.Owner.Value);
            using var count = postgres.Use("SELECT count(*) FROM (SELECT FROM post_draft WHERE owner_id = $1 LIMIT $2) d", draft.Owner.Value, most);
            if ((long)count.ExecuteScalar()! >= most)
            {
                return false;
            }
        }

        return postgres.Run(
            $"""
            INSERT INTO post_draft ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE SET text = excluded.text, audience = excluded.audience, list_id = excluded.list_id, publish_at = excluded.publish_at,
                refused = excluded.refused, updated_at = excluded.updated_at
            """,
            draft.Id.Value, draft.Owner.Value, draft.Text, (short)draft.Audience, PostRows.OrNull(draft.List), draft.PublishAt, draft.Refused, draft.UpdatedAt) == 1;
    }

    public Draft? Lock(WriteTx tx, DraftId id)
    {
        using var command = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM post_draft WHERE id = $1 FOR UPDATE", id.Value);
        using var row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    public bool Delete(WriteTx tx, UserId owner, DraftId id) =>
        PostgresTx.Of(tx).Run("DELETE FROM post_draft WHERE id = $1 AND owner_id = $2", id.Value, owner.Value) == 1;

    public async Task<Draft?> FindAsync(DraftId id, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand($"SELECT {Columns} FROM post_draft WHERE id = $1").With(id.Value);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    public async Task<IReadOnlyList<Draft>> ListAsync(UserId owner, DraftId? before, int limit, CancellationToken cancellationToken)
    {
        var drafts = new List<Draft>();
        await using var command = database.Source.CreateCommand(
            $"SELECT {Columns} FROM post_draft WHERE owner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3").With(owner.Value, before?.Value ?? long.MaxValue, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            drafts.Add(Read(rows));
        }

        return drafts;
    }

    private static Draft Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2), (Audience)row.GetInt16(3), PostRows.IdOrZero(row, 4),
        row.IsDBNull(5) ? null : PostRows.Time(row, 5), row.IsDBNull(6) ? null : row.GetString(6), PostRows.Time(row, 7));
}

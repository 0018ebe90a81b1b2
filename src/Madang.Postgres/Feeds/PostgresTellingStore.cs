using Madang.Feeds;
using Madang.Feeds.Telling;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresTellingStore(PostgresDatabase database) : ITellingStore
{
    private const int MaxActors = 20;
    private const int MaxCount = 1_000;

    public void Note(WriteTx tx, Deed deed) => PostgresTx.Of(tx).Run(
        "INSERT INTO telling_deed (user_id, kind, subject_id, actor_id, item_id, gone, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        deed.Key.To.Value, (short)deed.Key.Kind, deed.Key.Subject, deed.Actor.Value, deed.Item.Value, deed.Gone, deed.At);

    // One node at a time, so that a like and its taking back stay in their order.
    public IReadOnlyList<Deed> Take(WriteTx tx, int limit)
    {
        PostgresTx.Of(tx).Run("SELECT pg_advisory_xact_lock(hashtextextended('telling_deed', 0))");
        using var delete = PostgresTx.Of(tx).Use(
            """
            WITH taken AS (
                DELETE FROM telling_deed d USING (SELECT seq FROM telling_deed ORDER BY seq LIMIT $1) t WHERE d.seq = t.seq
                RETURNING d.user_id, d.kind, d.subject_id, d.actor_id, d.item_id, d.gone, d.at, d.seq)
            SELECT user_id, kind, subject_id, actor_id, item_id, gone, at FROM taken ORDER BY seq
            """,
            (long)limit);
        return delete.ReadAll(row => new Deed(Key(row), new(row.GetInt64(3)), new(row.GetInt64(4)), row.GetBoolean(5), row.GetDateTime(6)));
    }

    public async Task<bool> HasDeedsAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT 1 FROM telling_deed LIMIT 1");
        return await select.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public bool Add(WriteTx tx, Deed deed)
    {
        var added = PostgresTx.Of(tx).Run(
            """
            INSERT INTO telling_actor AS a (user_id, kind, subject_id, actor_id, item_id, gone, at) VALUES ($1, $2, $3, $4, $5, false, $6)
            ON CONFLICT (user_id, kind, subject_id, actor_id) DO UPDATE SET item_id = excluded.item_id, gone = false, at = excluded.at
            WHERE excluded.item_id > a.item_id
            """,
            deed.Key.To.Value, (short)deed.Key.Kind, deed.Key.Subject, deed.Actor.Value, deed.Item.Value, deed.At) > 0;
        if (!added)
        {
            // Done again after it was taken back: it counts, and is no news.
            PostgresTx.Of(tx).Run(
                "UPDATE telling_actor SET gone = false WHERE user_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND item_id = $5 AND gone",
                deed.Key.To.Value, (short)deed.Key.Kind, deed.Key.Subject, deed.Actor.Value, deed.Item.Value);
        }

        return added;
    }

    public bool Remove(WriteTx tx, Deed deed) => PostgresTx.Of(tx).Run(
        "UPDATE telling_actor SET gone = true WHERE user_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND item_id = $5 AND NOT gone",
        deed.Key.To.Value, (short)deed.Key.Kind, deed.Key.Subject, deed.Actor.Value, deed.Item.Value) > 0 && IsEmpty(tx, deed.Key);

    public IReadOnlyList<TellingKey> RemoveItem(WriteTx tx, PostId item)
    {
        using var update = PostgresTx.Of(tx).Use(
            "UPDATE telling_actor SET gone = true WHERE item_id = $1 AND item_id <> 0 AND NOT gone RETURNING user_id, kind, subject_id", item.Value);
        return [.. update.ReadAll(Key).OrderBy(key => key.To.Value).Where(key => IsEmpty(tx, key))];
    }

    public Telling? Lock(WriteTx tx, TellingKey key)
    {
        using var select = PostgresTx.Of(tx).Use(
            "SELECT version, told, due_at, told_at FROM telling WHERE user_id = $1 AND kind = $2 AND subject_id = $3 FOR UPDATE",
            key.To.Value, (short)key.Kind, key.Subject);
        return select.ReadAll(row => new Telling(key, row.GetInt64(0), row.GetInt32(1), Time(row, 2), Time(row, 3))) is [var one] ? one : null;
    }

    public void Put(WriteTx tx, Telling telling) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO telling (user_id, kind, subject_id, version, told, due_at, told_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (user_id, kind, subject_id) DO UPDATE
        SET version = excluded.version, told = excluded.told, due_at = excluded.due_at, told_at = excluded.told_at, changed_at = excluded.changed_at
        """,
        telling.Key.To.Value, (short)telling.Key.Kind, telling.Key.Subject, telling.Version, telling.Told, CommandParameters.Time(telling.DueAt),
        CommandParameters.Time(telling.ToldAt), tx.Now);

    public async Task<IReadOnlyList<DueTelling>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT user_id, kind, subject_id, version, told, due_at, told_at FROM telling WHERE due_at <= $1 ORDER BY due_at LIMIT $2").With(now, (long)limit);
        var tellings = await select.ReadAllAsync(
            row => new Telling(Key(row), row.GetInt64(3), row.GetInt32(4), Time(row, 5), Time(row, 6)), cancellationToken);
        var due = new List<DueTelling>(tellings.Count);
        foreach (var telling in tellings)
        {
            // Read apart from the row: what changes in between grows the version, and then it is not told.
            due.Add(new(telling, await ActorsAsync(telling.Key, cancellationToken), await CountAsync(telling.Key, cancellationToken)));
        }

        return due;
    }

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        var pruned = PostgresTx.Of(tx).Run(
            """
            DELETE FROM telling_actor WHERE (user_id, kind, subject_id, actor_id) IN (
                SELECT user_id, kind, subject_id, actor_id FROM telling_actor WHERE at < $1 ORDER BY at LIMIT $2)
            """,
            before, (long)limit);
        return pruned < limit
            ? pruned + PostgresTx.Of(tx).Run(
                """
                DELETE FROM telling WHERE (user_id, kind, subject_id) IN (
                    SELECT user_id, kind, subject_id FROM telling WHERE changed_at < $1 ORDER BY changed_at LIMIT $2)
                """,
                before, (long)(limit - pruned))
            : pruned;
    }

    private async Task<IReadOnlyList<TellingActor>> ActorsAsync(TellingKey key, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT actor_id, item_id FROM telling_actor WHERE user_id = $1 AND kind = $2 AND subject_id = $3 AND NOT gone
            ORDER BY at DESC, item_id DESC LIMIT $4
            """).With(key.To.Value, (short)key.Kind, key.Subject, (long)MaxActors);
        return await select.ReadAllAsync(row => new TellingActor(new(row.GetInt64(0)), new(row.GetInt64(1))), cancellationToken);
    }

    private async Task<int> CountAsync(TellingKey key, CancellationToken cancellationToken)
    {
        await using var count = database.Source.CreateCommand(
            "SELECT count(*) FROM (SELECT 1 FROM telling_actor WHERE user_id = $1 AND kind = $2 AND subject_id = $3 AND NOT gone LIMIT $4) n")
            .With(key.To.Value, (short)key.Kind, key.Subject, (long)MaxCount);
        return (int)(long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private static bool IsEmpty(WriteTx tx, TellingKey key)
    {
        using var select = PostgresTx.Of(tx).Use(
            "SELECT 1 FROM telling_actor WHERE user_id = $1 AND kind = $2 AND subject_id = $3 AND NOT gone LIMIT 1", key.To.Value, (short)key.Kind, key.Subject);
        return select.ExecuteScalar() is null;
    }

    private static TellingKey Key(NpgsqlDataReader row) => new(new(row.GetInt64(0)), (TellingKind)row.GetInt16(1), row.GetInt64(2));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
}

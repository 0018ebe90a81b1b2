using Madang.Feeds;
using Madang.Feeds.Telling;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteTellingStore(SqliteDatabase database) : ITellingStore
{
    private const int MaxActors = 20;
    private const int MaxCount = 1_000;

    public void Note(WriteTx tx, Deed deed)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO telling_deed (user_id, kind, subject_id, actor_id, item_id, gone, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        BindDeed(insert, deed).Bind(6, deed.Gone).Bind(7, deed.At).Run();
    }

    public IReadOnlyList<Deed> Take(WriteTx tx, int limit)
    {
        var deeds = new List<Deed>();
        using var select = SqliteTx.Of(tx).Use("SELECT user_id, kind, subject_id, actor_id, item_id, gone, at, seq FROM telling_deed ORDER BY seq LIMIT ?1");
        _ = select.Bind(1, limit);
        var last = 0L;
        while (select.Step())
        {
            deeds.Add(new(Key(select), new(select.Int64(3)), new(select.Int64(4)), select.Bool(5), select.Time(6)));
            last = select.Int64(7);
        }

        using var delete = SqliteTx.Of(tx).Use("DELETE FROM telling_deed WHERE seq <= ?1");
        delete.Bind(1, last).Run();
        return deeds;
    }

    public Task<bool> HasDeedsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT 1 FROM telling_deed LIMIT 1");
            return select.Step();
        },
        cancellationToken);

    public bool Add(WriteTx tx, Deed deed)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO telling_actor (user_id, kind, subject_id, actor_id, item_id, gone, at) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)
            ON CONFLICT (user_id, kind, subject_id, actor_id) DO UPDATE SET item_id = excluded.item_id, gone = 0, at = excluded.at
            WHERE excluded.item_id > telling_actor.item_id
            """);
        if (BindDeed(insert, deed).Bind(6, deed.At).Run() > 0)
        {
            return true;
        }

        // Done again after it was taken back: it counts, and is no news.
        using var back = SqliteTx.Of(tx).Use(
            "UPDATE telling_actor SET gone = 0 WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3 AND actor_id = ?4 AND item_id = ?5");
        BindDeed(back, deed).Run();
        return false;
    }

    public bool Remove(WriteTx tx, Deed deed)
    {
        using var update = SqliteTx.Of(tx).Use(
            "UPDATE telling_actor SET gone = 1 WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3 AND actor_id = ?4 AND item_id = ?5 AND gone = 0");
        return BindDeed(update, deed).Run() > 0 && IsEmpty(tx, deed.Key);
    }

    public IReadOnlyList<TellingKey> RemoveItem(WriteTx tx, PostId item)
    {
        var keys = new List<TellingKey>();
        using (var update = SqliteTx.Of(tx).Use("UPDATE telling_actor SET gone = 1 WHERE item_id = ?1 AND item_id <> 0 AND gone = 0 RETURNING user_id, kind, subject_id"))
        {
            _ = update.Bind(1, item.Value);
            while (update.Step())
            {
                keys.Add(Key(update));
            }
        }

        return [.. keys.Where(key => IsEmpty(tx, key))];
    }

    // The one writer is the lock.
    public Telling? Lock(WriteTx tx, TellingKey key)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT version, told, due_at, told_at FROM telling WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3");
        return BindKey(select, key).Step() ? new(key, select.Int64(0), select.Int32(1), select.TimeOrNull(2), select.TimeOrNull(3)) : null;
    }

    public void Put(WriteTx tx, Telling telling)
    {
        using var put = SqliteTx.Of(tx).Use(
            """
            INSERT INTO telling (user_id, kind, subject_id, version, told, due_at, told_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (user_id, kind, subject_id) DO UPDATE
            SET version = excluded.version, told = excluded.told, due_at = excluded.due_at, told_at = excluded.told_at, changed_at = excluded.changed_at
            """);
        BindKey(put, telling.Key).Bind(4, telling.Version).Bind(5, telling.Told).Bind(6, telling.DueAt).Bind(7, telling.ToldAt).Bind(8, tx.Now).Run();
    }

    public Task<IReadOnlyList<DueTelling>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<DueTelling>>(
            connection =>
            {
                var due = new List<Telling>();
                using (var select = connection.Use(
                    "SELECT user_id, kind, subject_id, version, told, due_at, told_at FROM telling WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2"))
                {
                    _ = select.Bind(1, now).Bind(2, limit);
                    while (select.Step())
                    {
                        due.Add(new(Key(select), select.Int64(3), select.Int32(4), select.TimeOrNull(5), select.TimeOrNull(6)));
                    }
                }

                return [.. due.Select(telling => new DueTelling(telling, Actors(connection, telling.Key), Count(connection, telling.Key)))];
            },
            cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using var actors = SqliteTx.Of(tx).Use(
            """
            DELETE FROM telling_actor WHERE (user_id, kind, subject_id, actor_id) IN (
                SELECT user_id, kind, subject_id, actor_id FROM telling_actor WHERE at < ?1 ORDER BY at LIMIT ?2)
            """);
        var pruned = actors.Bind(1, before).Bind(2, limit).Run();
        using var tellings = SqliteTx.Of(tx).Use(
            """
            DELETE FROM telling WHERE (user_id, kind, subject_id) IN (
                SELECT user_id, kind, subject_id FROM telling WHERE changed_at < ?1 ORDER BY changed_at LIMIT ?2)
            """);
        return pruned + (pruned < limit ? tellings.Bind(1, before).Bind(2, limit - pruned).Run() : 0);
    }

    private static List<TellingActor> Actors(SqliteConnection connection, TellingKey key)
    {
        using var select = connection.Use(
            "SELECT actor_id, item_id FROM telling_actor WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3 AND gone = 0 ORDER BY at DESC, item_id DESC LIMIT ?4");
        _ = BindKey(select, key).Bind(4, MaxActors);
        var actors = new List<TellingActor>();
        while (select.Step())
        {
            actors.Add(new(new(select.Int64(0)), new(select.Int64(1))));
        }

        return actors;
    }

    private static int Count(SqliteConnection connection, TellingKey key)
    {
        using var count = connection.Use(
            "SELECT count(*) FROM (SELECT 1 FROM telling_actor WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3 AND gone = 0 LIMIT ?4)");
        return (int)(BindKey(count, key).Bind(4, MaxCount).Scalar() ?? 0);
    }

    private static bool IsEmpty(WriteTx tx, TellingKey key)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT 1 FROM telling_actor WHERE user_id = ?1 AND kind = ?2 AND subject_id = ?3 AND gone = 0 LIMIT 1");
        return !BindKey(select, key).Step();
    }

    private static TellingKey Key(Statement row) => new(new(row.Int64(0)), (TellingKind)row.Int32(1), row.Int64(2));

    private static Statement BindKey(Statement statement, TellingKey key) => statement.Bind(1, key.To.Value).Bind(2, (long)key.Kind).Bind(3, key.Subject);

    private static Statement BindDeed(Statement statement, Deed deed) => BindKey(statement, deed.Key).Bind(4, deed.Actor.Value).Bind(5, deed.Item.Value);
}

using Madang.Api;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Sqlite.Realtime;

internal sealed class SqliteInboxStore(SqliteDatabase database) : IInboxStore
{
    /// <summary>Rows of one statement. More save little and make one more statement to prepare.</summary>
    private const int RowsAtOnce = 16;

    private const int HeadsPerStep = 1000;

    private static readonly string InsertMany = Insert(RowsAtOnce);
    private static readonly string InsertTwo = Insert(2);
    private static readonly string InsertOne = Insert(1);

    /// <summary>One process owns the data folder: whatever is written here is told here.</summary>
    public bool IsShared => false;

    public long[][] Append(WriteTx tx, IReadOnlyList<NewEntry> entries)
    {
        var sqlite = SqliteTx.Of(tx);
        return entries.Count == 1 ? AppendOne(sqlite, entries[0]) : AppendMany(sqlite, entries);
    }

    public Task<InboxPage> ReadAsync(UserId user, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                var (head, oldest) = (0L, 1L);
                using (var bounds = connection.Use("SELECT pos, oldest FROM inbox_head WHERE user_id = ?1"))
                {
                    if (bounds.Bind(1, user.Value).Step())
                    {
                        (head, oldest) = (bounds.Int64(0), bounds.Int64(1));
                    }
                }

                if (after is not { } seen || seen >= head || seen < oldest - 1)
                {
                    return new InboxPage(head, oldest, []);
                }

                var entries = new List<InboxEntry>((int)Math.Min(limit, head - seen));
                using var select = connection.Use("SELECT pos, type, subject, detail, at FROM inbox WHERE user_id = ?1 AND pos > ?2 ORDER BY pos LIMIT ?3");
                _ = select.Bind(1, user.Value).Bind(2, seen).Bind(3, (long)limit);
                while (select.Step())
                {
                    entries.Add(new InboxEntry(select.Int64(0), new EntryRef((EntryType)select.Int32(1), select.Int64(2), select.Int64(3)), select.Time(4)));
                }

                return new InboxPage(head, oldest, entries);
            },
            cancellationToken);

    public Task<IReadOnlyList<(UserId User, long Head)>> HeadsAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(UserId, long)>>(
            connection =>
            {
                var heads = new List<(UserId, long)>(users.Count);
                foreach (var user in users)
                {
                    using var select = connection.Use("SELECT pos FROM inbox_head WHERE user_id = ?1");
                    if (select.Bind(1, user.Value).Scalar() is { } pos)
                    {
                        heads.Add((user, pos));
                    }
                }

                return heads;
            },
            cancellationToken);

    public void Ack(WriteTx tx, IReadOnlyList<InboxAck> acks)
    {
        var sqlite = SqliteTx.Of(tx);
        foreach (var ack in acks)
        {
            using var put = sqlite.Use(
                """
                INSERT INTO inbox_ack (user_id, device_id, pos) SELECT user_id, ?2, min(?3, pos) FROM inbox_head WHERE user_id = ?1
                ON CONFLICT (user_id, device_id) DO UPDATE SET pos = excluded.pos WHERE excluded.pos > inbox_ack.pos
                """);
            _ = put.Bind(1, ack.User.Value).Bind(2, ack.Device).Bind(3, ack.Pos).Run();
        }
    }

    public Task<IReadOnlyList<Unacked>> UnackedAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Unacked>>(
            connection =>
            {
                var found = new List<Unacked>();
                foreach (var user in users)
                {
                    using var row = connection.Use(
                        """
                        SELECT pos, max(pushed, coalesce((SELECT max(pos) FROM inbox_ack WHERE user_id = ?1), 0)), pushed FROM inbox_head WHERE user_id = ?1
                        """).Bind(1, user.Value);
                    if (row.Step() && row.Int64(0) > row.Int64(1))
                    {
                        found.Add(new(user, row.Int64(0), row.Int64(1), row.Int64(2)));
                    }
                }

                return found;
            },
            cancellationToken);

    public Task<(IReadOnlyList<UserId> Users, UserId Next)> UnackedAfterAsync(UserId after, int looked, CancellationToken cancellationToken) =>
        database.ReadAsync<(IReadOnlyList<UserId>, UserId)>(
            connection =>
            {
                using var rows = connection.Use(
                    """
                    SELECT h.user_id, h.pos > h.pushed AND h.pos > coalesce((SELECT max(a.pos) FROM inbox_ack a WHERE a.user_id = h.user_id), 0)
                    FROM inbox_head h WHERE h.user_id > ?1 ORDER BY h.user_id LIMIT ?2
                    """).Bind(1, after.Value).Bind(2, (long)looked);
                var (found, seen, last) = (new List<UserId>(), 0, default(UserId));
                for (; rows.Step(); seen++)
                {
                    last = new(rows.Int64(0));
                    if (rows.Bool(1))
                    {
                        found.Add(last);
                    }
                }

                return (found, seen < looked ? default : last);
            },
            cancellationToken);

    public bool MarkPushed(WriteTx tx, Unacked unacked)
    {
        using var mark = SqliteTx.Of(tx).Use("UPDATE inbox_head SET pushed = ?2 WHERE user_id = ?1 AND pushed = ?3");
        return mark.Bind(1, unacked.User.Value).Bind(2, unacked.Head).Bind(3, unacked.Pushed).Run() > 0;
    }

    public PruneStep Prune(WriteTx tx, UserId from, DateTimeOffset before, int keep, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        var deleted = 0;
        foreach (var head in Old(sqlite, before, limit))
        {
            deleted += Cut(sqlite, head, limit - deleted, before);
            if (deleted >= limit)
            {
                return new PruneStep(deleted, from);
            }
        }

        var heads = After(sqlite, from);
        foreach (var head in heads.Where(head => head.Pos - head.Oldest + 1 > keep))
        {
            deleted += Cut(sqlite, head, (int)Math.Min(limit - deleted, head.Pos - head.Oldest + 1 - keep), null);
            if (deleted >= limit)
            {
                return new PruneStep(deleted, new UserId(head.User - 1));
            }
        }

        return new PruneStep(deleted, heads.Count < HeadsPerStep ? default : new UserId(heads[^1].User));
    }

    public Task<long> EpochAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            static connection =>
            {
                using var select = connection.Use("SELECT epoch FROM inbox_epoch");
                return select.Scalar() ?? throw new InvalidOperationException("The inboxes have no epoch.");
            },
            cancellationToken);

    private static long[][] AppendOne(SqliteTx tx, NewEntry entry)
    {
        var positions = new long[entry.To.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = Advance(tx, entry.To[i].Value, 1);
        }

        for (var i = 0; i < positions.Length;)
        {
            var rows = Math.Min(RowsThatFit(positions.Length - i), positions.Length - i);
            using var insert = Rows(tx, rows);
            for (var row = 0; row < rows; row++, i++)
            {
                Bind(insert, row, entry.To[i].Value, positions[i], entry.Ref);
            }

            _ = insert.Run();
        }

        return [positions];
    }

    /// <summary>A batch: one turn on the head per user, and the rows in the order of their key, so that each page is touched once.</summary>
    private static long[][] AppendMany(SqliteTx tx, IReadOnlyList<NewEntry> entries)
    {
        var counts = new SortedDictionary<long, long>();
        foreach (var entry in entries)
        {
            foreach (var user in entry.To)
            {
                counts[user.Value] = counts.GetValueOrDefault(user.Value) + 1;
            }
        }

        var next = new Dictionary<long, long>(counts.Count);
        foreach (var (user, count) in counts)
        {
            next[user] = Advance(tx, user, count) - count + 1;
        }

        var positions = new long[entries.Count][];
        var rows = new List<(long User, long Pos, EntryRef Ref)>();
        for (var i = 0; i < entries.Count; i++)
        {
            var to = entries[i].To;
            positions[i] = new long[to.Count];
            for (var j = 0; j < to.Count; j++)
            {
                var pos = next[to[j].Value]++;
                positions[i][j] = pos;
                rows.Add((to[j].Value, pos, entries[i].Ref));
            }
        }

        rows.Sort(static (a, b) => a.User != b.User ? a.User.CompareTo(b.User) : a.Pos.CompareTo(b.Pos));
        for (var i = 0; i < rows.Count;)
        {
            var count = RowsThatFit(rows.Count - i);
            using var insert = Rows(tx, count);
            for (var row = 0; row < count; row++, i++)
            {
                Bind(insert, row, rows[i].User, rows[i].Pos, rows[i].Ref);
            }

            _ = insert.Run();
        }

        return positions;
    }

    /// <summary>Moves the head on and answers it.</summary>
    private static long Advance(SqliteTx tx, long user, long by)
    {
        long pos;
        bool wasEmpty;
        using (var put = tx.Use(
            """
            INSERT INTO inbox_head (user_id, pos, oldest_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (user_id) DO UPDATE SET pos = pos + ?2 RETURNING pos, oldest_at IS NULL
            """))
        {
            _ = put.Bind(1, user).Bind(2, by).Bind(3, tx.Now).Step();
            (pos, wasEmpty) = (put.Int64(0), put.Bool(1));
        }

        if (wasEmpty)
        {
            // Not in the statement above: SQLite rewrites the index of every column that is set, changed or not.
            using var fill = tx.Use("UPDATE inbox_head SET oldest_at = ?2 WHERE user_id = ?1");
            _ = fill.Bind(1, user).Bind(2, tx.Now).Run();
        }

        return pos;
    }

    private static int RowsThatFit(int left) => left >= RowsAtOnce ? RowsAtOnce : left >= 2 ? 2 : 1;

    private static Statement Rows(SqliteTx tx, int rows) =>
        tx.Use(rows == RowsAtOnce ? InsertMany : rows == 2 ? InsertTwo : InsertOne).Bind(1, tx.Now);

    private static void Bind(Statement insert, int row, long user, long pos, EntryRef reference)
    {
        var at = (row * 5) + 2;
        _ = insert.Bind(at, user).Bind(at + 1, pos).Bind(at + 2, (long)reference.Type).Bind(at + 3, reference.Subject).Bind(at + 4, reference.Detail);
    }

    private static string Insert(int rows) => "INSERT INTO inbox (user_id, pos, type, subject, detail, at) VALUES "
        + string.Join(", ", Enumerable.Range(0, rows).Select(row => $"(?{(row * 5) + 2}, ?{(row * 5) + 3}, ?{(row * 5) + 4}, ?{(row * 5) + 5}, ?{(row * 5) + 6}, ?1)"));

    private static List<Head> Old(SqliteTx tx, DateTimeOffset before, int limit)
    {
        using var select = tx.Use("SELECT user_id, pos, oldest FROM inbox_head WHERE oldest_at < ?1 ORDER BY oldest_at LIMIT ?2");
        return Heads(select.Bind(1, before).Bind(2, (long)limit));
    }

    private static List<Head> After(SqliteTx tx, UserId from)
    {
        using var select = tx.Use("SELECT user_id, pos, oldest FROM inbox_head WHERE user_id > ?1 ORDER BY user_id LIMIT ?2");
        return Heads(select.Bind(1, from.Value).Bind(2, (long)HeadsPerStep));
    }

    private static List<Head> Heads(Statement select)
    {
        var heads = new List<Head>();
        while (select.Step())
        {
            heads.Add(new Head(select.Int64(0), select.Int64(1), select.Int64(2)));
        }

        return heads;
    }

    /// <summary>Deletes at most <paramref name="most"/> of the oldest entries, only such as are older than <paramref name="before"/> if that is given.</summary>
    private static int Cut(SqliteTx tx, Head head, int most, DateTimeOffset? before)
    {
        var cut = 0;
        DateTimeOffset? oldestAt = null;
        using (var select = tx.Use("SELECT at FROM inbox WHERE user_id = ?1 AND pos >= ?2 ORDER BY pos LIMIT ?3"))
        {
            _ = select.Bind(1, head.User).Bind(2, head.Oldest).Bind(3, most + 1L);
            while (select.Step())
            {
                oldestAt = select.Time(0);
                if (cut == most || oldestAt >= before)
                {
                    break;
                }

                cut++;
                oldestAt = null;
            }
        }

        var oldest = head.Oldest + cut;
        using (var delete = tx.Use("DELETE FROM inbox WHERE user_id = ?1 AND pos < ?2"))
        {
            _ = delete.Bind(1, head.User).Bind(2, oldest).Run();
        }

        using (var update = tx.Use("UPDATE inbox_head SET oldest = ?2, oldest_at = ?3 WHERE user_id = ?1"))
        {
            _ = update.Bind(1, head.User).Bind(2, oldest).Bind(3, oldestAt).Run();
        }

        // A device that has processed nothing of what is kept is none that anybody uses.
        using var forget = tx.Use("DELETE FROM inbox_ack WHERE user_id = ?1 AND pos < ?2");
        _ = forget.Bind(1, head.User).Bind(2, oldest - 1).Run();
        return cut;
    }

    private readonly record struct Head(long User, long Pos, long Oldest);
}

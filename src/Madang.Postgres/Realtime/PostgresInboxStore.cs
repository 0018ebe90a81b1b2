using Madang.Api;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Postgres.Realtime;

internal sealed class PostgresInboxStore(PostgresDatabase database) : IInboxStore
{
    private const int HeadsPerStep = 1000;

    /// <summary>Other nodes write to this database too.</summary>
    public bool IsShared => true;

    public long[][] Append(WriteTx tx, IReadOnlyList<NewEntry> entries)
    {
        var postgres = PostgresTx.Of(tx);
        var counts = new SortedDictionary<long, long>();
        var rows = 0;
        foreach (var entry in entries)
        {
            rows += entry.To.Count;
            foreach (var user in entry.To)
            {
                counts[user.Value] = counts.GetValueOrDefault(user.Value) + 1;
            }
        }

        var next = Advance(postgres, counts);
        var positions = new long[entries.Count][];
        var (users, places, types) = (new long[rows], new long[rows], new short[rows]);
        var (subjects, details) = (new long[rows], new long[rows]);
        var row = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var (reference, to) = (entries[i].Ref, entries[i].To);
            positions[i] = new long[to.Count];
            for (var j = 0; j < to.Count; j++, row++)
            {
                positions[i][j] = places[row] = next[to[j].Value]++;
                (users[row], types[row], subjects[row], details[row]) = (to[j].Value, (short)reference.Type, reference.Subject, reference.Detail);
            }
        }

        _ = postgres.Run(
            """
            INSERT INTO inbox (user_id, pos, type, subject, detail, at)
            SELECT user_id, pos, type, subject, detail, $6 FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[])
              AS entry (user_id, pos, type, subject, detail)
            """,
            users, places, types, subjects, details, postgres.Now);
        return positions;
    }

    public async Task<InboxPage> ReadAsync(UserId user, long? after, int limit, CancellationToken cancellationToken)
    {
        // One statement, so that the bounds and the entries are of one snapshot.
        await using var command = database.Source.CreateCommand(
            """
            SELECT head.pos, head.oldest, entry.pos, entry.type, entry.subject, entry.detail, entry.at
            FROM inbox_head head LEFT JOIN LATERAL (
              SELECT pos, type, subject, detail, at FROM inbox
              WHERE user_id = head.user_id AND pos > $2 AND $2 >= head.oldest - 1 ORDER BY pos LIMIT $3) entry ON true
            WHERE head.user_id = $1 ORDER BY entry.pos
            """).With(user.Value, after ?? long.MaxValue, (long)limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (head, oldest) = (0L, 1L);
        var entries = new List<InboxEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            (head, oldest) = (reader.GetInt64(0), reader.GetInt64(1));
            if (!reader.IsDBNull(2))
            {
                var reference = new EntryRef((EntryType)reader.GetInt16(3), reader.GetInt64(4), reader.GetInt64(5));
                entries.Add(new InboxEntry(reader.GetInt64(2), reference, reader.GetFieldValue<DateTimeOffset>(6)));
            }
        }

        return new InboxPage(head, oldest, entries);
    }

    public async Task<IReadOnlyList<(UserId User, long Head)>> HeadsAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand("SELECT user_id, pos FROM inbox_head WHERE user_id = ANY($1)")
            .With(users.Select(user => user.Value).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var heads = new List<(UserId, long)>(users.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            heads.Add((new UserId(reader.GetInt64(0)), reader.GetInt64(1)));
        }

        return heads;
    }

    public void Ack(WriteTx tx, IReadOnlyList<InboxAck> acks)
    {
        // Of two marks of one device the higher: a row may be changed once in a statement.
        var marks = acks.GroupBy(ack => (ack.User, ack.Device)).Select(marks => marks.MaxBy(ack => ack.Pos)).ToArray();
        _ = PostgresTx.Of(tx).Run(
            """
            INSERT INTO inbox_ack (user_id, device_id, pos)
            SELECT ack.user_id, ack.device_id, least(ack.pos, head.pos)
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS ack (user_id, device_id, pos) JOIN inbox_head head USING (user_id)
            ORDER BY ack.user_id, ack.device_id
            ON CONFLICT (user_id, device_id) DO UPDATE SET pos = excluded.pos WHERE excluded.pos > inbox_ack.pos
            """,
            marks.Select(ack => ack.User.Value).ToArray(), marks.Select(ack => ack.Device).ToArray(), marks.Select(ack => ack.Pos).ToArray());
    }

    public async Task<IReadOnlyList<Unacked>> UnackedAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT h.user_id, h.pos, greatest(h.pushed, a.pos), h.pushed
            FROM inbox_head h CROSS JOIN LATERAL (SELECT coalesce(max(pos), 0) AS pos FROM inbox_ack WHERE user_id = h.user_id) a
            WHERE h.user_id = ANY($1) AND h.pos > greatest(h.pushed, a.pos)
            """).With(users.Select(user => user.Value).ToArray());
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<Unacked>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new(new(rows.GetInt64(0)), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)));
        }

        return found;
    }

    public async Task<(IReadOnlyList<UserId> Users, UserId Next)> UnackedAfterAsync(UserId after, int looked, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT h.user_id, h.pos > h.pushed AND h.pos > coalesce((SELECT max(a.pos) FROM inbox_ack a WHERE a.user_id = h.user_id), 0)
            FROM inbox_head h WHERE h.user_id > $1 ORDER BY h.user_id LIMIT $2
            """).With(after.Value, (long)looked);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var (found, seen, last) = (new List<UserId>(), 0, default(UserId));
        for (; await rows.ReadAsync(cancellationToken); seen++)
        {
            last = new(rows.GetInt64(0));
            if (rows.GetBoolean(1))
            {
                found.Add(last);
            }
        }

        return (found, seen < looked ? default : last);
    }

    public bool MarkPushed(WriteTx tx, Unacked unacked) => PostgresTx.Of(tx).Run(
        "UPDATE inbox_head SET pushed = $2 WHERE user_id = $1 AND pushed = $3", unacked.User.Value, unacked.Head, unacked.Pushed) > 0;

    public PruneStep Prune(WriteTx tx, UserId from, DateTimeOffset before, int keep, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        var deleted = 0;
        foreach (var head in Lock(postgres, "SELECT user_id FROM inbox_head WHERE oldest_at < $1 ORDER BY oldest_at LIMIT $2", before, (long)limit))
        {
            deleted += Cut(postgres, head, limit - deleted, before);
            if (deleted >= limit)
            {
                return new PruneStep(deleted, from);
            }
        }

        var (last, seen) = (from.Value, 0);
        var crowded = new List<long>();
        using (var select = postgres.Use("SELECT user_id, pos - oldest + 1 FROM inbox_head WHERE user_id > $1 ORDER BY user_id LIMIT $2", from.Value, (long)HeadsPerStep))
        using (var reader = select.ExecuteReader())
        {
            for (; reader.Read(); seen++)
            {
                last = reader.GetInt64(0);
                if (reader.GetInt64(1) > keep)
                {
                    crowded.Add(last);
                }
            }
        }

        foreach (var head in Lock(postgres, "SELECT unnest($1)", crowded.ToArray()))
        {
            deleted += Cut(postgres, head, (int)Math.Min(limit - deleted, head.Pos - head.Oldest + 1 - keep), null);
            if (deleted >= limit)
            {
                return new PruneStep(deleted, new UserId(head.User - 1));
            }
        }

        return new PruneStep(deleted, seen < HeadsPerStep ? default : new UserId(last));
    }

    public async Task<long> EpochAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand("SELECT epoch FROM inbox_epoch");
        return await command.ExecuteScalarAsync(cancellationToken) is long epoch ? epoch : throw new InvalidOperationException("The inboxes have no epoch.");
    }

    /// <summary>
    /// Moves the heads on and answers the first new position of each user. The rows are taken in the order of the arrays, ascending, and each is locked as its
    /// turn comes: the same order as a SELECT … ORDER BY user_id FOR UPDATE, which would not make the heads of people who never got an entry.
    /// </summary>
    private static Dictionary<long, long> Advance(PostgresTx tx, SortedDictionary<long, long> counts)
    {
        var next = new Dictionary<long, long>(counts.Count);
        using var command = tx.Use(
            """
            INSERT INTO inbox_head (user_id, pos, oldest_at) SELECT user_id, n, $3 FROM unnest($1::bigint[], $2::bigint[]) AS wanted (user_id, n)
            ON CONFLICT (user_id) DO UPDATE SET pos = inbox_head.pos + excluded.pos, oldest_at = coalesce(inbox_head.oldest_at, excluded.oldest_at)
            RETURNING user_id, pos
            """,
            counts.Keys.ToArray(), counts.Values.ToArray(), tx.Now);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var user = reader.GetInt64(0);
            next[user] = reader.GetInt64(1) - counts[user] + 1;
        }

        return next;
    }

    /// <summary>The heads of these users, locked by ascending id as appending does.</summary>
    private static List<Head> Lock(PostgresTx tx, string users, params ReadOnlySpan<object?> parameters)
    {
        var heads = new List<Head>();
        using var select = tx.Use($"SELECT user_id, pos, oldest FROM inbox_head WHERE user_id = ANY(ARRAY({users})) ORDER BY user_id FOR UPDATE", parameters);
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            heads.Add(new Head(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return heads;
    }

    /// <summary>Deletes at most <paramref name="most"/> of the oldest entries, only such as are older than <paramref name="before"/> if that is given.</summary>
    private static int Cut(PostgresTx tx, Head head, int most, DateTimeOffset? before)
    {
        var cut = 0;
        DateTimeOffset? oldestAt = null;
        using (var select = tx.Use("SELECT at FROM inbox WHERE user_id = $1 AND pos >= $2 ORDER BY pos LIMIT $3", head.User, head.Oldest, most + 1L))
        using (var reader = select.ExecuteReader())
        {
            while (reader.Read())
            {
                oldestAt = reader.GetFieldValue<DateTimeOffset>(0);
                if (cut == most || oldestAt >= before)
                {
                    break;
                }

                cut++;
                oldestAt = null;
            }
        }

        var oldest = head.Oldest + cut;
        _ = tx.Run("DELETE FROM inbox WHERE user_id = $1 AND pos < $2", head.User, oldest);
        _ = tx.Run("UPDATE inbox_head SET oldest = $2, oldest_at = $3 WHERE user_id = $1", head.User, oldest, oldestAt);
        // A device that has processed nothing of what is kept is none that anybody uses.
        _ = tx.Run("DELETE FROM inbox_ack WHERE user_id = $1 AND pos < $2", head.User, oldest - 1);
        return cut;
    }

    private readonly record struct Head(long User, long Pos, long Oldest);
}

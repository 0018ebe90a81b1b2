using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Digests;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresDigestStore(PostgresDatabase database) : IDigestStore
{
    private const string Columns = "d.id, d.user_id, d.category, d.digest_key, d.state, d.channels, d.items, d.opened_at, d.closes_at, d.closed_at";

    public bool IsShared => true;

    public IReadOnlySet<UserId> Gathered(WriteTx tx, NotificationId notification, IReadOnlyList<UserId> people)
    {
        using var select = PostgresTx.Of(tx).Use(
            "SELECT user_id FROM digest_item WHERE notification_id = $1 AND user_id = ANY($2)", notification.Value, people.Values());
        return select.ReadAll(Rows.UserId).ToHashSet();
    }

    public IReadOnlyDictionary<UserId, Digest> LockOpen(WriteTx tx, string category, string key, IReadOnlyList<UserId> people)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM digest d WHERE d.user_id = ANY($3) AND d.category = $1 AND d.digest_key = $2 AND d.state = 1 ORDER BY d.user_id FOR UPDATE",
            category, key, people.Values());
        return select.ReadAll(Read).ToDictionary(digest => digest.User);
    }

    public IReadOnlySet<long> Insert(WriteTx tx, IReadOnlyList<Digest> digests)
    {
        using var insert = PostgresTx.Of(tx).Use(
            """
            INSERT INTO digest (id, user_id, category, digest_key, state, channels, items, opened_at, closes_at)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::integer[], $7::integer[], $8::timestamptz[], $9::timestamptz[])
            ON CONFLICT (user_id, category, digest_key) WHERE state = 1 DO NOTHING RETURNING id
            """,
            digests.Select(digest => digest.Id).ToArray(), digests.Select(digest => digest.User.Value).ToArray(), digests.Select(digest => digest.Category).ToArray(),
            digests.Select(digest => digest.Key).ToArray(), digests.Select(digest => (short)digest.State).ToArray(), digests.Select(digest => digest.Channels.Bits).ToArray(),
            digests.Select(digest => digest.Items).ToArray(), digests.Select(digest => digest.OpenedAt.UtcDateTime).ToArray(),
            digests.Select(digest => digest.ClosesAt.UtcDateTime).ToArray());
        return insert.ReadAll(row => row.GetInt64(0)).ToHashSet();
    }

    public void Put(WriteTx tx, IReadOnlyList<Digest> digests)
    {
        using var batch = PostgresTx.Of(tx).Batch();
        foreach (var digest in digests)
        {
            batch.Add(
                "UPDATE digest SET state = $2, channels = $3, items = $4, closes_at = $5, closed_at = $6 WHERE id = $1 AND state = 1",
                digest.Id, (short)digest.State, digest.Channels.Bits, digest.Items, digest.ClosesAt, digest.ClosedAt);
        }

        if (digests.Count > 0)
        {
            batch.ExecuteNonQuery();
        }
    }

    public void AddItems(WriteTx tx, NotificationId notification, IReadOnlyList<(Digest Digest, ChannelSet Channels)> items) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO digest_item (notification_id, user_id, digest_id, channels) SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::integer[])
        """,
        notification.Value, items.Select(item => item.Digest.User.Value).ToArray(), items.Select(item => item.Digest.Id).ToArray(),
        items.Select(item => item.Channels.Bits).ToArray());

    public IReadOnlyList<Digest> LockDue(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM digest d WHERE d.state = 1 AND d.closes_at <= $1 ORDER BY d.closes_at LIMIT $2 FOR UPDATE SKIP LOCKED", now, (long)limit);
        return select.ReadAll(Read);
    }

    public DateTimeOffset? NextDue(WriteTx tx)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT closes_at FROM digest WHERE state = 1 ORDER BY closes_at LIMIT 1");
        return select.ExecuteScalar() is DateTime at ? at : null;
    }

    public int Remove(WriteTx tx, NotificationId notification, int limit)
    {
        // Digests are locked in the order of people, as everywhere.
        using var remove = PostgresTx.Of(tx).Use(
            """
            WITH open AS MATERIALIZED (
              SELECT i.user_id, i.digest_id FROM digest_item i JOIN digest d ON d.id = i.digest_id
              WHERE i.notification_id = $1 AND d.state = 1 ORDER BY i.user_id LIMIT $2 FOR UPDATE OF d),
            gone AS (DELETE FROM digest_item i USING open WHERE i.notification_id = $1 AND i.user_id = open.user_id),
            counted AS (UPDATE digest d SET items = d.items - 1 FROM open WHERE d.id = open.digest_id)
            SELECT count(*) FROM open
            """,
            notification.Value, (long)limit);
        return (int)(long)remove.ExecuteScalar()!;
    }

    public async Task<IReadOnlyList<NotificationId>> ItemsAsync(long digest, DeliveryChannel channel, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT notification_id FROM digest_item WHERE digest_id = $1 AND channels & (1 << $2) <> 0 ORDER BY notification_id LIMIT $3")
            .With(digest, (int)channel, (long)limit);
        return await select.ReadAllAsync(row => new NotificationId(row.GetInt64(0)), cancellationToken);
    }

    public async Task<Digest?> OfAsync(NotificationId notification, UserId user, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM digest_item i JOIN digest d ON d.id = i.digest_id WHERE i.notification_id = $1 AND i.user_id = $2").With(notification.Value, user.Value);
        return await select.ReadAllAsync(Read, cancellationToken) is [var digest] ? digest : null;
    }

    // Several nodes may prune at once: what another one holds is skipped. A digest goes when none of its items is left.
    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        var items = PostgresTx.Of(tx).Run(
            """
            DELETE FROM digest_item i USING (
              SELECT p.notification_id, p.user_id FROM digest d JOIN digest_item p ON p.digest_id = d.id
              WHERE d.state > 1 AND d.closed_at < $1 ORDER BY d.closed_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED) AS old
            WHERE i.notification_id = old.notification_id AND i.user_id = old.user_id
            """,
            before, (long)limit);
        return items >= limit ? items : items + PostgresTx.Of(tx).Run(
            """
            DELETE FROM digest WHERE id = ANY(ARRAY(
              SELECT d.id FROM digest d WHERE d.state > 1 AND d.closed_at < $1 AND NOT EXISTS (SELECT 1 FROM digest_item i WHERE i.digest_id = d.id)
              ORDER BY d.closed_at LIMIT $2 FOR UPDATE SKIP LOCKED))
            """,
            before, (long)(limit - items));
    }

    private static Digest Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        User = new(row.GetInt64(1)),
        Category = row.GetString(2),
        Key = row.GetString(3),
        State = (DigestState)row.GetInt16(4),
        Channels = new(row.GetInt32(5)),
        Items = row.GetInt32(6),
        OpenedAt = row.GetDateTime(7),
        ClosesAt = row.GetDateTime(8),
        ClosedAt = row.IsDBNull(9) ? null : row.GetDateTime(9),
    };
}

using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Digests;
using Madang.Sqlite.Accounts;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteDigestStore(SqliteDatabase database) : IDigestStore
{
    private const string Columns = "d.id, d.user_id, d.category, d.digest_key, d.state, d.channels, d.items, d.opened_at, d.closes_at, d.closed_at";

    public bool IsShared => false;

    public IReadOnlySet<UserId> Gathered(WriteTx tx, NotificationId notification, IReadOnlyList<UserId> people)
    {
        using var select = SqliteTx.Of(tx).Use(
            "SELECT i.user_id FROM json_each(?2) AS j CROSS JOIN digest_item i ON i.notification_id = ?1 AND i.user_id = j.value");
        select.Bind(1, notification.Value).Bind(2, IdList.Of(people));
        var found = new HashSet<UserId>();
        while (select.Step())
        {
            found.Add(new(select.Int64(0)));
        }

        return found;
    }

    public IReadOnlyDictionary<UserId, Digest> LockOpen(WriteTx tx, string category, string key, IReadOnlyList<UserId> people)
    {
        using var select = SqliteTx.Of(tx).Use(
            $"SELECT {Columns} FROM json_each(?3) AS j CROSS JOIN digest d ON d.user_id = j.value AND d.category = ?1 AND d.digest_key = ?2 AND d.state = 1");
        return ReadAll(select.Bind(1, category).Bind(2, key).Bind(3, IdList.Of(people))).ToDictionary(digest => digest.User);
    }

    public IReadOnlySet<long> Insert(WriteTx tx, IReadOnlyList<Digest> digests)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO digest (id, user_id, category, digest_key, state, channels, items, opened_at, closes_at, closed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        foreach (var digest in digests)
        {
            insert.Bind(1, digest.Id).Bind(2, digest.User.Value).Bind(3, digest.Category).Bind(4, digest.Key).Bind(5, (long)digest.State).Bind(6, digest.Channels.Bits)
                .Bind(7, digest.Items).Bind(8, digest.OpenedAt).Bind(9, digest.ClosesAt).Bind(10, digest.ClosedAt).Again();
        }

        return digests.Select(digest => digest.Id).ToHashSet();
    }

    public void Put(WriteTx tx, IReadOnlyList<Digest> digests)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE digest SET state = ?2, channels = ?3, items = ?4, closes_at = ?5, closed_at = ?6 WHERE id = ?1 AND state = 1");
        foreach (var digest in digests)
        {
            update.Bind(1, digest.Id).Bind(2, (long)digest.State).Bind(3, digest.Channels.Bits).Bind(4, digest.Items).Bind(5, digest.ClosesAt).Bind(6, digest.ClosedAt).Again();
        }
    }

    public void AddItems(WriteTx tx, NotificationId notification, IReadOnlyList<(Digest Digest, ChannelSet Channels)> items)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO digest_item (notification_id, user_id, digest_id, channels) VALUES (?1, ?2, ?3, ?4)");
        foreach (var (digest, channels) in items)
        {
            insert.Bind(1, notification.Value).Bind(2, digest.User.Value).Bind(3, digest.Id).Bind(4, channels.Bits).Again();
        }
    }

    public IReadOnlyList<Digest> LockDue(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM digest d WHERE d.state = 1 AND d.closes_at <= ?1 ORDER BY d.closes_at LIMIT ?2");
        return ReadAll(select.Bind(1, now).Bind(2, limit));
    }

    public DateTimeOffset? NextDue(WriteTx tx)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT closes_at FROM digest WHERE state = 1 ORDER BY closes_at LIMIT 1");
        return select.Step() ? select.Time(0) : null;
    }

    public int Remove(WriteTx tx, NotificationId notification, int limit)
    {
        var found = new List<(long User, long Digest)>();
        using (var select = SqliteTx.Of(tx).Use(
            "SELECT i.user_id, i.digest_id FROM digest_item i CROSS JOIN digest d ON d.id = i.digest_id AND d.state = 1 WHERE i.notification_id = ?1 ORDER BY i.user_id LIMIT ?2"))
        {
            select.Bind(1, notification.Value).Bind(2, limit);
            while (select.Step())
            {
                found.Add((select.Int64(0), select.Int64(1)));
            }
        }

        using var delete = SqliteTx.Of(tx).Use("DELETE FROM digest_item WHERE notification_id = ?1 AND user_id = ?2");
        using var count = SqliteTx.Of(tx).Use("UPDATE digest SET items = items - 1 WHERE id = ?1");
        foreach (var (user, digest) in found)
        {
            delete.Bind(1, notification.Value).Bind(2, user).Again();
            count.Bind(1, digest).Again();
        }

        return found.Count;
    }

    public Task<IReadOnlyList<NotificationId>> ItemsAsync(long digest, DeliveryChannel channel, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<NotificationId>>(
            connection =>
            {
                using var select = connection.Use(
                    "SELECT notification_id FROM digest_item WHERE digest_id = ?1 AND channels & (1 << ?2) <> 0 ORDER BY notification_id LIMIT ?3");
                select.Bind(1, digest).Bind(2, (long)channel).Bind(3, limit);
                var items = new List<NotificationId>();
                while (select.Step())
                {
                    items.Add(new(select.Int64(0)));
                }

                return items;
            },
            cancellationToken);

    public Task<Digest?> OfAsync(NotificationId notification, UserId user, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM digest_item i JOIN digest d ON d.id = i.digest_id WHERE i.notification_id = ?1 AND i.user_id = ?2");
            return select.Bind(1, notification.Value).Bind(2, user.Value).Step() ? Read(select) : null;
        },
        cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        const string old = "SELECT id FROM digest WHERE state > 1 AND closed_at < ?1 ORDER BY closed_at LIMIT 1";
        using var items = SqliteTx.Of(tx).Use($"DELETE FROM digest_item WHERE (notification_id, user_id) IN (SELECT notification_id, user_id FROM digest_item WHERE digest_id = ({old}) LIMIT ?2)");
        using var delete = SqliteTx.Of(tx).Use(
            $"DELETE FROM digest WHERE id = ({old}) AND NOT EXISTS (SELECT 1 FROM digest_item i WHERE i.digest_id = digest.id)");
        var pruned = 0;
        while (pruned < limit)
        {
            // One digest at a time: it may hold more items than a turn may delete.
            var deleted = items.Bind(1, before).Bind(2, limit - pruned).Run();
            items.Reset();
            deleted += pruned + deleted < limit ? delete.Bind(1, before).Run() : 0;
            delete.Reset();
            if (deleted == 0)
            {
                break;
            }

            pruned += deleted;
        }

        return pruned;
    }

    private static List<Digest> ReadAll(Statement select)
    {
        var all = new List<Digest>();
        while (select.Step())
        {
            all.Add(Read(select));
        }

        return all;
    }

    private static Digest Read(Statement row) => new()
    {
        Id = row.Int64(0),
        User = new(row.Int64(1)),
        Category = row.Text(2),
        Key = row.Text(3),
        State = (DigestState)row.Int32(4),
        Channels = new(row.Int32(5)),
        Items = row.Int32(6),
        OpenedAt = row.Time(7),
        ClosesAt = row.Time(8),
        ClosedAt = row.TimeOrNull(9),
    };
}

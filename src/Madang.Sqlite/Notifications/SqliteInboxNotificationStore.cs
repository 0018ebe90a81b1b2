using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Inboxes;
using Madang.Sqlite.Accounts;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteInboxNotificationStore(SqliteDatabase database) : IInboxNotificationStore
{
    private const string ReadTo = "coalesce((SELECT read_to FROM notification_read WHERE user_id = ?1), 0)";

    private const string Items =
        $"SELECT {NotificationRows.Columns}, i.id, i.is_read <> 0 OR i.id <= {ReadTo} FROM notification_item i JOIN notification n ON n.id = i.notification_id";

    private const int ItemColumn = 17;

    public IReadOnlySet<(UserId User, ItemId Id)> Add(WriteTx tx, IReadOnlyList<NewItem> items)
    {
        var replaced = new HashSet<(UserId, ItemId)>();
        var sqlite = SqliteTx.Of(tx);
        using var insert = sqlite.Use("INSERT INTO notification_item (user_id, id, notification_id, collapse_key, is_read) VALUES (?1, ?2, ?3, ?4, 0)");
        foreach (var item in items)
        {
            if (item.CollapseKey is { } key)
            {
                using var delete = sqlite.Use("DELETE FROM notification_item WHERE user_id = ?1 AND collapse_key = ?2");
                if (delete.Bind(1, item.User.Value).Bind(2, key).Run() > 0)
                {
                    _ = replaced.Add((item.User, item.Id));
                }
            }

            insert.Bind(1, item.User.Value).Bind(2, item.Id.Value).Bind(3, item.Notification.Value).Bind(4, item.CollapseKey).Again();
        }

        return replaced;
    }

    public Task<IReadOnlyList<InboxItem>> ListAsync(UserId user, bool unreadOnly, long? below, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<InboxItem>>(
            connection =>
            {
                using var rows = connection.Use(
                    $"{Items} WHERE i.user_id = ?1 AND i.id < ?2 AND (?3 = 0 OR (i.is_read = 0 AND i.id > {ReadTo})) ORDER BY i.id DESC LIMIT ?4");
                rows.Bind(1, user.Value).Bind(2, below ?? long.MaxValue).Bind(3, unreadOnly).Bind(4, (long)limit);
                return All(rows);
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<ItemId, InboxItem>> FindAsync(UserId user, IReadOnlyCollection<ItemId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<ItemId, InboxItem>>(
            connection =>
            {
                using var rows = connection.Use($"{Items} WHERE i.user_id = ?1 AND i.id IN (SELECT value FROM json_each(?2))");
                rows.Bind(1, user.Value).Bind(2, IdList.Of(ids.Select(id => id.Value)));
                return All(rows).ToDictionary(item => item.Id);
            },
            cancellationToken);

    bool IInboxNotificationStore.ReadTo(WriteTx tx, UserId user, ItemId upTo)
    {
        var sqlite = SqliteTx.Of(tx);
        using (var any = sqlite.Use(
            $"SELECT 1 FROM notification_item WHERE user_id = ?1 AND id > {ReadTo} AND id <= ?2 AND is_read = 0 LIMIT 1"))
        {
            if (any.Bind(1, user.Value).Bind(2, upTo.Value).Scalar() is null)
            {
                return false;
            }
        }

        // No higher than the newest there is: what comes later must be unread.
        using var put = sqlite.Use(
            """
            INSERT INTO notification_read (user_id, read_to) SELECT ?1, max(id) FROM notification_item WHERE user_id = ?1 AND id <= ?2
            ON CONFLICT (user_id) DO UPDATE SET read_to = excluded.read_to WHERE excluded.read_to > read_to
            """);
        return put.Bind(1, user.Value).Bind(2, upTo.Value).Run() > 0;
    }

    public IReadOnlyList<ItemId> Read(WriteTx tx, UserId user, IReadOnlyCollection<ItemId> ids)
    {
        using var update = SqliteTx.Of(tx).Use(
            $"""
            UPDATE notification_item SET is_read = 1
            WHERE user_id = ?1 AND id IN (SELECT value FROM json_each(?2)) AND is_read = 0 AND id > {ReadTo} RETURNING id
            """);
        update.Bind(1, user.Value).Bind(2, IdList.Of(ids.Select(id => id.Value)));
        var read = new List<ItemId>();
        while (update.Step())
        {
            read.Add(new(update.Int64(0)));
        }

        read.Sort(static (one, other) => one.Value.CompareTo(other.Value));
        return read;
    }

    public bool IsRead(WriteTx tx, NotificationId notification, UserId user)
    {
        using var row = SqliteTx.Of(tx).Use(
            $"""
            SELECT 1 FROM notification_decision d JOIN notification_item i ON i.user_id = d.user_id AND i.id = d.item_id
            WHERE d.notification_id = ?2 AND d.user_id = ?1 AND (i.is_read <> 0 OR i.id <= {ReadTo})
            """);
        return row.Bind(1, user.Value).Bind(2, notification.Value).Scalar() is not null;
    }

    public bool Delete(WriteTx tx, UserId user, ItemId id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM notification_item WHERE user_id = ?1 AND id = ?2");
        return delete.Bind(1, user.Value).Bind(2, id.Value).Run() > 0;
    }

    public ItemId? DeleteUnread(WriteTx tx, UserId user, string collapseKey)
    {
        using var delete = SqliteTx.Of(tx).Use(
            $"DELETE FROM notification_item WHERE user_id = ?1 AND collapse_key = ?2 AND is_read = 0 AND id > {ReadTo} RETURNING id");
        delete.Bind(1, user.Value).Bind(2, collapseKey);
        ItemId? deleted = null;
        while (delete.Step())
        {
            deleted = new(delete.Int64(0));
        }

        return deleted;
    }

    public async Task<Badge> BadgeAsync(UserId user, CancellationToken cancellationToken) => (await BadgesAsync([user], cancellationToken))[user];

    public Task<IReadOnlyDictionary<UserId, Badge>> BadgesAsync(IReadOnlyCollection<UserId> users, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<UserId, Badge>>(
            connection =>
            {
                using var row = connection.Use(
                    $"""
                    SELECT (SELECT count(*) FROM (SELECT 1 FROM notification_item WHERE user_id = ?1 AND id > {ReadTo} AND is_read = 0 LIMIT ?2)),
                      coalesce((SELECT pos FROM inbox_head WHERE user_id = ?1), 0)
                    """);
                row.Bind(2, (long)IInboxNotificationStore.MostCounted);
                var badges = new Dictionary<UserId, Badge>(users.Count);
                foreach (var user in users)
                {
                    _ = row.Bind(1, user.Value).Step();
                    badges[user] = new Badge(row.Int32(0), row.Int64(1));
                    row.Reset();
                }

                return badges;
            },
            cancellationToken);

    private static List<InboxItem> All(Statement rows)
    {
        var items = new List<InboxItem>();
        while (rows.Step())
        {
            items.Add(new(new(rows.Int64(ItemColumn)), NotificationRows.Read(rows), rows.Bool(ItemColumn + 1)));
        }

        return items;
    }
}

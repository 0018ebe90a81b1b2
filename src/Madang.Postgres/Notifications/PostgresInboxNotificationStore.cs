using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Channels;
using Madang.Notifications.Inboxes;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresInboxNotificationStore(PostgresDatabase database) : IInboxNotificationStore
{
    private const string ReadTo = "coalesce((SELECT read_to FROM notification_read WHERE user_id = $1), 0)";

    private const string Items =
        $"SELECT {NotificationRows.Columns}, i.id, i.is_read OR i.id <= {ReadTo} FROM notification_item i JOIN notification n ON n.id = i.notification_id";

    private const int ItemColumn = 17;

    public IReadOnlySet<(UserId User, ItemId Id)> Add(WriteTx tx, IReadOnlyList<NewItem> items)
    {
        var postgres = PostgresTx.Of(tx);
        var collapsing = items.Where(item => item.CollapseKey is not null).ToList();
        var gone = collapsing.Count == 0 ? [] : Delete(postgres, collapsing);
        // One statement sees nothing of itself: of the same key in one batch the last one is the one to keep.
        var last = collapsing.GroupBy(item => (item.User, item.CollapseKey)).ToDictionary(group => group.Key, group => group.Last().Id);
        var kept = items.Where(item => item.CollapseKey is null || last[(item.User, item.CollapseKey)] == item.Id).ToList();
        _ = postgres.Run(
            """
            INSERT INTO notification_item (user_id, id, notification_id, collapse_key, is_read)
            SELECT user_id, id, notification_id, collapse_key, false FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
              AS item (user_id, id, notification_id, collapse_key)
            """,
            kept.Select(item => item.User.Value).ToArray(), kept.Select(item => item.Id.Value).ToArray(), kept.Select(item => item.Notification.Value).ToArray(),
            kept.Select(item => item.CollapseKey).ToArray());
        var replaced = new HashSet<(UserId, ItemId)>();
        var seen = new HashSet<(UserId, string)>(gone);
        foreach (var item in collapsing)
        {
            if (!seen.Add((item.User, item.CollapseKey!)))
            {
                _ = replaced.Add((item.User, item.Id));
            }
        }

        return replaced;
    }

    public async Task<IReadOnlyList<InboxItem>> ListAsync(UserId user, bool unreadOnly, long? below, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"{Items} WHERE i.user_id = $1 AND i.id < $2 AND (NOT $3 OR (NOT i.is_read AND i.id > {ReadTo})) ORDER BY i.id DESC LIMIT $4")
            .With(user.Value, below ?? long.MaxValue, unreadOnly, (long)limit);
        return await AllAsync(select, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<ItemId, InboxItem>> FindAsync(UserId user, IReadOnlyCollection<ItemId> ids, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"{Items} WHERE i.user_id = $1 AND i.id = ANY($2)").With(user.Value, ids.Select(id => id.Value).ToArray());
        return (await AllAsync(select, cancellationToken)).ToDictionary(item => item.Id);
    }

    bool IInboxNotificationStore.ReadTo(WriteTx tx, UserId user, ItemId upTo)
    {
        var postgres = PostgresTx.Of(tx);
        using (var any = postgres.Use(
            $"SELECT 1 FROM notification_item WHERE user_id = $1 AND id > {ReadTo} AND id <= $2 AND NOT is_read LIMIT 1", user.Value, upTo.Value))
        {
            if (any.ExecuteScalar() is null)
            {
                return false;
            }
        }

        // No higher than the newest there is: what comes later must be unread.
        return postgres.Run(
            """
            INSERT INTO notification_read (user_id, read_to) SELECT $1, max(id) FROM notification_item WHERE user_id = $1 AND id <= $2
            ON CONFLICT (user_id) DO UPDATE SET read_to = excluded.read_to WHERE excluded.read_to > notification_read.read_to
            """,
            user.Value, upTo.Value) > 0;
    }

    public IReadOnlyList<ItemId> Read(WriteTx tx, UserId user, IReadOnlyCollection<ItemId> ids)
    {
        using var update = PostgresTx.Of(tx).Use(
            $"UPDATE notification_item SET is_read = true WHERE user_id = $1 AND id = ANY($2) AND NOT is_read AND id > {ReadTo} RETURNING id",
            user.Value, ids.Select(id => id.Value).ToArray());
        using var rows = update.ExecuteReader();
        var read = new List<ItemId>();
        while (rows.Read())
        {
            read.Add(new(rows.GetInt64(0)));
        }

        read.Sort(static (one, other) => one.Value.CompareTo(other.Value));
        return read;
    }

    public bool IsRead(WriteTx tx, NotificationId notification, UserId user)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"""
            SELECT 1 FROM notification_decision d JOIN notification_item i ON i.user_id = d.user_id AND i.id = d.item_id
            WHERE d.notification_id = $2 AND d.user_id = $1 AND (i.is_read OR i.id <= {ReadTo})
            """,
            user.Value, notification.Value);
        return select.ExecuteScalar() is not null;
    }

    public bool Delete(WriteTx tx, UserId user, ItemId id) =>
        PostgresTx.Of(tx).Run("DELETE FROM notification_item WHERE user_id = $1 AND id = $2", user.Value, id.Value) > 0;

    public ItemId? DeleteUnread(WriteTx tx, UserId user, string collapseKey)
    {
        using var delete = PostgresTx.Of(tx).Use(
            $"DELETE FROM notification_item WHERE user_id = $1 AND collapse_key = $2 AND NOT is_read AND id > {ReadTo} RETURNING id", user.Value, collapseKey);
        return delete.ExecuteScalar() is long id ? new ItemId(id) : null;
    }

    public async Task<Badge> BadgeAsync(UserId user, CancellationToken cancellationToken) => (await BadgesAsync([user], cancellationToken))[user];

    public async Task<IReadOnlyDictionary<UserId, Badge>> BadgesAsync(IReadOnlyCollection<UserId> users, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT u.id,
              (SELECT count(*)::int FROM (
                SELECT FROM notification_item i
                WHERE i.user_id = u.id AND i.id > coalesce((SELECT r.read_to FROM notification_read r WHERE r.user_id = u.id), 0) AND NOT i.is_read LIMIT $2) unread),
              coalesce((SELECT h.pos FROM inbox_head h WHERE h.user_id = u.id), 0)
            FROM unnest($1::bigint[]) AS u (id)
            """).With(users.Select(user => user.Value).ToArray(), (long)IInboxNotificationStore.MostCounted);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var badges = new Dictionary<UserId, Badge>(users.Count);
        while (await rows.ReadAsync(cancellationToken))
        {
            badges[new(rows.GetInt64(0))] = new(rows.GetInt32(1), rows.GetInt64(2));
        }

        return badges;
    }

    private static List<(UserId User, string Key)> Delete(PostgresTx tx, List<NewItem> collapsing)
    {
        using var delete = tx.Use(
            """
            DELETE FROM notification_item i USING (SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[]) AS s (user_id, collapse_key)) s
            WHERE i.user_id = s.user_id AND i.collapse_key = s.collapse_key RETURNING i.user_id, i.collapse_key
            """,
            collapsing.Select(item => item.User.Value).ToArray(), collapsing.Select(item => item.CollapseKey).ToArray());
        using var rows = delete.ExecuteReader();
        var gone = new List<(UserId, string)>();
        while (rows.Read())
        {
            gone.Add((new(rows.GetInt64(0)), rows.GetString(1)));
        }

        return gone;
    }

    private static async Task<List<InboxItem>> AllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var items = new List<InboxItem>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            items.Add(new(new(rows.GetInt64(ItemColumn)), NotificationRows.Read(rows), rows.GetBoolean(ItemColumn + 1)));
        }

        return items;
    }
}

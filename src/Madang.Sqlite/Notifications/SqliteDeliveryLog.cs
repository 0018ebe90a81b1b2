using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteDeliveryLog(SqliteDatabase database) : IDeliveryLog
{
    // What an operator's pages ask; a test reads their plans.
    internal const string OfSql = $"SELECT {Columns} FROM delivery WHERE notification_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    internal const string OfPersonSql = $"SELECT {Columns} FROM delivery WHERE notification_id = ?1 AND user_id = ?4 AND id > ?2 ORDER BY id LIMIT ?3";
    internal const string AttemptsSql = $"SELECT {SqliteDeliveryRows.AttemptColumns} FROM delivery_attempt WHERE delivery_id = ?1 ORDER BY number";
    internal const string EndedSql = $"SELECT {Columns} FROM delivery INDEXED BY delivery_dead WHERE id > ?1 AND state IN (6, 8) AND {DeliveryWhere.Sql} ORDER BY id LIMIT ?2";

    private const string Columns = SqliteDeliveryRows.Columns;

    internal static string ListSql(DeliveryFilter filter)
    {
        var from = filter switch
        {
            { Notification: not null } => "delivery INDEXED BY delivery_of WHERE notification_id = ?7",
            { State: DeliveryState.Ambiguous } => "delivery INDEXED BY delivery_doubtful WHERE state = 3",
            { State: null or DeliveryState.Dead or DeliveryState.Expired } => "delivery INDEXED BY delivery_dead WHERE state IN (6, 8)",
            _ => throw new ArgumentException("There is no index for this filter.", nameof(filter)),
        };
        return $"SELECT {Columns} FROM {from} AND id < ?1 AND {DeliveryWhere.Sql} ORDER BY id DESC LIMIT ?2";
    }

    public Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var find = connection.Use($"SELECT {Columns} FROM delivery WHERE id = ?1");
            return find.Bind(1, id.Value).Step() ? SqliteDeliveryRows.Read(find) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Delivery>> OfAsync(NotificationId notification, UserId? user, DeliveryId after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Delivery>>(
            connection =>
            {
                using var find = connection.Use(user is null ? OfSql : OfPersonSql);
                find.Bind(1, notification.Value).Bind(2, after.Value).Bind(3, (long)limit);
                return SqliteDeliveryRows.ReadAll(user is { } one ? find.Bind(4, one.Value) : find);
            },
            cancellationToken);

    public Task<IReadOnlyList<Delivery>> ListAsync(DeliveryFilter filter, DeliveryId? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Delivery>>(
            connection =>
            {
                using var find = connection.Use(ListSql(filter));
                return SqliteDeliveryRows.ReadAll(DeliveryWhere.Bind(find, filter, before?.Value ?? long.MaxValue, limit));
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>> AttemptsAsync(IReadOnlyList<DeliveryId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>>(
            connection =>
            {
                Dictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>> all = [];
                using var find = connection.Use(AttemptsSql);
                foreach (var id in ids)
                {
                    List<DeliveryAttempt> attempts = [];
                    find.Bind(1, id.Value);
                    while (find.Step())
                    {
                        attempts.Add(SqliteDeliveryRows.ReadAttempt(find));
                    }

                    find.Reset();
                    all[id] = attempts;
                }

                return all;
            },
            cancellationToken);

    public Task<IReadOnlyList<DeliveryCount>> CountsAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<DeliveryCount>>(
        connection =>
        {
            List<DeliveryCount> counts = [];
            using var read = connection.Use("SELECT provider, state, n FROM delivery_count WHERE n <> 0 ORDER BY provider, state");
            while (read.Step())
            {
                counts.Add(new(read.Text(0), (DeliveryState)read.Int32(1), read.Int64(2)));
            }

            return counts;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> OldestAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, DateTimeOffset>>(
            connection =>
            {
                Dictionary<string, DateTimeOffset> oldest = [];
                using var find = connection.Use(SqliteDeliveryQueue.NextSql);
                foreach (var queue in queues)
                {
                    if (find.Bind(1, queue).Scalar() is { } at)
                    {
                        oldest[queue] = DateTimeOffset.FromUnixTimeMilliseconds(at);
                    }

                    find.Reset();
                }

                return oldest;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, QueuePause>> PausesAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<string, QueuePause>>(
        connection =>
        {
            using var find = connection.Use(SqliteDeliveryRows.PausesSql);
            return SqliteDeliveryRows.ReadPauses(find);
        },
        cancellationToken);

    // The one writer changes the counts in place: there are no deltas.
    public Task FoldAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IReadOnlyList<Delivery> LockEnded(WriteTx tx, DeliveryFilter filter, DeliveryId after, int limit)
    {
        using var find = SqliteTx.Of(tx).Use(EndedSql);
        return SqliteDeliveryRows.ReadAll(DeliveryWhere.Bind(find, filter, after.Value, limit));
    }

    public int Prune(WriteTx tx, DeliveryId before, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        List<(long Id, string Queue, long State)> gone = [];
        using (var find = sqlite.Use("SELECT id, provider, state FROM delivery WHERE id < ?1 AND state > 3 ORDER BY id LIMIT ?2"))
        {
            find.Bind(1, before.Value).Bind(2, (long)limit);
            while (find.Step())
            {
                gone.Add((find.Int64(0), find.Text(1), find.Int64(2)));
            }
        }

        using var attempts = sqlite.Use("DELETE FROM delivery_attempt WHERE delivery_id = ?1");
        using var delivery = sqlite.Use("DELETE FROM delivery WHERE id = ?1");
        using var count = sqlite.Use("UPDATE delivery_count SET n = n - 1 WHERE provider = ?1 AND state = ?2");
        foreach (var (id, queue, state) in gone)
        {
            attempts.Bind(1, id).Again();
            delivery.Bind(1, id).Again();
            count.Bind(1, queue).Bind(2, state).Again();
        }

        return gone.Count;
    }
}

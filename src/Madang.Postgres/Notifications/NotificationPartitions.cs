using System.Globalization;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Madang.Postgres.Notifications;

/// <summary>
/// A partition a day for the notification log, its decisions, the in-app inboxes, the log of deliveries and that of what was heard of them, a week for event ids:
/// made a week ahead, dropped as a whole when their time is over. Notifications of a dropped day that are not finished move to the default partition, where rows of a day without a partition
/// lie too; from there they are deleted by rows. On a table that is in use for longer than <see cref="Patience"/> nothing is done this time.
/// </summary>
internal sealed class NotificationPartitions(IOptions<NotificationsOptions> options) : IRetention
{
    /// <summary>Days of a process that was away are no loss; what is written before the first turn after it is deleted by rows.</summary>
    private const int DaysAhead = 7;

    /// <summary>A day with more unfinished notifications, or decisions on them, stays until they are fewer: moving them would hold the table up.</summary>
    private const int MostMoved = 10_000;

    /// <summary>Whoever waits for a table keeps everybody after him waiting.</summary>
    private const string Patience = "500ms";

    private const string Notifications = "notification";
    private const string Decisions = "notification_decision";
    private const string Items = "notification_item";
    private const string Deliveries = "delivery_log";

    private const string Events = "tracking_event";

    private static readonly (string Table, string Column)[] s_daily =
        [(Notifications, "id"), (Decisions, "notification_id"), (Items, "id"), (Deliveries, "id"), (Events, "notification_id")];

    public string Name => "notification_partitions";

    /// <summary>One table a turn, so that its lock is held for one change; a turn that changed something counts as full, and the next one follows.</summary>
    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        postgres.Run($"SELECT pg_advisory_xact_lock(hashtext('{nameof(NotificationPartitions)}')), set_config('lock_timeout', '{Patience}', true)");
        return MakeOne(postgres, now) || DropOne(postgres, now) ? limit : 0;
    }

    private static bool MakeOne(PostgresTx tx, DateTimeOffset now)
    {
        for (var day = 0; day <= DaysAhead; day++)
        {
            var from = Today(now).AddDays(day);
            foreach (var (table, column) in s_daily)
            {
                if (Make(tx, table, column, NameOf(table, from), Snowflake.FirstAt(from), Snowflake.FirstAt(from.AddDays(1))))
                {
                    return true;
                }
            }
        }

        var week = EventBucket.Of(now);
        return Make(tx, "notification_key", "bucket", NameOf(week), week, week + 1) || Make(tx, "notification_key", "bucket", NameOf(week + 1), week + 1, week + 2);
    }

    private bool DropOne(PostgresTx tx, DateTimeOffset now)
    {
        var oldest = Today(now).AddDays(-options.Value.LogDays);
        return Before(tx, Items, NameOf(Items, oldest)).Exists(name => Try(tx, () => Drop(tx, name)))
            || Before(tx, Deliveries, NameOf(Deliveries, oldest)).Exists(name => Try(tx, () => DropDeliveries(tx, name)))
            || Before(tx, Events, NameOf(Events, oldest)).Exists(name => Try(tx, () => DropEvents(tx, name)))
            || Before(tx, Notifications, NameOf(Notifications, oldest)).Exists(name => Try(tx, () => DropNotifications(tx, DayOf(name))))
            || Before(tx, "notification_key", NameOf(EventBucket.OldestKept(now))).Exists(name => Try(tx, () => Drop(tx, name)));
    }

    private static DateTimeOffset Today(DateTimeOffset now) => new(now.UtcDateTime.Date, TimeSpan.Zero);

    // Names of one table sort as their times do.
    private static string NameOf(string table, DateTimeOffset day) => $"{table}_d{day.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    private static string NameOf(long week) => string.Create(CultureInfo.InvariantCulture, $"notification_key_w{week:000000}");

    private static DateTimeOffset DayOf(string name) =>
        new(DateTime.ParseExact(name.AsSpan(name.Length - 8), "yyyyMMdd", CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static bool Make(PostgresTx tx, string table, string column, string name, long from, long to)
    {
        // A default partition that holds rows of this span already keeps them.
        using (var known = tx.Use(
            $"SELECT to_regclass($1) IS NOT NULL OR EXISTS (SELECT FROM {table}_rest WHERE {column} >= $2 AND {column} < $3)", name, from, to))
        {
            if (known.ExecuteScalar() is true)
            {
                return false;
            }
        }

        return Try(tx, () =>
        {
            tx.Run(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({to})"));
            return true;
        });
    }

    /// <summary>Nothing that lives is in the log; its counts go with it.</summary>
    private static bool Drop(PostgresTx tx, string name)
    {
        tx.Run($"DROP TABLE {name}");
        return true;
    }

    private static bool DropDeliveries(PostgresTx tx, string name)
    {
        tx.Run($"DROP TABLE {name}");
        var day = DeliveryCounts.DayOf(Snowflake.FirstAt(DayOf(name)));

        // The deltas first: a fold under way ends before the counts are looked at.
        tx.Run("DELETE FROM delivery_count_delta WHERE day = $1", day);
        tx.Run("DELETE FROM delivery_count WHERE day = $1", day);
        return true;
    }

    /// <summary>Not before each is counted; one that comes of such a day later lies in the default partition.</summary>
    private static bool DropEvents(PostgresTx tx, string name)
    {
        tx.Run($"LOCK TABLE ONLY {Events} IN ACCESS EXCLUSIVE MODE");
        using (var open = tx.Use($"SELECT EXISTS (SELECT FROM {name} WHERE id > (SELECT event_id FROM tracking_mark))"))
        {
            if (open.ExecuteScalar() is true)
            {
                return false;
            }
        }

        return Drop(tx, name);
    }

    private static bool DropNotifications(PostgresTx tx, DateTimeOffset day)
    {
        string[] names = [NameOf(Notifications, day), NameOf(Decisions, day)];

        // From here on nobody writes into this day.
        tx.Run($"LOCK TABLE {Notifications}, {Decisions} IN ACCESS EXCLUSIVE MODE");
        var kept = Unfinished(tx, Snowflake.FirstAt(day), Snowflake.FirstAt(day.AddDays(1)));
        if (kept.Length > MostMoved || (kept.Length > 0 && IsMany(tx, kept)))
        {
            return false;
        }

        foreach (var (name, table, column) in new[] { (names[0], Notifications, "id"), (names[1], Decisions, "notification_id") })
        {
            if (kept.Length > 0 && Exists(tx, name))
            {
                tx.Run($"ALTER TABLE {table} DETACH PARTITION {name}");
                tx.Run($"INSERT INTO {table} SELECT * FROM {name} WHERE {column} = ANY($1)", kept);
            }

            tx.Run($"DROP TABLE IF EXISTS {name}");
        }

        return true;
    }

    /// <summary>Not planned to the end, or with a delivery that lives, of its own or of the digest that it is in.</summary>
    private static long[] Unfinished(PostgresTx tx, long from, long to)
    {
        using var find = tx.Use(
            """
            SELECT id FROM notification WHERE id >= $1 AND id < $2 AND state IN (1, 2)
            UNION SELECT notification_id FROM delivery_queue WHERE notification_id >= $1 AND notification_id < $2
            UNION SELECT i.notification_id FROM digest d JOIN digest_item i ON i.digest_id = d.id WHERE d.state = 1 AND i.notification_id >= $1 AND i.notification_id < $2
            UNION SELECT i.notification_id FROM digest_item i JOIN delivery_queue q ON q.notification_id = i.digest_id WHERE i.notification_id >= $1 AND i.notification_id < $2
            LIMIT $3
            """,
            from, to, MostMoved + 1L);
        return [.. find.ReadAll(row => row.GetInt64(0))];
    }

    private static bool IsMany(PostgresTx tx, long[] kept)
    {
        using var count = tx.Use("SELECT count(*) FROM (SELECT FROM notification_decision WHERE notification_id = ANY($1) LIMIT $2) AS few", kept, MostMoved + 1L);
        return (long)count.ExecuteScalar()! > MostMoved;
    }

    private static bool Exists(PostgresTx tx, string name)
    {
        using var find = tx.Use("SELECT to_regclass($1) IS NOT NULL", name);
        return find.ExecuteScalar() is true;
    }

    private static List<string> Before(PostgresTx tx, string table, string before)
    {
        using var find = tx.Use(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass($1) AND c.relname < $2 AND c.relname <> $3 ORDER BY c.relname",
            table, before, table + "_rest");
        return [.. find.ReadAll(row => row.GetString(0))];
    }

    private static bool Try(PostgresTx tx, Func<bool> change)
    {
        tx.Run("SAVEPOINT one_table");
        try
        {
            var changed = change();
            tx.Run("RELEASE SAVEPOINT one_table");
            return changed;
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            tx.Run("ROLLBACK TO SAVEPOINT one_table");
            return false;
        }
    }
}

using System.Globalization;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Postgres.Notifications;

/// <summary>
/// A partition a day for the notification log, its decisions and the in-app inboxes, a week for event ids: made a few days ahead, dropped as a whole when their
/// time is over. What fell into a default partition (the first day of a database) stays there and is deleted by rows.
/// </summary>
internal sealed class NotificationPartitions(IOptions<NotificationsOptions> options) : IRetention
{
    private const int DaysAhead = 3;
    private static readonly string[] Daily = ["notification", "notification_decision", "notification_item"];
    private static readonly string[] Columns = ["id", "notification_id", "id"];

    public string Name => "notification_partitions";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        for (var i = 0; i < Daily.Length; i++)
        {
            for (var day = 0; day <= DaysAhead; day++)
            {
                var from = today.AddDays(day);
                Make(postgres, Daily[i], Columns[i], NameOf(Daily[i], from), Snowflake.FirstAt(from), Snowflake.FirstAt(from.AddDays(1)));
            }

            Drop(postgres, Daily[i], NameOf(Daily[i], today.AddDays(-options.Value.LogDays)));
        }

        var week = EventBucket.Of(now);
        Make(postgres, "notification_key", "bucket", NameOf(week), week, week + 1);
        Make(postgres, "notification_key", "bucket", NameOf(week + 1), week + 1, week + 2);
        Drop(postgres, "notification_key", NameOf(EventBucket.OldestKept(now)));
        return 0;
    }

    // Names of one table sort as their times do.
    private static string NameOf(string table, DateTimeOffset day) => $"{table}_d{day.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";

    private static string NameOf(long week) => string.Create(CultureInfo.InvariantCulture, $"notification_key_w{week:000000}");

    private static void Make(PostgresTx tx, string table, string column, string name, long from, long to)
    {
        // A default partition that holds rows of this span already keeps them.
        using (var known = tx.Use(
            $"SELECT to_regclass($1) IS NOT NULL OR EXISTS (SELECT FROM {table}_rest WHERE {column} >= $2 AND {column} < $3)", name, from, to))
        {
            if (known.ExecuteScalar() is true)
            {
                return;
            }
        }

        _ = tx.Run(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({from}) TO ({to})"));
    }

    private static void Drop(PostgresTx tx, string table, string before)
    {
        var old = new List<string>();
        using (var select = tx.Use(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass($1) AND c.relname < $2 AND c.relname <> $3 ORDER BY c.relname",
            table, before, table + "_rest"))
        {
            using var rows = select.ExecuteReader();
            while (rows.Read())
            {
                old.Add(rows.GetString(0));
            }
        }

        foreach (var name in old)
        {
            _ = tx.Run($"DROP TABLE {name}");
        }
    }
}

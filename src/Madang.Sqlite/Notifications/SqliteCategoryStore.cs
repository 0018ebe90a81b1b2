using System.Text.Json;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteCategoryStore(SqliteDatabase database) : ICategoryStore
{
    private const string Columns =
        "name, titles, mandatory, channels, priority, ambiguous, quiet, per_hour, per_day, digest_window_ms, time_to_live_ms, fallback_from, fallback_after_ms, fallback_to";

    public bool IsShared => false;

    public void Put(WriteTx tx, Category category)
    {
        using var insert = SqliteTx.Of(tx).Use(
            $"""
            INSERT OR REPLACE INTO notification_category ({Columns}, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """);
        insert.Bind(1, category.Name).Bind(2, JsonSerializer.Serialize(category.Titles)).Bind(3, category.Mandatory).Bind(4, ChannelSet.Of(category.Channels).Bits)
            .Bind(5, (long)category.Priority).Bind(6, (long)category.Ambiguous).Bind(7, (long)category.Quiet).Bind(8, category.PerHour).Bind(9, category.PerDay)
            .Bind(10, (long?)category.DigestWindow?.TotalMilliseconds).Bind(11, (long)category.TimeToLive.TotalMilliseconds)
            .Bind(12, (long?)category.Fallback?.From).Bind(13, (long?)category.Fallback?.After.TotalMilliseconds).Bind(14, (long?)category.Fallback?.To)
            .Bind(15, tx.Now).Run();
    }

    public bool Delete(WriteTx tx, string name)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM notification_category WHERE name = ?1");
        return delete.Bind(1, name).Run() == 1;
    }

    public int Count(WriteTx tx)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM notification_category");
        return (int)count.Scalar()!.Value;
    }

    public Task<IReadOnlyList<Category>> AllAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Category>>(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM notification_category ORDER BY name");
            var all = new List<Category>();
            while (select.Step())
            {
                all.Add(Read(select));
            }

            return all;
        },
        cancellationToken);

    private static Category Read(Statement row) => new()
    {
        Name = row.Text(0),
        Titles = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Bytes(1))!,
        Mandatory = row.Bool(2),
        Channels = [.. new ChannelSet(row.Int32(3))],
        Priority = (DeliveryPriority)row.Int32(4),
        Ambiguous = (AmbiguousPolicy)row.Int32(5),
        Quiet = (QuietPolicy)row.Int32(6),
        PerHour = (int?)row.Int64OrNull(7),
        PerDay = (int?)row.Int64OrNull(8),
        DigestWindow = row.Int64OrNull(9) is { } window ? TimeSpan.FromMilliseconds(window) : null,
        TimeToLive = TimeSpan.FromMilliseconds(row.Int64(10)),
        Fallback = row.Int64OrNull(11) is { } from
            ? new((DeliveryChannel)from, TimeSpan.FromMilliseconds(row.Int64(12)), (DeliveryChannel)row.Int32(13))
            : null,
    };
}

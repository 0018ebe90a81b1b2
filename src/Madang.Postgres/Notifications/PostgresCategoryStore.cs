using System.Text.Json;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresCategoryStore(PostgresDatabase database) : ICategoryStore
{
    private const string Columns =
        "name, titles, mandatory, channels, priority, ambiguous, quiet, per_hour, per_day, digest_window_ms, time_to_live_ms, fallback_from, fallback_after_ms, fallback_to";

    public bool IsShared => true;

    public void Put(WriteTx tx, Category category) => PostgresTx.Of(tx).Run(
        $"""
        INSERT INTO notification_category ({Columns}, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (name) DO UPDATE SET titles = $2, mandatory = $3, channels = $4, priority = $5, ambiguous = $6, quiet = $7, per_hour = $8, per_day = $9,
          digest_window_ms = $10, time_to_live_ms = $11, fallback_from = $12, fallback_after_ms = $13, fallback_to = $14, updated_at = $15
        """,
        category.Name, JsonSerializer.Serialize(category.Titles), category.Mandatory, ChannelSet.Of(category.Channels).Bits, (short)category.Priority,
        (short)category.Ambiguous, (short)category.Quiet, category.PerHour, category.PerDay, (long?)category.DigestWindow?.TotalMilliseconds,
        (long)category.TimeToLive.TotalMilliseconds, (short?)category.Fallback?.From, (long?)category.Fallback?.After.TotalMilliseconds, (short?)category.Fallback?.To,
        tx.Now);

    public bool Delete(WriteTx tx, string name) => PostgresTx.Of(tx).Run("DELETE FROM notification_category WHERE name = $1", name) == 1;

    public int Count(WriteTx tx)
    {
        // Two who count at the same time could both find room for the last one. Readers pass.
        PostgresTx.Of(tx).Run("LOCK TABLE notification_category IN SHARE ROW EXCLUSIVE MODE");
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM notification_category");
        return (int)(long)count.ExecuteScalar()!;
    }

    public async Task<IReadOnlyList<Category>> AllAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM notification_category ORDER BY name");
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    private static Category Read(NpgsqlDataReader row) => new()
    {
        Name = row.GetString(0),
        Titles = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(1))!,
        Mandatory = row.GetBoolean(2),
        Channels = [.. new ChannelSet(row.GetInt32(3))],
        Priority = (DeliveryPriority)row.GetInt16(4),
        Ambiguous = (AmbiguousPolicy)row.GetInt16(5),
        Quiet = (QuietPolicy)row.GetInt16(6),
        PerHour = row.IsDBNull(7) ? null : row.GetInt32(7),
        PerDay = row.IsDBNull(8) ? null : row.GetInt32(8),
        DigestWindow = row.IsDBNull(9) ? null : TimeSpan.FromMilliseconds(row.GetInt64(9)),
        TimeToLive = TimeSpan.FromMilliseconds(row.GetInt64(10)),
        Fallback = row.IsDBNull(11) ? null : new((DeliveryChannel)row.GetInt16(11), TimeSpan.FromMilliseconds(row.GetInt64(12)), (DeliveryChannel)row.GetInt16(13)),
    };
}

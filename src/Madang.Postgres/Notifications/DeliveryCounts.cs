using Madang.Notifications.Delivering;

namespace Madang.Postgres.Notifications;

/// <summary>How many more or fewer of each queue and state a transaction leaves, by the day of the log that the rows lie in.</summary>
internal sealed class DeliveryCounts
{
    /// <summary>What lives is in no day.</summary>
    public const int Alive = -1;

    /// <summary>Milliseconds of a day, shifted past node and counter of a snowflake id.</summary>
    public const long IdsOfADay = 86_400_000L << 22;

    private const string Sql = "INSERT INTO delivery_count_delta (day, provider, state, n) SELECT * FROM unnest($1::integer[], $2::text[], $3::smallint[], $4::bigint[])";

    private readonly Dictionary<(int Day, string Queue, DeliveryState State), long> _changes = [];

    public static int DayOf(long id) => (int)(id / IdsOfADay);

    public void Add(Delivery delivery, long change) => Add(delivery.IsAlive ? Alive : DayOf(delivery.Id.Value), delivery.Provider, delivery.State, change);

    public void Add(int day, string queue, DeliveryState state, long change)
    {
        var key = (day, queue, state);
        _changes[key] = _changes.GetValueOrDefault(key) + change;
    }

    public void Write(PostgresTx tx)
    {
        if (Parameters() is { } parameters)
        {
            tx.Run(Sql, parameters);
        }
    }

    public void Write(Npgsql.NpgsqlBatch batch)
    {
        if (Parameters() is { } parameters)
        {
            batch.Add(Sql, parameters);
        }
    }

    private object?[]? Parameters()
    {
        var real = _changes.Where(change => change.Value != 0).ToArray();
        return real.Length == 0 ? null :
        [
            real.Select(change => change.Key.Day).ToArray(), real.Select(change => change.Key.Queue).ToArray(), real.Select(change => (short)change.Key.State).ToArray(),
            real.Select(change => change.Value).ToArray(),
        ];
    }
}

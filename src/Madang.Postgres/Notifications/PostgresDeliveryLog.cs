using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresDeliveryLog(PostgresDatabase database) : IDeliveryLog
{
    // What an operator's pages ask; a test reads their plans.
    internal const string OfSql = $"SELECT {Columns} FROM delivery WHERE notification_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    internal const string OfPersonSql = $"SELECT {Columns} FROM delivery WHERE notification_id = $1 AND id > $2 AND user_id = $4 ORDER BY id LIMIT $3";

    // Between the smallest and the largest of them: the other days are not looked at.
    internal const string AttemptsSql = "SELECT id, attempts FROM delivery WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND attempts IS NOT NULL";
    internal const string EndedSql = $"SELECT {Columns} FROM delivery_log WHERE id > $1 AND state IN (6, 8) AND {DeliveryWhere.Sql} ORDER BY id LIMIT $2 FOR UPDATE";

    private const int FoldLimit = 500;
    private const int LeaseLimit = 20;
    private const string Columns = PostgresDeliveryRows.Columns;

    /// <summary>The index is named by a condition of its own: of "it is null, or equal" the plan of a prepared statement would know nothing.</summary>
    internal static string ListSql(DeliveryFilter filter)
    {
        var index = filter switch
        {
            { Notification: not null } => "delivery WHERE notification_id = $7",
            { State: DeliveryState.Ambiguous } => "delivery_queue WHERE turn = 0 AND state = 3",
            { State: null or DeliveryState.Dead or DeliveryState.Expired } => "delivery_log WHERE state IN (6, 8)",
            _ => throw new ArgumentException("There is no index for this filter.", nameof(filter)),
        };
        return $"SELECT {Columns} FROM {index} AND id < $1 AND {DeliveryWhere.Sql} ORDER BY id DESC LIMIT $2";
    }

    public async Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand($"SELECT {Columns} FROM delivery WHERE id = $1").With(id.Value);
        return await ReadAllAsync(find, PostgresDeliveryRows.Read, cancellationToken) is [var delivery] ? delivery : null;
    }

    public async Task<IReadOnlyList<Delivery>> OfAsync(NotificationId notification, UserId? user, DeliveryId after, int limit, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand(user is null ? OfSql : OfPersonSql)
            .With(notification.Value, Math.Max(after.Value, PostgresDeliveryRows.FirstOf(notification) - 1), (long)limit);
        return await ReadAllAsync(user is { } one ? find.With(one.Value) : find, PostgresDeliveryRows.Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Delivery>> ListAsync(DeliveryFilter filter, DeliveryId? before, int limit, CancellationToken cancellationToken)
    {
        await using var list = database.Source.CreateCommand(ListSql(filter));
        return await ReadAllAsync(DeliveryWhere.With(list, filter, before?.Value ?? long.MaxValue, limit), PostgresDeliveryRows.Read, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>> AttemptsAsync(IReadOnlyList<DeliveryId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return new Dictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>();
        }

        await using var find = database.Source.CreateCommand(AttemptsSql)
            .With(ids.Select(id => id.Value).ToArray(), ids.Min(id => id.Value), ids.Max(id => id.Value));
        var rows = await ReadAllAsync(find, row => (Id: new DeliveryId(row.GetInt64(0)), Attempts: AttemptLines.Read(row.GetString(1))), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Attempts);
    }

    public async Task<IReadOnlyList<DeliveryCount>> CountsAsync(CancellationToken cancellationToken)
    {
        await using var read = database.Source.CreateCommand(
            """
            SELECT provider, state, sum(n)::bigint
            FROM (SELECT provider, state, n FROM delivery_count UNION ALL SELECT provider, state, n FROM delivery_count_delta) AS counted
            GROUP BY provider, state HAVING sum(n) <> 0 ORDER BY provider, state
            """);
        return await ReadAllAsync(read, row => new DeliveryCount(row.GetString(0), (DeliveryState)row.GetInt16(1), row.GetInt64(2)), cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> OldestAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        Dictionary<string, DateTimeOffset> oldest = [];
        foreach (var queue in queues)
        {
            await using var find = database.Source.CreateCommand(PostgresDeliveryQueue.NextSql).With(queue);
            if (await find.ExecuteScalarAsync(cancellationToken) is DateTime at)
            {
                oldest[queue] = at;
            }
        }

        return oldest;
    }

    public async Task<IReadOnlyDictionary<string, QueuePause>> PausesAsync(CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand(PostgresDeliveryRows.PausesSql);
        Dictionary<string, QueuePause> pauses = [];
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            PostgresDeliveryRows.AddPause(rows, pauses);
        }

        return pauses;
    }

    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        while (await database.WriteAsync(Fold, Lane.Background, cancellationToken) == FoldLimit)
        {
        }

        for (long? next = 0; next is { } after;)
        {
            next = await database.WriteAsync(tx => PostgresDeliveryLeases.Forget(PostgresTx.Of(tx), after, LeaseLimit), Lane.Background, cancellationToken);
        }
    }

    public IReadOnlyList<Delivery> LockEnded(WriteTx tx, DeliveryFilter filter, DeliveryId after, int limit)
    {
        using var find = PostgresTx.Of(tx).Use(EndedSql);
        return PostgresDeliveryRows.ReadAll(DeliveryWhere.With(find, filter, after.Value, limit));
    }

    /// <summary>Days go as a whole (<see cref="NotificationPartitions"/>); here goes what no day was made for.</summary>
    public int Prune(WriteTx tx, DeliveryId before, int limit)
    {
        using var prune = PostgresTx.Of(tx).Use(
            $"""
            WITH pruned AS (
                DELETE FROM delivery_log_rest WHERE id = ANY(ARRAY(SELECT id FROM delivery_log_rest WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
                RETURNING id, provider, state),
            counted AS (
                INSERT INTO delivery_count_delta (day, provider, state, n)
                SELECT id / {DeliveryCounts.IdsOfADay}, provider, state, -count(*) FROM pruned GROUP BY 1, 2, 3)
            SELECT count(*)::integer FROM pruned
            """,
            before.Value, (long)limit);
        return (int)prune.ExecuteScalar()!;
    }

    private static int Fold(WriteTx tx)
    {
        // Counts are written in the order of their key, so that two nodes that fold at once cannot lock each other out.
        using var fold = PostgresTx.Of(tx).Use(
            """
            WITH gone AS (
                DELETE FROM delivery_count_delta WHERE id = ANY(ARRAY(SELECT id FROM delivery_count_delta ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
                RETURNING day, provider, state, n),
            folded AS (
                INSERT INTO delivery_count (day, provider, state, n) SELECT day, provider, state, sum(n) FROM gone GROUP BY day, provider, state ORDER BY day, provider, state
                ON CONFLICT (day, provider, state) DO UPDATE SET n = delivery_count.n + excluded.n)
            SELECT count(*)::integer FROM gone
            """,
            FoldLimit);
        return (int)fold.ExecuteScalar()!;
    }

    private static async Task<List<T>> ReadAllAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> all = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            all.Add(read(rows));
        }

        return all;
    }
}

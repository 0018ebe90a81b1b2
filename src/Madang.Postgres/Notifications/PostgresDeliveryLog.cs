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
    internal const string AttemptsSql = $"SELECT {PostgresDeliveryRows.AttemptColumns} FROM delivery_attempt WHERE delivery_id = ANY($1) ORDER BY delivery_id, number";
    internal const string EndedSql = $"SELECT {Columns} FROM delivery WHERE id > $1 AND state IN (6, 8) AND {DeliveryWhere.Sql} ORDER BY id LIMIT $2 FOR UPDATE";

    private const int FoldLimit = 500;
    private const string Columns = PostgresDeliveryRows.Columns;

    /// <summary>The index is named by a condition of its own: of "it is null, or equal" the plan of a prepared statement would know nothing.</summary>
    internal static string ListSql(DeliveryFilter filter)
    {
        var index = filter switch
        {
            { Notification: not null } => "notification_id = $7",
            { State: DeliveryState.Ambiguous } => "state = 3",
            { State: null or DeliveryState.Dead or DeliveryState.Expired } => "state IN (6, 8)",
            _ => throw new ArgumentException("There is no index for this filter.", nameof(filter)),
        };
        return $"SELECT {Columns} FROM delivery WHERE {index} AND id < $1 AND {DeliveryWhere.Sql} ORDER BY id DESC LIMIT $2";
    }

    public async Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand($"SELECT {Columns} FROM delivery WHERE id = $1").With(id.Value);
        return await ReadAllAsync(find, PostgresDeliveryRows.Read, cancellationToken) is [var delivery] ? delivery : null;
    }

    public async Task<IReadOnlyList<Delivery>> OfAsync(NotificationId notification, UserId? user, DeliveryId after, int limit, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand(user is null ? OfSql : OfPersonSql).With(notification.Value, after.Value, (long)limit);
        return await ReadAllAsync(user is { } one ? find.With(one.Value) : find, PostgresDeliveryRows.Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Delivery>> ListAsync(DeliveryFilter filter, DeliveryId? before, int limit, CancellationToken cancellationToken)
    {
        await using var list = database.Source.CreateCommand(ListSql(filter));
        return await ReadAllAsync(DeliveryWhere.With(list, filter, before?.Value ?? long.MaxValue, limit), PostgresDeliveryRows.Read, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>> AttemptsAsync(IReadOnlyList<DeliveryId> ids, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand(AttemptsSql).With([ids.Select(id => id.Value).ToArray()]);
        var rows = await ReadAllAsync(find, row => (Id: new DeliveryId(row.GetInt64(0)), Attempt: PostgresDeliveryRows.ReadAttempt(row)), cancellationToken);
        return rows.GroupBy(row => row.Id).ToDictionary(of => of.Key, of => (IReadOnlyList<DeliveryAttempt>)[.. of.Select(row => row.Attempt)]);
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
    }

    public IReadOnlyList<Delivery> LockEnded(WriteTx tx, DeliveryFilter filter, DeliveryId after, int limit)
    {
        using var find = PostgresTx.Of(tx).Use(EndedSql);
        return PostgresDeliveryRows.ReadAll(DeliveryWhere.With(find, filter, after.Value, limit));
    }

    public int Prune(WriteTx tx, DeliveryId before, int limit)
    {
        using var prune = PostgresTx.Of(tx).Use(
            """
            WITH pruned AS (
                DELETE FROM delivery WHERE id = ANY(ARRAY(SELECT id FROM delivery WHERE id < $1 AND state > 3 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
                RETURNING id, provider, state),
            attempts AS (
                DELETE FROM delivery_attempt WHERE delivery_id = ANY(ARRAY(SELECT id FROM pruned))),
            counted AS (
                INSERT INTO delivery_count_delta (provider, state, n) SELECT provider, state, -count(*) FROM pruned GROUP BY provider, state)
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
                RETURNING provider, state, n),
            folded AS (
                INSERT INTO delivery_count (provider, state, n) SELECT provider, state, sum(n) FROM gone GROUP BY provider, state ORDER BY provider, state
                ON CONFLICT (provider, state) DO UPDATE SET n = delivery_count.n + excluded.n)
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

using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Postgres;
using Madang.Postgres.Notifications;
using Madang.Sqlite;
using Madang.Sqlite.Notifications;
using Madang.Storage;
using Npgsql;
using DeliveryWhere = Madang.Postgres.Notifications.DeliveryWhere;

namespace Madang.Tests.Conformance.Notifications;

/// <summary>
/// Beside a long log the statements of the runner and of an operator's pages touch only what they answer: plans are read, not seconds. (Seen to fail: by its first
/// index SQLite sorted every dead delivery for each page of them.)
/// </summary>
public sealed class DeliveryPlanTests
{
    private const int Count = 100_000;

    // Mostly sent; two percent dead, one expired, two in doubt, the rest waiting or being sent.
    private const string State = "CASE WHEN i % 100 < 80 THEN 4 WHEN i % 100 < 82 THEN 6 WHEN i % 100 < 83 THEN 8 WHEN i % 100 < 85 THEN 3 WHEN i % 100 < 86 THEN 2 ELSE 1 END";

    private static readonly DeliveryFilter[] s_dead =
        [new(), new() { State = DeliveryState.Dead, Queue = "mail", Reason = "5" }, new() { State = DeliveryState.Expired, User = new(7), IsAmbiguous = true, SinceId = new(1), UntilId = new(Count) }];

    private static readonly DeliveryFilter s_doubtful = new() { State = DeliveryState.Ambiguous, Category = "news" };
    private static readonly DeliveryFilter[] s_told = [new() { Notification = new(5) }, new() { Notification = new(5), State = DeliveryState.Sent, Channel = DeliveryChannel.Push }];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_reads_deliveries_without_a_scan()
    {
        await using var test = await TestDatabase.SqliteAsync();
        await test.Database.WriteAsync(
            tx =>
            {
                using var fill = SqliteTx.Of(tx).Use($"""
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Count})
                    INSERT INTO delivery (id, notification_id, user_id, category, channel, provider, address_id, digest_id, priority, policy, due_at, expires_at, state, attempt, fence,
                        ambiguous, unanswered, cancel_requested, lease_until, reason)
                    SELECT i, i / 10, i, 'news', 2, 'mail', i, 0, 1 + i % 3, 1, ?1 + i, ?1 + 86400000, {State}, 1, 1, 0, 0, 0, ?1, '550' FROM n
                    """);
                return fill.Bind(1, tx.Now).Run();
            },
            cancellationToken: Token);
        List<string> sorted =
        [
            .. s_dead.Append(s_doubtful).Select(SqliteDeliveryLog.ListSql), SqliteDeliveryLog.EndedSql, SqliteDeliveryLog.AttemptsSql,
            SqliteDeliveryQueue.WaitingSql, SqliteDeliveryQueue.TakeOverSql, SqliteDeliveryQueue.AmbiguousSql, SqliteDeliveryQueue.EndedSql,
        ];
        var ofOne = s_told.Select(SqliteDeliveryLog.ListSql).Append(SqliteDeliveryLog.OfSql).Append(SqliteDeliveryLog.OfPersonSql).ToList();

        var (plans, told) = await test.Database.WriteAsync(tx => (sorted.SelectMany(sql => Explain(tx, sql)).ToList(), ofOne.SelectMany(sql => Explain(tx, sql)).ToList()), cancellationToken: Token);
        Assert.All(plans.Concat(told), step => Assert.DoesNotContain("SCAN", step, StringComparison.Ordinal));
        Assert.All(plans, step => Assert.DoesNotContain("TEMP B-TREE", step, StringComparison.Ordinal));
        Assert.All(await NextAsync(), step => Assert.DoesNotContain("SCAN delivery", step, StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("delivery_dead (id<?)", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("delivery_doubtful (id<?)", StringComparison.Ordinal));
        Assert.Contains(told, step => step.Contains("delivery_of (notification_id=? AND user_id=?)", StringComparison.Ordinal));
        await AnswersAsync(test);

        Task<List<string>> NextAsync() => test.Database.WriteAsync(tx => Explain(tx, SqliteDeliveryQueue.NextSql), cancellationToken: Token);
    }

    [Fact]
    public async Task PostgreSQL_reads_deliveries_without_a_scan()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await test.Database.WriteAsync(
            tx => new[] { ("delivery_queue", "<="), ("delivery_log", ">") }.Sum(place => PostgresTx.Of(tx).Run(
                $"""
                INSERT INTO {place.Item1} (id, notification_id, user_id, category, channel, provider, address_id, digest_id, priority, policy, due_at, expires_at, state, attempt, fence,
                    ambiguous, unanswered, cancel_requested, lease_until, reason)
                SELECT i, i / 10, i, 'news', 2, 'mail', i, 0, 1 + i % 3, 1, $1 + i * interval '1 ms', $1 + interval '1 day', {State}, 1, 1, 0, false, false, $1, '550'
                FROM generate_series(1, {Count}) AS i WHERE {State} {place.Item2} 3
                """,
                tx.Now)),
            cancellationToken: Token);
        var source = ((PostgresDatabase)test.Database).Source;
        await using (var analyze = source.CreateCommand("ANALYZE delivery_queue, delivery_log_rest"))
        {
            await analyze.ExecuteNonQueryAsync(Token);
        }

        // Pages are read on the readers' own sessions, which may scan; replaying and claiming are the writers'.
        List<string> plans = [];
        foreach (var filter in s_dead.Append(s_doubtful).Concat(s_told))
        {
            await using var explain = source.CreateCommand("EXPLAIN " + PostgresDeliveryLog.ListSql(filter));
            plans.Add(await PlanAsync(DeliveryWhere.With(explain, filter, long.MaxValue, 51)));
        }

        Assert.All(plans, plan => Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal));
        Assert.All(plans.Take(3), plan => Assert.Contains("Index Scan Backward using delivery_log_rest_id_idx", plan, StringComparison.Ordinal));
        Assert.Contains("Index Scan Backward using delivery_doubtful", plans[3], StringComparison.Ordinal);
        Assert.All(plans.Take(4), plan => Assert.DoesNotContain("Sort  (", plan, StringComparison.Ordinal));
        Assert.All(plans.Skip(4), plan => Assert.Contains("delivery_queue_of", plan, StringComparison.Ordinal));
        var others = string.Join('\n', [
            await ReadPlanAsync(PostgresDeliveryLog.OfSql, 5L, 0L, 50L), await ReadPlanAsync(PostgresDeliveryLog.OfPersonSql, 5L, 0L, 50L, 51L),
            await ReadPlanAsync(PostgresDeliveryLog.AttemptsSql, new[] { 1L, 2L }, 1L, 2L), await ReadPlanAsync(PostgresDeliveryQueue.NextSql, "mail"),
            .. await test.Database.WriteAsync(tx => Explain(tx, PostgresDeliveryLeases.EndedSql, tx.Now, long.MaxValue, 50L), cancellationToken: Token),
            await test.Database.WriteAsync(
                tx =>
                {
                    using var replay = PostgresTx.Of(tx).Use("EXPLAIN " + PostgresDeliveryLog.EndedSql);
                    return Read(DeliveryWhere.With(replay, s_dead[1], 0, 50));
                },
                cancellationToken: Token),
        ]);
        Assert.DoesNotContain("Seq Scan", others, StringComparison.Ordinal);
        Assert.Contains("delivery_lease", others, StringComparison.Ordinal);
        await AnswersAsync(test);

        async Task<string> ReadPlanAsync(string sql, params object[] parameters)
        {
            await using var explain = source.CreateCommand("EXPLAIN " + sql);
            foreach (var parameter in parameters)
            {
                explain.Parameters.Add(new() { Value = parameter });
            }

            return await PlanAsync(explain);
        }
    }

    /// <summary>Seen to fail: by a plan made on the empty table each call went through all event ids of its sender, 25 ms among ten thousand.</summary>
    [Fact]
    public async Task PostgreSQL_finds_an_event_id_by_its_key_even_by_a_plan_made_while_there_were_none()
    {
        await using var test = await TestDatabase.PostgresAsync();
        var plan = await test.Database.WriteAsync(tx => Explain(tx, PostgresAccepting.FindSql, new[] { 7L }, new[] { "order-7" }, new[] { 1L, 0L }).Single(), cancellationToken: Token);
        Assert.Contains("event_id = s.event_id))", plan, StringComparison.Ordinal);
        Assert.All(plan.Split('\n').Where(line => line.Contains("event_id = ", StringComparison.Ordinal)), line => Assert.Contains("Index Cond", line, StringComparison.Ordinal));
    }

    private static async Task AnswersAsync(TestDatabase test)
    {
        var log = test.Store<IDeliveryLog>();
        var dead = await log.ListAsync(new() { State = DeliveryState.Dead }, null, 51, Token);
        Assert.Equal(51, dead.Count);
        Assert.All(dead.Zip(dead.Skip(1)), pair => Assert.True(pair.First.Id.Value > pair.Second.Id.Value));
        Assert.All(dead, delivery => Assert.Equal(DeliveryState.Dead, delivery.State));
        Assert.Equal(20, (await log.ListAsync(new() { State = DeliveryState.Ambiguous }, new(1_000), 51, Token)).Count);
        Assert.Equal(10, (await log.ListAsync(new() { Notification = new(5) }, null, 51, Token)).Count);
    }

    private static List<string> Explain(WriteTx tx, string sql)
    {
        List<string> steps = [];
        using var explain = SqliteTx.Of(tx).Use("EXPLAIN QUERY PLAN " + sql);
        while (explain.Step())
        {
            steps.Add(explain.Text(3));
        }

        return steps;
    }

    private static IEnumerable<string> Explain(WriteTx tx, string sql, params object[] parameters)
    {
        using var explain = PostgresTx.Of(tx).Use("EXPLAIN " + sql, parameters);
        return [Read(explain)];
    }

    private static string Read(NpgsqlCommand explain)
    {
        using var rows = explain.ExecuteReader();
        List<string> lines = [];
        while (rows.Read())
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join('\n', lines);
    }

    private static async Task<string> PlanAsync(NpgsqlCommand explain)
    {
        await using var rows = await explain.ExecuteReaderAsync(Token);
        List<string> lines = [];
        while (await rows.ReadAsync(Token))
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join('\n', lines);
    }
}

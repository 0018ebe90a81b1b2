using Madang.Postgres;
using Madang.Storage;
using Npgsql;

namespace Madang.Tests.Conformance.Storage;

/// <summary>What only a server far away can do to a write: conflicts, lost connections, settings that lie.</summary>
public sealed class PostgresDatabaseTests : IAsyncLifetime
{
    private string _connectionString = "";
    private PostgresDatabase _database = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await TestPostgres.CreateAsync();
        await AdminAsync("CREATE TABLE thing (id bigint PRIMARY KEY, n bigint NOT NULL DEFAULT 0)");
        await AdminAsync("INSERT INTO thing SELECT generate_series(1, 100)");
        _database = await OpenAsync(_connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await TestPostgres.DropAsync(_connectionString);
    }

    [Fact]
    public async Task Closures_that_deadlock_run_again_until_all_have_written()
    {
        // Every pair of neighbours locks in opposite orders, which the stores never do: PostgreSQL ends one of them after deadlock_timeout.
        await AdminAsync($"ALTER DATABASE {Name} SET deadlock_timeout = '20ms'");
        await using var database = await OpenAsync(_connectionString);
        using var both = new Barrier(2);
        var met = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => database.WriteAsync(tx =>
        {
            Add(tx, 1 + i);
            if (Interlocked.Increment(ref met) <= 2)
            {
                both.SignalAndWait(Cancelled);
            }

            return Add(tx, 2 - i);
        }, cancellationToken: Cancelled)));

        Assert.True(met > 2, "no closure was run again");
        Assert.Equal(4, await ScalarAsync("SELECT sum(n)::bigint FROM thing"));
    }

    [Fact]
    public async Task A_connection_lost_before_the_commit_is_replaced_and_the_closure_runs_again()
    {
        var runs = 0;
        await _database.WriteAsync(tx =>
        {
            Add(tx, 1);
            if (++runs == 1)
            {
                Terminate(Backend(tx));
            }

            return Add(tx, 2);
        }, cancellationToken: Cancelled);

        Assert.Equal(2, runs);
        Assert.Equal(2, await ScalarAsync("SELECT sum(n)::bigint FROM thing"));
    }

    [Fact]
    public async Task A_connection_lost_during_the_commit_is_told_to_the_caller_and_never_run_again()
    {
        var runs = 0;
        await Assert.ThrowsAsync<UnavailableException>(() => _database.WriteAsync(tx =>
        {
            runs++;
            Add(tx, 1);
            Terminate(Backend(tx));
            return 0;
        }, cancellationToken: Cancelled));

        Assert.Equal(1, runs);
        Assert.Equal(1, await _database.WriteAsync(tx => Add(tx, 2), cancellationToken: Cancelled));
    }

    [Fact]
    public async Task What_a_rolled_back_run_published_is_never_told()
    {
        var heard = new List<string>();
        _database.OnCommit<string>(heard.Add);
        var runs = 0;
        await _database.WriteAsync(tx =>
        {
            tx.Publish($"run {++runs}");
            return runs == 1 ? throw Conflict() : Add(tx, 1);
        }, cancellationToken: Cancelled);

        Assert.Equal(["run 2"], heard);
    }

    [Fact]
    public async Task A_closure_that_never_stops_conflicting_is_told_to_come_back_later()
    {
        var runs = 0;
        await Assert.ThrowsAsync<OverloadedException>(() => _database.WriteAsync<int>(tx =>
        {
            runs++;
            throw Conflict();
        }, cancellationToken: Cancelled));

        Assert.Equal(10, runs);
    }

    [Fact]
    public async Task A_full_disk_has_its_own_exception()
    {
        await Assert.ThrowsAsync<StorageFullException>(() => _database.WriteAsync(
            tx => PostgresTx.Of(tx).Run("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"), cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Writers_do_not_scan_even_where_a_scan_looks_cheap()
    {
        await AdminAsync("ANALYZE thing");
        var plan = await _database.WriteAsync(tx =>
        {
            using var explain = PostgresTx.Of(tx).Use("EXPLAIN SELECT n FROM thing WHERE id = ANY($1)", Enumerable.Range(1, 90).Select(i => (long)i).ToArray());
            return (string)explain.ExecuteScalar()!;
        }, cancellationToken: Cancelled);

        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_would_acknowledge_early_is_overruled()
    {
        await AdminAsync($"ALTER DATABASE {Name} SET synchronous_commit = off");
        await using var database = await OpenAsync(_connectionString);
        var setting = await database.WriteAsync(tx =>
        {
            using var show = PostgresTx.Of(tx).Use("SHOW synchronous_commit");
            return (string)show.ExecuteScalar()!;
        }, cancellationToken: Cancelled);

        Assert.Equal("on", setting);
    }

    [Fact]
    public async Task Nodes_that_start_together_on_an_empty_database_migrate_it_once()
    {
        var empty = await TestPostgres.CreateAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync(empty)));
        await using (var count = nodes[0].Source.CreateCommand("SELECT count(*) - count(DISTINCT (module, number)) FROM migration HAVING count(*) > 0"))
        {
            Assert.Equal(0L, await count.ExecuteScalarAsync(Cancelled));
        }

        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        await TestPostgres.DropAsync(empty);
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for_only_so_long_and_then_told()
    {
        await using var database = await OpenAsync(_connectionString, new PostgresOptions { PatienceSeconds = 1 });
        await AdminAsync($"ALTER DATABASE {Name} WITH ALLOW_CONNECTIONS false", TestPostgres.Maintenance(_connectionString));
        await AdminAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'", TestPostgres.Maintenance(_connectionString));
        var away = database.WriteAsync(tx => Add(tx, 1), cancellationToken: Cancelled);
        await Assert.ThrowsAsync<UnavailableException>(() => away);

        await AdminAsync($"ALTER DATABASE {Name} WITH ALLOW_CONNECTIONS true", TestPostgres.Maintenance(_connectionString));
        Assert.Equal(1, await database.WriteAsync(tx => Add(tx, 1), cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Reads_cannot_write()
    {
        await using var command = _database.Source.CreateCommand("UPDATE thing SET n = 1");
        var fault = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancelled));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, fault.SqlState);
    }

    [Fact]
    public async Task A_role_that_may_only_make_and_use_its_own_tables_is_enough()
    {
        var empty = await TestPostgres.CreateAsync();
        await AdminAsync($"CREATE ROLE {Name}_plain LOGIN PASSWORD 'plain'");
        await AdminAsync($"GRANT CREATE ON SCHEMA public TO {Name}_plain", empty);
        try
        {
            var plain = new NpgsqlConnectionStringBuilder(empty) { Username = $"{Name}_plain", Password = "plain" };
            await using var database = await OpenAsync(plain.ConnectionString);
            await database.CheckAsync(Cancelled);
        }
        finally
        {
            await TestPostgres.DropAsync(empty);
            await AdminAsync($"DROP ROLE {Name}_plain");
        }
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_any_more_is_not_started()
    {
        using var gone = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var busy = Enumerable.Range(0, 6).Select(_ => _database.WriteAsync(tx => release.Wait(10_000), cancellationToken: Cancelled)).ToList();
        var ran = false;
        var late = _database.WriteAsync(tx => ran = true, cancellationToken: gone.Token);
        await gone.CancelAsync();
        release.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        await Task.WhenAll(busy);
        Assert.False(ran);
    }

    private string Name => new NpgsqlConnectionStringBuilder(_connectionString).Database!;

    private static PostgresException Conflict() => new("could not serialize", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure);

    private static int Add(WriteTx tx, long id) => PostgresTx.Of(tx).Run("UPDATE thing SET n = n + 1 WHERE id = $1", id);

    private static int Backend(WriteTx tx)
    {
        using var command = PostgresTx.Of(tx).Use("SELECT pg_backend_pid()");
        return (int)command.ExecuteScalar()!;
    }

    private void Terminate(int backend)
    {
        using var admin = new NpgsqlConnection(_connectionString);
        admin.Open();
        using var command = new NpgsqlCommand("SELECT pg_terminate_backend($1, 5000)", admin) { Parameters = { new() { Value = backend } } };
        command.ExecuteNonQuery();
    }

    private static async Task<PostgresDatabase> OpenAsync(string connectionString, PostgresOptions? options = null)
    {
        var database = TestDatabase.PostgresEngine(connectionString, options);
        await database.OpenAsync(Cancelled);
        return database;
    }

    private async Task AdminAsync(string sql, string? connectionString = null)
    {
        await using var admin = new NpgsqlConnection(connectionString ?? _connectionString);
        await admin.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}

using System.Collections.Concurrent;
using Madang.Postgres;
using Madang.Storage;
using Npgsql;

namespace Madang.Tests.Conformance.Storage;

public sealed class PostgresHotVerbTests : IAsyncLifetime
{
    private string _connectionString = "";
    private PostgresDatabase _database = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await TestPostgres.CreateAsync();
        await using (var admin = new NpgsqlConnection(_connectionString))
        {
            await admin.OpenAsync(Cancelled);
            await using var create = new NpgsqlCommand("CREATE TABLE line (n bigint PRIMARY KEY, sorted bigint GENERATED ALWAYS AS IDENTITY)", admin);
            await create.ExecuteNonQueryAsync(Cancelled);
        }

        _database = TestDatabase.PostgresEngine(_connectionString, new PostgresOptions { HotQueue = 2_000 });
        await _database.OpenAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await TestPostgres.DropAsync(_connectionString);
    }

    [Fact]
    public async Task Items_that_wait_share_statements_within_the_limits_and_each_gets_its_own_answer()
    {
        var verb = new Lines();
        var answers = await Task.WhenAll(Enumerable.Range(1, 1000).Select(n => _database.WriteAsync(verb, n, Cancelled)));

        Assert.Equal(Enumerable.Range(1, 1000).Select(n => n * 10L), answers);
        Assert.Contains(verb.Batches, batch => batch.Count > 1);
        Assert.All(verb.Batches, batch => Assert.True(batch.Count <= 64 && (batch.Count == 1 || batch.Sum(verb.WeightOf) <= 512), $"{batch.Count} items"));
    }

    [Fact]
    public async Task Items_of_one_partition_are_written_in_the_order_they_were_given()
    {
        var verb = new Lines();
        await Task.WhenAll(Enumerable.Range(1, 500).Select(n => _database.WriteAsync(verb, n, Cancelled)));

        foreach (var partition in verb.Batches.SelectMany(batch => batch).GroupBy(verb.PartitionOf))
        {
            Assert.Equal(partition.Order(), partition);
        }
    }

    [Fact]
    public async Task Partitions_spread_over_both_sessions()
    {
        using var both = new Barrier(2);
        var verb = new Lines { Meeting = both };
        await Task.WhenAll(Enumerable.Range(1, 7).Select(n => _database.WriteAsync(verb, n, Cancelled)));

        Assert.True(verb.Met, "one session carried all partitions");
    }

    [Fact]
    public async Task One_bad_item_fails_alone()
    {
        var verb = new Lines { Bad = 77 };
        var writes = Enumerable.Range(1, 200).Select(n => _database.WriteAsync(verb, n, Cancelled)).ToList();

        var fault = await Assert.ThrowsAsync<PostgresException>(() => writes[76]);
        Assert.Equal(PostgresErrorCodes.NotNullViolation, fault.SqlState);
        await Task.WhenAll(writes.Where((_, i) => i != 76));
        await using var count = _database.Source.CreateCommand("SELECT count(*) FROM line");
        Assert.Equal(199L, await count.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task A_batch_that_loses_a_conflict_runs_again_as_a_batch()
    {
        var verb = new Lines { Conflicts = 1 };
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(n => _database.WriteAsync(verb, n, Cancelled)));

        Assert.Equal(200, answers[19]);
    }

    [Fact]
    public async Task Over_the_bound_a_write_is_refused_at_once()
    {
        using var release = new ManualResetEventSlim();
        var verb = new Lines { Gate = release };
        var writes = new List<Task<long>>();
        var refused = Assert.Throws<OverloadedException>(() =>
        {
            for (var n = 7; n < 70_000; n += 7)
            {
                writes.Add(_database.WriteAsync(verb, n, Cancelled));
            }
        });
        release.Set();

        Assert.Contains("lines", refused.Message, StringComparison.Ordinal);
        Assert.InRange(writes.Count, 2_000, 2_000 + 64 + 1);
        await Task.WhenAll(writes);
    }

    private sealed class Lines : PostgresHotVerb<int, long>
    {
        private int _conflicts;

        public ConcurrentQueue<IReadOnlyList<int>> Batches { get; } = new();

        public int? Bad { get; init; }

        public int Conflicts { get => _conflicts; init => _conflicts = value; }

        public ManualResetEventSlim? Gate { get; init; }

        /// <summary>The first batch waits for one of the other session.</summary>
        public Barrier? Meeting { get; init; }

        public bool Met { get; private set; }

        public override string Name => "lines";

        public override int PartitionOf(int item) => item % 7;

        public override int WeightOf(int item) => item % 100;

        public override void Run(PostgresTx tx, IReadOnlyList<int> items, Span<long> results)
        {
            Gate?.Wait(10_000);
            Met = Met || Meeting?.SignalAndWait(5_000) == true;
            Batches.Enqueue(items);
            tx.Run("INSERT INTO line (n) SELECT n FROM unnest($1) n", items.Select(n => n == Bad ? (long?)null : n).ToArray());
            if (Interlocked.Decrement(ref _conflicts) >= 0)
            {
                throw new PostgresException("could not serialize", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure);
            }

            for (var i = 0; i < items.Count; i++)
            {
                results[i] = items[i] * 10L;
            }
        }
    }
}

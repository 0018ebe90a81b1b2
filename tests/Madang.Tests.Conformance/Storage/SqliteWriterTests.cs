using Madang.Sqlite;
using Madang.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Conformance.Storage;

/// <summary>Group commit on SQLite: what shares a batch, who goes first, and what happens when one of a batch fails.</summary>
public sealed class SqliteWriterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_during_a_commit_shares_the_next_one()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var meter = new MeterLog(test);
        await QueueBehindGateAsync(test, () => Enumerable.Range(0, 100).Select(_ => test.WriteAsync(tx => tx.Now)));
        Assert.Equal([1, 100], meter.Take("madang.storage.batch.writes"));
    }

    [Fact]
    public async Task A_batch_ends_at_its_bound()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var meter = new MeterLog(test);
        await QueueBehindGateAsync(test, () => Enumerable.Range(0, 1_100).Select(_ => test.WriteAsync(tx => tx.Now)));
        Assert.Equal([1, 512, 512, 76], meter.Take("madang.storage.batch.writes"));
    }

    [Fact]
    public async Task A_batch_ends_when_its_time_is_used_up()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var meter = new MeterLog(test);
        await QueueBehindGateAsync(test, () => Enumerable.Range(0, 12).Select(_ => test.WriteAsync(tx =>
        {
            test.Time.Advance(TimeSpan.FromMilliseconds(2));
            return tx.Now;
        })));
        Assert.Equal([1, 4, 4, 4], meter.Take("madang.storage.batch.writes"));
    }

    [Fact]
    public async Task Hot_records_count_with_what_they_cost_last()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var meter = new MeterLog(test);
        var database = test.Store<SqliteDatabase>();
        var verb = new Doubling { Each = () => test.Time.Advance(TimeSpan.FromMilliseconds(4)) };
        _ = await database.WriteAsync(verb, 1L, Cancelled);
        await QueueBehindGateAsync(test, () => Enumerable.Range(0, 20).Select(i => database.WriteAsync(verb, (long)i, Cancelled)));
        Assert.Equal([1, 1, .. Enumerable.Repeat(2d, 10)], meter.Take("madang.storage.batch.writes"));
    }

    [Fact]
    public async Task When_one_of_a_batch_throws_each_of_the_others_runs_once_more_and_no_further()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var meter = new MeterLog(test);
        var runs = new int[10];
        var heard = new List<int>();
        test.Database.OnCommit<Said>(said => heard.Add(said.Number));
        var writes = new List<Task<int>>();
        await QueueBehindGateAsync(test, () => writes = [.. Enumerable.Range(0, 10).Select(i => test.WriteAsync(tx =>
        {
            runs[i]++;
            tx.Publish(new Said(i));
            return i == 5 ? throw new InvalidOperationException() : i;
        }))], ignoreFaults: true);
        Assert.Equal(9, writes.Count(write => write.IsCompletedSuccessfully));
        // Those after the one that threw were not taken yet: they run once, in the next batch.
        Assert.Equal([2, 2, 2, 2, 2, 2, 1, 1, 1, 1], runs);
        Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9], heard);
        Assert.Equal(1, meter.Take("madang.storage.reruns").Sum());
    }

    [Fact]
    public async Task A_write_alone_in_its_batch_that_throws_does_not_run_again()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var runs = 0;
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => test.WriteAsync<int>(_ =>
        {
            runs++;
            throw new InvalidOperationException();
        }));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Interactive_writes_pass_background_ones_but_not_for_ever()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var order = new List<char>();
        int Note(char lane)
        {
            // Two writes fill a batch's time.
            test.Time.Advance(TimeSpan.FromMilliseconds(4));
            order.Add(lane);
            return 0;
        }

        await QueueBehindGateAsync(test, () => Enumerable.Range(0, 4).Select(_ => test.WriteAsync(_ => Note('b'), Lane.Background))
            .Concat(Enumerable.Range(0, 16).Select(_ => test.WriteAsync(_ => Note('i')))));
        // The gate's own batch passed them over once; then every fourth batch takes one along; the rest comes when nobody else waits.
        Assert.Equal("iiiiiibiiiiiiiibiibb", new string([.. order]));
    }

    [Fact]
    public async Task Each_lane_refuses_what_is_over_its_bound()
    {
        await using var test = await TestDatabase.SqliteAsync(Settings(("Madang:Sqlite:InteractiveQueue", "3"), ("Madang:Sqlite:BackgroundQueue", "2")));
        await QueueBehindGateAsync(test, () =>
        {
            var writes = Enumerable.Range(0, 3).Select(_ => test.WriteAsync(tx => tx.Now))
                .Concat(Enumerable.Range(0, 2).Select(_ => test.WriteAsync(tx => tx.Now, Lane.Background))).ToList();
            Assert.Contains("interactive", Assert.Throws<OverloadedException>(() => { _ = test.WriteAsync(tx => tx.Now); }).Message, StringComparison.Ordinal);
            Assert.Contains("background", Assert.Throws<OverloadedException>(() => { _ = test.WriteAsync(tx => tx.Now, Lane.Background); }).Message, StringComparison.Ordinal);
            return writes;
        });
        _ = await test.WriteAsync(tx => tx.Now);
    }

    [Fact]
    public async Task A_write_that_waits_is_cancelled_at_once()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var cancel = new CancellationTokenSource();
        var ran = false;
        await QueueBehindGateAsync(test, () =>
        {
            var write = test.Database.WriteAsync(_ => ran = true, cancellationToken: cancel.Token);
            cancel.Cancel();
            Assert.True(write.IsCanceled);
            return [];
        });
        await test.Database.CheckAsync(Cancelled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Hot_records_of_a_batch_run_together_after_its_closures()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var database = test.Store<SqliteDatabase>();
        var verb = new Doubling();
        var closureRanAt = 0;
        var results = new List<Task<long>>();
        await QueueBehindGateAsync(test, () =>
        {
            results = [.. Enumerable.Range(1, 20).Select(i => database.WriteAsync(verb, (long)i, Cancelled))];
            return [.. results, test.WriteAsync(_ => closureRanAt = verb.Runs.Count)];
        });
        Assert.Equal([20], verb.Runs);
        Assert.Equal(0, closureRanAt);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => 2L * i), await Task.WhenAll(results));
    }

    [Fact]
    public async Task A_hot_record_that_throws_fails_alone_and_its_verb_forgets_what_was_undone()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var database = test.Store<SqliteDatabase>();
        var verb = new Doubling();
        var heard = new List<long>();
        test.Database.OnCommit<long>(heard.Add);
        var results = new List<Task<long>>();
        await QueueBehindGateAsync(
            test, () => results = [.. ((long[])[1, 2, -1, 3]).Select(i => database.WriteAsync(verb, i, Cancelled))], ignoreFaults: true);
        Assert.Equal((long[])[2, 4, 6], await Task.WhenAll(results[0], results[1], results[3]));
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => results[2]);
        Assert.Equal([1, 2, 3], heard);
        // All together, together again under a savepoint, then one by one.
        Assert.Equal([4, 4, 1, 1, 1, 1], verb.Runs);
        Assert.Equal(3, verb.Forgotten);
    }

    [Fact]
    public async Task A_verb_forgets_when_a_closure_beside_it_throws()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var database = test.Store<SqliteDatabase>();
        var verb = new Doubling();
        _ = await database.WriteAsync(verb, 1L, Cancelled);
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => test.WriteAsync<int>(_ => throw new InvalidOperationException()));
        Assert.Equal(1, verb.Forgotten);
    }

    [Fact]
    public async Task Who_waits_for_a_write_goes_on_elsewhere_than_on_the_writers_thread()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var after = Task.FromResult(0);
        var writer = 0;
        await QueueBehindGateAsync(test, () =>
        {
            var write = test.WriteAsync(_ => writer = Environment.CurrentManagedThreadId);
            after = write.ContinueWith(
                _ => Environment.CurrentManagedThreadId, Cancelled, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return [write];
        });
        Assert.NotEqual(writer, await after);
    }

    [Fact]
    public async Task A_listener_that_throws_takes_no_ack_away_and_keeps_nobody_from_hearing()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var heard = new List<int>();
        test.Database.OnCommit<Said>(_ => throw new InvalidOperationException());
        test.Database.OnCommit<Said>(said => heard.Add(said.Number));
        Assert.Equal(7, await test.WriteAsync(tx =>
        {
            tx.Publish(new Said(1));
            tx.Publish(new Said(2));
            return 7;
        }));
        Assert.Equal(8, await test.WriteAsync(_ => 8));
        Assert.Equal([1, 2], heard);
    }

    [Fact]
    public async Task What_waits_when_the_database_closes_is_written_and_what_comes_later_is_refused()
    {
        await using var test = await TestDatabase.SqliteAsync();
        using var gate = new Gate();
        var held = test.WriteAsync(_ =>
        {
            gate.Pass();
            return 1;
        });
        await gate.Reached;
        var waiting = test.WriteAsync(_ => 2);
        var closing = Task.Run(async () => await test.Database.DisposeAsync(), Cancelled);
        gate.Open();
        Assert.Equal((int[])[1, 2], await Task.WhenAll(held, waiting));
        await closing;
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(() => test.WriteAsync(_ => 3));
    }

    /// <summary>Holds the writer, queues what <paramref name="queue"/> writes, lets go and waits for all of it.</summary>
    private static async Task QueueBehindGateAsync(TestDatabase test, Func<IEnumerable<Task>> queue, bool ignoreFaults = false)
    {
        using var gate = new Gate();
        var held = test.WriteAsync(_ =>
        {
            gate.Pass();
            return 0;
        });
        await gate.Reached;
        List<Task> queued = [.. queue(), held];
        gate.Open();
        await Task.WhenAll(queued).ContinueWith(
            all =>
            {
                if (!ignoreFaults && all.Exception is { } fault)
                {
                    throw fault;
                }
            },
            TaskScheduler.Default);
    }

    private static Action<IHostApplicationBuilder> Settings(params (string Key, string Value)[] settings) => builder =>
        builder.Configuration.AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value)));

    private sealed record Said(int Number);

    /// <summary>Doubles numbers, fails on negative ones, and counts.</summary>
    private sealed class Doubling : SqliteHotVerb<long, long>
    {
        public List<int> Runs { get; } = [];

        public int Forgotten { get; private set; }

        public Action Each { get; init; } = () => { };

        public override void Run(SqliteTx tx, IReadOnlyList<long> items, Span<long> results)
        {
            Runs.Add(items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                Each();
                tx.Publish(items[i]);
                results[i] = items[i] >= 0 ? items[i] * 2 : throw new InvalidOperationException();
            }
        }

        public override void Forget() => Forgotten++;
    }
}

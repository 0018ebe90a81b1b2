using System.Collections.Concurrent;
using Madang.Api;
using Madang.Storage;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The contract of <see cref="Database"/> on every engine (design: agreements 1 and 8).</summary>
public abstract class DatabaseFacts(Func<Task<TestDatabase>> fresh)
{
    private static readonly Error Refused = new("refused", 409, "Not now.");

    [Fact]
    public async Task What_was_acknowledged_is_seen_by_the_next_read()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        for (var i = 1; i <= 50; i++)
        {
            _ = await test.WriteAsync(tx => scratch.Put(tx, i, i * i));
            Assert.Equal(i * i, (await scratch.ReadAsync())[i]);
        }
    }

    [Fact]
    public async Task A_read_sees_nothing_of_a_write_that_has_not_ended()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        using var gate = new Gate();
        var write = test.WriteAsync(tx =>
        {
            var put = scratch.Put(tx, 1, 1);
            gate.Pass();
            return put;
        });
        await gate.Reached;
        Assert.Empty(await scratch.ReadAsync());
        gate.Open();
        _ = await write;
        Assert.Single(await scratch.ReadAsync());
    }

    [Fact]
    public async Task A_write_reads_what_it_wrote_itself()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        Assert.Equal(2, await test.WriteAsync(tx => scratch.Put(tx, 1, 1) + scratch.Put(tx, 2, 2) - 2 + scratch.Count(tx)));
    }

    [Fact]
    public async Task A_closure_that_throws_is_undone_and_those_beside_it_are_not()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var writes = Enumerable.Range(1, 300).Select(i => test.WriteAsync(tx =>
        {
            _ = scratch.Put(tx, i, i);
            return i % 10 == 0 ? throw new InvalidOperationException($"number {i}") : i;
        })).ToList();
        for (var i = 1; i <= writes.Count; i++)
        {
            if (i % 10 == 0)
            {
                var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => writes[i - 1]);
                Assert.Equal($"number {i}", thrown.Message);
            }
            else
            {
                Assert.Equal(i, await writes[i - 1]);
            }
        }

        Assert.Equal(Enumerable.Range(1, 300).Where(i => i % 10 != 0).Select(i => (long)i), (await scratch.ReadAsync()).Keys.Order());
    }

    [Fact]
    public async Task A_broken_constraint_reaches_its_caller_as_an_exception()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        _ = await test.WriteAsync(tx => scratch.Put(tx, 1, 1));
        var writes = Enumerable.Range(1, 3).Select(i => test.WriteAsync(tx => scratch.Put(tx, i, 7))).ToList();
        _ = await Assert.ThrowsAnyAsync<Exception>(() => writes[0]);
        _ = await Task.WhenAll(writes[1], writes[2]);
        Assert.Equal(1, (await scratch.ReadAsync())[1]);
    }

    [Fact]
    public async Task A_closure_that_runs_again_sees_nothing_of_its_first_run()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var writes = Enumerable.Range(1, 100).Select(i => test.WriteAsync(tx =>
        {
            var bumped = scratch.Bump(tx, i);
            return i == 50 ? throw new InvalidOperationException("the fiftieth") : bumped;
        })).ToList();
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => writes[49]);
        writes.RemoveAt(49);
        Assert.All(await Task.WhenAll(writes), value => Assert.Equal(1, value));
    }

    [Fact]
    public async Task A_refusal_is_a_value_and_writes_nothing()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var result = await test.WriteAsync<Result<long>>(tx => scratch.Count(tx) == 0 ? Refused : scratch.Put(tx, 1, 1));
        Assert.Equal(Refused, result.Error);
        Assert.Empty(await scratch.ReadAsync());
    }

    [Fact]
    public async Task Publications_are_heard_once_before_the_ack_and_never_of_what_was_undone()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var heard = new ConcurrentQueue<Heard>();
        test.Database.OnCommit<Heard>(heard.Enqueue);
        test.Database.OnCommit<string>(_ => Assert.Fail("of another type"));
        var writes = Enumerable.Range(1, 200).Select(async i =>
        {
            await test.WriteAsync(tx =>
            {
                tx.Publish(new Heard(i, scratch.Put(tx, i, i)));
                return i % 20 == 0 ? throw new InvalidOperationException() : i;
            });
            Assert.Contains(heard, publication => publication.Number == i);
        }).ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(10, writes.Count(write => write.Exception?.InnerException is InvalidOperationException));
        Assert.Equal(Enumerable.Range(1, 200).Where(i => i % 20 != 0), heard.Select(publication => publication.Number).Order());
    }

    [Fact]
    public async Task Publications_that_follow_from_each_other_are_heard_in_commit_order()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var heard = new ConcurrentQueue<Heard>();
        test.Database.OnCommit<Heard>(heard.Enqueue);
        for (var i = 0; i < 100; i++)
        {
            _ = await test.WriteAsync(tx =>
            {
                tx.Publish(new Heard(1, scratch.Bump(tx, 1)));
                tx.Publish(new Heard(2, scratch.Bump(tx, 2)));
                return true;
            });
        }

        Assert.Equal(Enumerable.Range(1, 100).SelectMany(i => new[] { new Heard(1, i), new Heard(2, i) }), heard);
    }

    [Fact]
    public async Task Ten_thousand_concurrent_writers_count_without_a_hole()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        _ = await test.WriteAsync(tx => Enumerable.Range(0, 10).Sum(counter => scratch.Bump(tx, counter)));
        var values = new ConcurrentDictionary<int, ConcurrentBag<long>>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10_000),
            new ParallelOptions { MaxDegreeOfParallelism = 500, CancellationToken = TestContext.Current.CancellationToken },
            async (i, cancelled) => values.GetOrAdd(i % 10, _ => []).Add(
                await test.Database.WriteAsync(tx => scratch.Bump(tx, i % 10), cancellationToken: cancelled)));
        Assert.All(values.Values, counted => Assert.Equal(Enumerable.Range(2, 1_000).Select(n => (long)n), counted.Order()));
    }

    [Fact]
    public async Task Both_lanes_are_served_while_the_other_is_full_of_work()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        var writes = Enumerable.Range(1, 400).Select(i =>
            test.WriteAsync(tx => scratch.Put(tx, i, i), i % 2 == 0 ? Lane.Background : Lane.Interactive));
        _ = await Task.WhenAll(writes);
        Assert.Equal(400, (await scratch.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_write_cancelled_beforehand_never_runs()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => test.Database.WriteAsync(tx => scratch.Put(tx, 1, 1), cancellationToken: cancelled.Token));
        await test.Database.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await scratch.ReadAsync());
    }

    [Fact]
    public async Task A_write_that_has_started_can_no_longer_be_cancelled()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        using var cancelled = new CancellationTokenSource();
        using var gate = new Gate();
        var write = test.Database.WriteAsync(
            tx =>
            {
                gate.Pass();
                return scratch.Put(tx, 1, 1);
            },
            cancellationToken: cancelled.Token);
        await gate.Reached;
        await cancelled.CancelAsync();
        gate.Open();
        Assert.Equal(1, await write);
        Assert.Single(await scratch.ReadAsync());
    }

    [Fact]
    public async Task The_time_of_a_transaction_is_the_same_throughout_and_cut_to_the_millisecond()
    {
        await using var test = await fresh();
        test.Time.Advance(TimeSpan.FromTicks(1_234_567));
        var now = await test.WriteAsync(tx =>
        {
            var first = tx.Now;
            test.Time.Advance(TimeSpan.FromSeconds(1));
            return (First: first, Second: tx.Now);
        });
        Assert.Equal(now.First, now.Second);
        Assert.Equal(0, now.First.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.Equal(test.Time.GetUtcNow().AddSeconds(-1).ToUnixTimeMilliseconds(), now.First.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_check_goes_down_to_the_disk_and_leaves_nothing_behind()
    {
        await using var test = await fresh();
        var scratch = await Scratch.CreateAsync(test);
        await test.Database.CheckAsync(TestContext.Current.CancellationToken);
        await test.Database.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await scratch.ReadAsync());
        Assert.Matches(@"^(SQLite|PostgreSQL) \d+\.\d+", test.Database.Engine);
    }

    private sealed record Heard(int Number, long Value);
}

public sealed class SqliteDatabaseFacts() : DatabaseFacts(TestDatabase.SqliteAsync);

public sealed class PostgresDatabaseFacts() : DatabaseFacts(TestDatabase.PostgresAsync);

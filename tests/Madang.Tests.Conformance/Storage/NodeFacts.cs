using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The lease of a node id on every engine: whoever holds a number after somebody else never repeats or undercuts an id.</summary>
public abstract class NodeFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_node_takes_the_lowest_id()
    {
        await using var test = await fresh();
        var lease = Lease(test);
        _ = Assert.Throws<InvalidOperationException>(() => lease.Ids);
        await lease.TakeAsync(Cancelled);
        Assert.Equal(0, lease.Ids.Node);
        Assert.Equal(test.Time.GetUtcNow(), Snowflake.TimeOf(lease.Ids.Next()));
    }

    [Fact]
    public async Task After_a_clean_stop_the_next_holder_begins_with_its_clock()
    {
        await using var test = await fresh();
        var first = Lease(test);
        await first.TakeAsync(Cancelled);
        var last = first.Ids.Next();
        await first.StopAsync(Cancelled);
        test.Time.Advance(TimeSpan.FromSeconds(2));
        var second = Lease(test);
        await second.TakeAsync(Cancelled);
        Assert.Equal(first.Ids.Node, second.Ids.Node);
        Assert.Equal(test.Time.GetUtcNow(), Snowflake.TimeOf(second.Ids.Next()));
        Assert.True(second.Ids.Next() > last);
    }

    [Fact]
    public async Task After_a_clock_set_back_between_two_runs_ids_still_ascend()
    {
        await using var test = await fresh();
        var last = 0L;
        for (var run = 0; run < 5; run++)
        {
            var lease = Lease(test);
            await lease.TakeAsync(Cancelled);
            for (var i = 0; i < 100; i++)
            {
                var id = lease.Ids.Next();
                Assert.True(id > last);
                last = id;
            }

            await lease.StopAsync(Cancelled);
            test.Time.Step(TimeSpan.FromHours(-1));
        }
    }

    [Fact]
    public async Task A_renewal_in_the_background_moves_the_mark_on()
    {
        await using var test = await fresh();
        var store = new HeardStore(test.Store<INodeStore>());
        var lease = ActivatorUtilities.CreateInstance<NodeLease>(test.Services, (INodeStore)store);
        await lease.TakeAsync(Cancelled);
        Assert.Equal(test.Time.GetUtcNow() + NodeLease.Length, lease.Ids.Ceiling);
        await lease.StartAsync(Cancelled);
        await store.UntilRenewedAsync(() => test.Time.Advance(NodeLease.Renewal));
        await lease.StopAsync(Cancelled);
        Assert.False(test.Faults.First.IsCompleted);
    }

    [Fact]
    public async Task Ids_do_not_pass_the_mark_when_the_clock_does()
    {
        await using var test = await fresh();
        var lease = Lease(test);
        await lease.TakeAsync(Cancelled);
        var mark = lease.Ids.Ceiling;
        test.Time.Step(TimeSpan.FromDays(1));
        Assert.True(Snowflake.TimeOf(lease.Ids.Next()) <= mark);
        await lease.RenewAsync(Cancelled);
        Assert.Equal(test.Time.GetUtcNow(), Snowflake.TimeOf(lease.Ids.Next()));
    }

    [Fact]
    public async Task A_lease_that_went_to_another_ends_the_process()
    {
        await using var test = await fresh();
        var lease = Lease(test);
        await lease.TakeAsync(Cancelled);
        var store = test.Store<INodeStore>();
        var owner = lease.Owner;
        _ = await test.WriteAsync(tx =>
        {
            // As if it had ended unnoticed, and somebody else had taken the number.
            store.Release(tx, lease.Ids.Node, owner, lease.Ids.HighWater);
            return store.Take(tx, "another", tx.Now + NodeLease.Length);
        });
        await lease.RenewAsync(Cancelled);
        Assert.Contains("node id 0", (await test.Faults.First.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).Message, StringComparison.Ordinal);
    }

    private static NodeLease Lease(TestDatabase test) => ActivatorUtilities.CreateInstance<NodeLease>(test.Services);

    /// <summary>The engine's own store; tells when the lease was renewed after it had begun to listen.</summary>
    private sealed class HeardStore(INodeStore store) : INodeStore
    {
        private readonly TaskCompletionSource _renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _listens;

        public async Task UntilRenewedAsync(Action act)
        {
            _listens = true;
            act();
            await _renewed.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        }

        public NodeGrant? Take(WriteTx tx, string owner, DateTimeOffset until) => store.Take(tx, owner, until);

        public bool Renew(WriteTx tx, int id, string owner, DateTimeOffset until, DateTimeOffset highWater)
        {
            if (_listens)
            {
                _ = _renewed.TrySetResult();
            }

            return store.Renew(tx, id, owner, until, highWater);
        }

        public void Release(WriteTx tx, int id, string owner, DateTimeOffset highWater) => store.Release(tx, id, owner, highWater);
    }
}

public sealed class SqliteNodeFacts() : NodeFacts(TestDatabase.SqliteAsync)
{
    [Fact]
    public async Task After_crashes_and_clock_steps_ids_still_ascend()
    {
        // No lease is given back. The folder's lock says that the holder before is gone, so the number is taken at once.
        await using var test = await TestDatabase.SqliteAsync();
        var last = 0L;
        for (var run = 0; run < 20; run++)
        {
            var lease = ActivatorUtilities.CreateInstance<NodeLease>(test.Services);
            await lease.TakeAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, lease.Ids.Node);
            for (var i = 0; i < 5_000; i++)
            {
                var id = lease.Ids.Next();
                Assert.True(id > last);
                last = id;
            }

            test.Time.Step(TimeSpan.FromMinutes(run % 3 == 0 ? -90 : 1));
        }
    }
}

public sealed class PostgresNodeFacts() : NodeFacts(TestDatabase.PostgresAsync);

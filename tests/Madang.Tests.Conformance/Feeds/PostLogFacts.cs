using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance.Feeds;

public sealed class SqlitePostLogFacts() : PostLogFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPostLogFacts() : PostLogFacts(TestDatabase.PostgresAsync);

/// <summary>The log of posts and its readers, on every engine.</summary>
public abstract class PostLogFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task Everything_that_was_done_is_in_the_log_in_the_order_of_commits()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var log = world.Test.Store<IPostLogStore>();
        Assert.Equal(default, await log.HeadAsync(PostWorld.Token));
        var mina = await world.PersonAsync();
        var post = await world.PostAsync(mina, "one");
        var comment = await world.CommentAsync(mina, post.Id, "two");
        _ = await world.EditAsync(mina, post.Id, "three");
        await world.DeleteAsync(mina, comment.Id);
        var entries = await world.LogAsync(4);
        Assert.Equal(
            [(post.Id, PostOp.Created), (comment.Id, PostOp.Created), (post.Id, PostOp.Updated), (comment.Id, PostOp.Removed)],
            entries.Select(entry => (entry.Post, entry.Op)));
        Assert.Equal(entries[^1].Position, await log.HeadAsync(PostWorld.Token));
        Assert.Equal(entries.Skip(2), await log.ReadAsync(entries[1].Position, 2, PostWorld.Token));
        Assert.Empty(await log.ReadAsync(entries[^1].Position, 2, PostWorld.Token));
    }

    [Fact]
    public async Task Each_reader_gets_everything_in_order_and_again_after_it_failed()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (one, other) = (new Reader("one"), new Reader("other") { FailsAt = 2 });
        var mina = await world.PersonAsync();
        var ids = new List<Madang.Feeds.PostId>();
        for (var n = 0; n < 450; n++)
        {
            ids.Add((await world.PostAsync(mina, $"{n}")).Id);
        }

        _ = await world.LogAsync(450);
        await Pump(world, one).RunAsync(PostWorld.Token);
        Assert.Equal(ids, one.Seen);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Pump(world, other).RunAsync(PostWorld.Token));
        Assert.Equal(PostLogPump.Batch, other.Seen.Count);
        // As after a restart: from its own cursor, which stands before the batch that failed.
        world.Test.Time.Advance(TimeSpan.FromMinutes(1));
        await Pump(world, other).RunAsync(PostWorld.Token);
        Assert.Equal(ids, other.Seen);
        world.Test.Time.Advance(TimeSpan.FromMinutes(1));
        await Pump(world, one).RunAsync(PostWorld.Token);
        Assert.Equal(ids, one.Seen);
    }

    [Fact]
    public async Task The_log_is_let_go_when_it_is_old_and_everybody_has_read_it()
    {
        await using var world = await PostWorld.OpenAsync(fresh);
        var (one, other) = (new Reader("one"), new Reader("other"));
        var log = world.Test.Store<IPostLogStore>();
        var mina = await world.PersonAsync();
        _ = await world.PostAsync(mina, "old");
        _ = await world.LogAsync(1);
        await Pump(world, one).RunAsync(PostWorld.Token);
        world.Test.Time.Advance(TimeSpan.FromDays(8));
        var young = await world.PostAsync(mina, "young");
        _ = await world.LogAsync(2);
        Assert.Equal(0, await PruneAsync("one", "other"));
        await Pump(world, other).RunAsync(PostWorld.Token);
        Assert.Equal(1, await PruneAsync("one", "other"));
        Assert.Equal([young.Id], (await log.ReadAsync(default, 10, PostWorld.Token)).Select(entry => entry.Post));

        Task<int> PruneAsync(params string[] readers) =>
            world.Test.WriteAsync(tx => log.Prune(tx, tx.Now - TimeSpan.FromDays(7), readers, 100), Lane.Background);
    }

    private static PostLogPump Pump(PostWorld world, IPostLogReader reader) => new(
        [reader], world.Test.Store<IPostLogStore>(), world.Test.Database, world.Test.Time, null, NullLogger<PostLogPump>.Instance);

    private sealed class Reader(string name) : IPostLogReader
    {
        private int _calls;

        public string Name => name;

        /// <summary>Which call throws.</summary>
        public int FailsAt { get; init; }

        public List<Madang.Feeds.PostId> Seen { get; } = [];

        public Task AcceptAsync(IReadOnlyList<PostLogEntry> entries, CancellationToken cancellationToken)
        {
            if (++_calls == FailsAt)
            {
                throw new InvalidOperationException("as if the disk were full");
            }

            Seen.AddRange(entries.Select(entry => entry.Post));
            return Task.CompletedTask;
        }
    }
}

using Madang.Feeds.Posts;
using Madang.Postgres;
using Npgsql;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>What only a server with several nodes can show.</summary>
public sealed class PostLogLeaseTests
{
    [Fact]
    public async Task A_reader_is_served_by_one_node_until_its_lease_ends()
    {
        await using var world = await PostWorld.OpenAsync(TestDatabase.PostgresAsync);
        var log = world.Test.Store<IPostLogStore>();
        Assert.Equal(default(LogPosition), await TakeAsync("a"));
        Assert.Null(await TakeAsync("b"));
        Assert.NotNull(await TakeAsync("a"));
        world.Test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await TakeAsync("b"));
        Assert.False(await world.Test.WriteAsync(tx => log.Advance(tx, "reader", "a", new(9, 9), tx.Now)));
        Assert.True(await world.Test.WriteAsync(tx => log.Advance(tx, "reader", "b", new(9, 9), tx.Now)));

        Task<LogPosition?> TakeAsync(string owner) => world.Test.WriteAsync(tx => log.Take(tx, "reader", owner, tx.Now + TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Nothing_appears_behind_a_reader_while_an_older_transaction_runs()
    {
        await using var world = await PostWorld.OpenAsync(TestDatabase.PostgresAsync);
        var log = world.Test.Store<IPostLogStore>();
        var mina = await world.PersonAsync();
        await using var connection = new NpgsqlConnection(world.Test.Store<PostgresServer>().ConnectionString + ";Pooling=false");
        await connection.OpenAsync(PostWorld.Token);
        await using var older = await connection.BeginTransactionAsync(PostWorld.Token);
        await using var insert = new NpgsqlCommand("INSERT INTO post_log (post_id, author_id, op, at) VALUES (7, 7, 1, now())", connection, older);
        _ = await insert.ExecuteNonQueryAsync(PostWorld.Token);
        var post = await world.PostAsync(mina, "younger, and committed first");
        Assert.Empty(await log.ReadAsync(default, 10, PostWorld.Token));
        await older.CommitAsync(PostWorld.Token);
        Assert.Equal([new(7), post.Id], (await world.LogAsync(2)).Select(entry => entry.Post));
    }
}

using Madang.Sqlite;
using Madang.Storage;
using Microsoft.Extensions.Configuration;

namespace Madang.Tests.Conformance.Storage;

/// <summary>Reads on SQLite: one snapshot, read-only, bounded in number and in time.</summary>
public sealed class SqliteReaderTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_statements_of_a_read_see_the_same_snapshot()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var scratch = await Scratch.CreateAsync(test);
        var database = test.Store<SqliteDatabase>();
        using var gate = new Gate();
        var reading = Task.Run(
            () => database.ReadAsync(
                connection =>
                {
                    var before = Count(connection);
                    gate.Pass();
                    return (before, Count(connection));
                },
                Cancelled),
            Cancelled);
        await gate.Reached;
        _ = await test.WriteAsync(tx => scratch.Put(tx, 1, 1));
        gate.Open();
        Assert.Equal((0, 0), await reading);
        Assert.Equal(1, await database.ReadAsync(Count, Cancelled));
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        await using var test = await TestDatabase.SqliteAsync();
        _ = await Scratch.CreateAsync(test);
        var thrown = await Assert.ThrowsAsync<SqliteException>(() => test.Store<SqliteDatabase>().ReadAsync(
            connection =>
            {
                using var insert = connection.Use("INSERT INTO scratch (id, value) VALUES (1, 1)");
                return insert.Run();
            },
            Cancelled));
        Assert.Contains("readonly", thrown.Message, StringComparison.Ordinal);
        // A fault of the code, not of the disk.
        Assert.False(test.Faults.First.IsCompleted);
    }

    [Fact]
    public async Task A_read_that_holds_its_snapshot_for_more_than_five_seconds_is_ended()
    {
        await using var test = await TestDatabase.SqliteAsync();
        _ = await Scratch.CreateAsync(test);
        var database = test.Store<SqliteDatabase>();
        _ = await Assert.ThrowsAsync<TimeoutException>(() => database.ReadAsync(
            connection =>
            {
                test.Time.Advance(TimeSpan.FromSeconds(5.1));
                return Count(connection);
            },
            Cancelled));
        Assert.Equal(0, await database.ReadAsync(Count, Cancelled));
    }

    [Fact]
    public async Task A_statement_that_runs_for_more_than_five_seconds_is_interrupted()
    {
        await using var test = await TestDatabase.SqliteAsync();
        var database = test.Store<SqliteDatabase>();
        using var gate = new Gate();
        var reading = Task.Run(
            () => database.ReadAsync(
                connection =>
                {
                    using var endless = connection.Use("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
                    gate.Pass();
                    return endless.Scalar();
                },
                Cancelled),
            Cancelled);
        await gate.Reached;
        gate.Open();
        test.Time.Advance(TimeSpan.FromSeconds(6));
        _ = await Assert.ThrowsAsync<TimeoutException>(() => reading);
    }

    [Fact]
    public async Task Reads_wait_for_a_free_connection_and_over_the_bound_they_are_refused()
    {
        await using var test = await TestDatabase.SqliteAsync(builder => builder.Configuration.AddInMemoryCollection(
            [new("Madang:Sqlite:Readers", "1"), new("Madang:Sqlite:ReadQueue", "1")]));
        var database = test.Store<SqliteDatabase>();
        using var gate = new Gate();
        var first = Task.Run(
            () => database.ReadAsync(
                _ =>
                {
                    gate.Pass();
                    return 1;
                },
                Cancelled),
            Cancelled);
        await gate.Reached;
        using var impatient = new CancellationTokenSource();
        var second = database.ReadAsync(_ => 2, impatient.Token);
        _ = await Assert.ThrowsAsync<OverloadedException>(() => database.ReadAsync(_ => 3, Cancelled));
        await impatient.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var fourth = database.ReadAsync(_ => 4, Cancelled);
        gate.Open();
        Assert.Equal((1, 4), (await first, await fourth));
    }

    [Fact]
    public async Task A_read_that_throws_gives_its_connection_back()
    {
        await using var test = await TestDatabase.SqliteAsync(builder => builder.Configuration.AddInMemoryCollection([new("Madang:Sqlite:Readers", "1")]));
        var database = test.Store<SqliteDatabase>();
        for (var i = 0; i < 3; i++)
        {
            _ = await Assert.ThrowsAsync<InvalidOperationException>(() => database.ReadAsync<int>(_ => throw new InvalidOperationException(), Cancelled));
        }

        Assert.Equal(1, await database.ReadAsync(_ => 1, Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("마당")]
    [InlineData("a\0b")]
    [InlineData("🙂")]
    public async Task Texts_and_blobs_come_back_as_they_went_in(string text)
    {
        await using var test = await TestDatabase.SqliteAsync();
        byte[] bytes = [.. System.Text.Encoding.UTF8.GetBytes(text)];
        var (read, blob, missing) = await test.WriteAsync(tx =>
        {
            using var select = SqliteTx.Of(tx).Use("SELECT ?1, ?2, ?3");
            Assert.True(select.Bind(1, text).Bind(2, bytes).Bind(3, (string?)null).Step());
            Assert.False(select.IsNull(0) || select.IsNull(1));
            return (select.Text(0), select.Blob(1), select.TextOrNull(2));
        });
        Assert.Equal(text, read);
        Assert.Equal(bytes, blob);
        Assert.Null(missing);
    }

    private static long Count(SqliteConnection connection)
    {
        using var select = connection.Use("SELECT count(*) FROM scratch");
        return select.Scalar() ?? 0;
    }
}

using Madang.Postgres;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Tests.Conformance.Storage;

/// <summary>Two tables for the suites on <see cref="Database"/> itself, which knows no tables of its own.</summary>
internal abstract class Scratch(TestDatabase test)
{
    public Database Database => test.Database;

    /// <summary>Those of the engine under test.</summary>
    public static async Task<Scratch> CreateAsync(TestDatabase test)
    {
        Scratch scratch = test.Database is SqliteDatabase ? new SqliteScratch(test) : new PostgresScratch(test);
        _ = await test.WriteAsync(scratch.Create);
        return scratch;
    }

    /// <summary>Throws when the row is there already.</summary>
    public abstract int Put(WriteTx tx, long id, long value);

    public abstract long Count(WriteTx tx);

    /// <summary>Adds one to a counter; its new value.</summary>
    public abstract long Bump(WriteTx tx, long counter);

    /// <summary>All rows, as a reader sees them.</summary>
    public abstract Task<IReadOnlyDictionary<long, long>> ReadAsync();

    protected abstract int Create(WriteTx tx);
}

internal sealed class SqliteScratch(TestDatabase test) : Scratch(test)
{
    private readonly SqliteDatabase _database = test.Store<SqliteDatabase>();

    public override int Put(WriteTx tx, long id, long value)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO scratch (id, value) VALUES (?1, ?2)");
        return insert.Bind(1, id).Bind(2, value).Run();
    }

    public override long Count(WriteTx tx)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT count(*) FROM scratch");
        return select.Scalar() ?? 0;
    }

    public override long Bump(WriteTx tx, long counter)
    {
        using var upsert = SqliteTx.Of(tx).Use(
            "INSERT INTO scratch_counter (id, value) VALUES (?1, 1) ON CONFLICT (id) DO UPDATE SET value = value + 1 RETURNING value");
        return upsert.Bind(1, counter).Scalar() ?? 0;
    }

    public override Task<IReadOnlyDictionary<long, long>> ReadAsync() => _database.ReadAsync<IReadOnlyDictionary<long, long>>(
        connection =>
        {
            var rows = new Dictionary<long, long>();
            using var select = connection.Use("SELECT id, value FROM scratch");
            while (select.Step())
            {
                rows.Add(select.Int64(0), select.Int64(1));
            }

            return rows;
        },
        TestContext.Current.CancellationToken);

    protected override int Create(WriteTx tx)
    {
        using var rows = SqliteTx.Of(tx).Use("CREATE TABLE scratch (id INTEGER NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT");
        using var counters = SqliteTx.Of(tx).Use("CREATE TABLE scratch_counter (id INTEGER NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT");
        return rows.Run() + counters.Run();
    }
}

internal sealed class PostgresScratch(TestDatabase test) : Scratch(test)
{
    private readonly PostgresDatabase _database = test.Store<PostgresDatabase>();

    public override int Put(WriteTx tx, long id, long value) => PostgresTx.Of(tx).Run("INSERT INTO scratch (id, value) VALUES ($1, $2)", id, value);

    public override long Count(WriteTx tx)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT count(*) FROM scratch");
        return (long)select.ExecuteScalar()!;
    }

    public override long Bump(WriteTx tx, long counter)
    {
        using var upsert = PostgresTx.Of(tx).Use(
            "INSERT INTO scratch_counter AS c (id, value) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET value = c.value + 1 RETURNING value", counter);
        return (long)upsert.ExecuteScalar()!;
    }

    public override async Task<IReadOnlyDictionary<long, long>> ReadAsync()
    {
        var rows = new Dictionary<long, long>();
        await using var select = _database.Source.CreateCommand("SELECT id, value FROM scratch");
        await using var reader = await select.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(reader.GetInt64(0), reader.GetInt64(1));
        }

        return rows;
    }

    protected override int Create(WriteTx tx) => PostgresTx.Of(tx).Run(
        "CREATE TABLE scratch (id bigint PRIMARY KEY, value bigint NOT NULL); CREATE TABLE scratch_counter (id bigint PRIMARY KEY, value bigint NOT NULL)");
}

using Madang.Postgres;
using Madang.Storage.Migrating;
using Npgsql;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The migrator on a PostgreSQL server.</summary>
public sealed class PostgresMigratorTests : MigratorFacts, IAsyncLifetime
{
    private string? _database;

    public async ValueTask InitializeAsync()
    {
        TestPostgres.Require();
        _database = await TestPostgres.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await TestPostgres.DropAsync(_database);
        }
    }

    private protected override async Task RunTargetAsync(Func<IMigrationTarget, Task> use)
    {
        await using var connection = await OpenAsync();
        await use(new PostgresMigrations(connection, TimeProvider.System));
    }

    private protected override async Task<long> CountAsync(string table)
    {
        await using var connection = await OpenAsync();
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(_database + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}

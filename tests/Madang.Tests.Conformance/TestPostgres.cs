using Npgsql;

namespace Madang.Tests.Conformance;

/// <summary>
/// The server in MADANG_TEST_POSTGRES (tests/postgres starts one). Every test has a database of its own, dropped after it.
/// </summary>
internal static class TestPostgres
{
    private const string Variable = "MADANG_TEST_POSTGRES";
    private static int _count;

    private static string? ConnectionString => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : null;

    /// <summary>Skips the test, by name, where no server is given.</summary>
    public static void Require() => Assert.SkipUnless(ConnectionString is not null, $"{Variable} names no server: tests/postgres starts one");

    /// <summary>A new database; its connection string.</summary>
    public static async Task<string> CreateAsync(string template = "template0")
    {
        Require();
        var name = $"madang_{Environment.ProcessId}_{Interlocked.Increment(ref _count)}";
        await RunAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return To(name);
    }

    public static Task DropAsync(string connectionString)
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(connectionString));
        return RunAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    /// <summary>
    /// A database to copy from, kept on the server for later runs. Nobody is ever connected to it, since a copy needs it unused: it is
    /// filled under another name.
    /// </summary>
    public static async Task MakeTemplateAsync(string name, Func<string, Task> fill)
    {
        await using var admin = new NpgsqlConnection(ConnectionString!);
        await admin.OpenAsync();
        await ExecuteAsync(admin, "SELECT pg_advisory_lock(hashtext('madang_test_template'))");
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", admin) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync() is 0L)
        {
            await ExecuteAsync(admin, $"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)");
            await ExecuteAsync(admin, $"CREATE DATABASE {name}_new TEMPLATE template0");
            await fill(To(name + "_new"));
            await ExecuteAsync(admin, $"ALTER DATABASE {name}_new RENAME TO {name}");
        }

        await ExecuteAsync(admin, "SELECT pg_advisory_unlock(hashtext('madang_test_template'))");
    }

    /// <summary>The same server, but no test's database.</summary>
    public static string Maintenance(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString;

    private static string To(string database) => new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database }.ConnectionString;

    private static async Task RunAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(ConnectionString!);
        await admin.OpenAsync();
        await ExecuteAsync(admin, sql);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

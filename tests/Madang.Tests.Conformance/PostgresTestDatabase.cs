using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Madang.Postgres;
using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Madang.Tests.Conformance;

public sealed partial class TestDatabase
{
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    private static readonly IReadOnlyList<Migration> PostgresSteps = Migration.EmbeddedIn(typeof(PostgresModule).Assembly);

    // Named by what is in it: whatever a later run has not changed it need not build again.
    private static readonly string PostgresTemplate = "madang_template_" +
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(PostgresSteps.Select(step => step.Id + step.Hash)))))[..16];

    private static readonly Lazy<Task> PostgresTemplateMade = new(() => TestPostgres.MakeTemplateAsync(PostgresTemplate, MigratePostgresAsync));

    public static Task<TestDatabase> PostgresAsync() => PostgresAsync(_ => { });

    internal static async Task<TestDatabase> PostgresAsync(Action<IHostApplicationBuilder> configure)
    {
        TestPostgres.Require();
        await PostgresTemplateMade.Value;
        var connectionString = await TestPostgres.CreateAsync(PostgresTemplate);
        return await OpenAsync(
            builder =>
            {
                configure(builder);
                _ = builder.AddPostgres(connectionString);
            },
            () => TestPostgres.DropAsync(connectionString));
    }

    /// <summary>The engine alone, on the real clock, without the stores of any module. Not opened yet.</summary>
    internal static PostgresDatabase PostgresEngine(string connectionString, PostgresOptions? options = null) => new(
        new PostgresServer(connectionString), Options.Create(options ?? new PostgresOptions()), new Migrator(NullLogger<Migrator>.Instance),
        new StorageMetrics(Meters), TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task MigratePostgresAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await new Migrator(NullLogger<Migrator>.Instance).RunAsync(
            new PostgresMigrations(connection, TimeProvider.System), PostgresSteps, CancellationToken.None);
    }
}

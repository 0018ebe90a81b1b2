using Madang.Bench.Serving;
using Npgsql;

namespace Madang.Bench.Notifying.Queues;

/// <summary>PostgreSQL with its default durability: every commit is on disk before its answer.</summary>
internal sealed class PostgresQueueServer(PostgresProcess postgres, bool asUrl) : IQueueServer
{
    public string Address { get; } = asUrl ? Url(postgres.ConnectionString) : postgres.ConnectionString;

    public IReadOnlyList<int> Roots => [postgres.Pid];

    /// <param name="asUrl">As Node's clients want it.</param>
    public static async Task<IQueueServer> StartAsync(string folder, bool asUrl) => new PostgresQueueServer(await PostgresProcess.StartAsync(folder), asUrl);

    public Task CrashAndRestartAsync(CancellationToken cancellationToken) => postgres.CrashAndRestartAsync();

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    private static string Url(string text)
    {
        var parts = new NpgsqlConnectionStringBuilder(text);
        return $"postgres://{parts.Username}:{parts.Password}@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Madang.Postgres.Storage;

/// <summary>NOTIFY on a line of its own: inside the transaction that writes what waits it would take a lock that every commit of the server waits for.</summary>
internal sealed partial class PostgresNodeHints(PostgresDatabase database, TimeProvider time, ILogger<PostgresNodeHints> log) : INodeHints
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public TimeSpan Poll => TimeSpan.FromSeconds(1);

    public async Task SendAsync(string topic, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await using var notify = database.Source.CreateCommand("SELECT pg_notify($1, name) FROM unnest($2) AS name").With(topic, names.ToArray());
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    public async IAsyncEnumerable<string> ListenAsync(string topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var heard = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        var listening = ListenAsync(topic, heard.Writer, cancellationToken);
        await foreach (var name in heard.Reader.ReadAllAsync(cancellationToken))
        {
            yield return name;
        }

        await listening;
    }

    private async Task ListenAsync(string topic, ChannelWriter<string> heard, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A lost line is told and opened again; meanwhile polling finds what waits.
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, said) => heard.TryWrite(said.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {topic}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (NpgsqlException fault)
            {
                LogLineLost(topic, fault);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The line that hears of {Topic} was lost; opening it again")]
    private partial void LogLineLost(string topic, Exception fault);
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Madang.Notifications.Delivering.Running;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Madang.Postgres.Notifications;

/// <summary>NOTIFY on a line of its own: inside a planning transaction it would take a lock that every commit of the server waits for.</summary>
internal sealed partial class PostgresDeliveryHints(PostgresDatabase database, TimeProvider time, ILogger<PostgresDeliveryHints> log) : IDeliveryHints
{
    private const string Topic = "madang_deliveries";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public TimeSpan Poll => TimeSpan.FromSeconds(1);

    public async Task SendAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        await using var notify = database.Source.CreateCommand($"SELECT pg_notify('{Topic}', queue) FROM unnest($1) AS queue").With([queues.ToArray()]);
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    public async IAsyncEnumerable<string> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var heard = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        var listening = ListenAsync(heard.Writer, cancellationToken);
        await foreach (var queue in heard.Reader.ReadAllAsync(cancellationToken))
        {
            yield return queue;
        }

        await listening;
    }

    private async Task ListenAsync(ChannelWriter<string> heard, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A lost line is told and opened again; meanwhile the poll finds the deliveries.
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, said) => heard.TryWrite(said.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Topic}", connection))
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
                LogLineLost(fault);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The line that hears of deliveries was lost; opening it again")]
    private partial void LogLineLost(Exception fault);
}

using Madang.Accounts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Closes the connections of credentials that have ended: at once when this node hears of it, and by looking every few seconds for those that ran out and,
/// where other nodes write too, for those that were ended there. Looks for entries of other nodes on the same turn.
/// </summary>
internal sealed partial class CredentialWatch(
    Hub hub, Dispatcher dispatcher, IInboxStore store, Sessions sessions, TimeProvider time, ILogger<CredentialWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(hub.Options.RecheckSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A database that is away for a moment must not end the watch: the next turn looks again.
                Failed(fault);
            }
        }
    }

    /// <summary>Ends every connection of these credentials.</summary>
    public void End(IReadOnlyCollection<long> credentials)
    {
        var ended = credentials as IReadOnlySet<long> ?? credentials.ToHashSet();
        foreach (var connection in hub.Seats.All.Where(connection => ended.Contains(connection.Caller.Credential)))
        {
            connection.Close(CloseCodes.Revoked);
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (hub.Seats.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var asked = hub.Seats.All.Where(connection => store.IsShared || connection.CheckAt <= now).ToLookup(connection => connection.Caller.Credential);
        foreach (var batch in asked.Select(group => group.Key).Chunk(1000))
        {
            var ended = await sessions.EndedAsync(batch, cancellationToken);
            foreach (var connection in batch.Except(ended).SelectMany(credential => asked[credential]))
            {
                // The session was used elsewhere and its end has moved.
                connection.CheckAt = connection.CheckAt <= now ? now + NextLook : connection.CheckAt;
            }

            End(ended);
        }

        if (store.IsShared)
        {
            await dispatcher.RecheckAsync(cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not look whether connected credentials still stand")]
    private partial void Failed(Exception fault);
}

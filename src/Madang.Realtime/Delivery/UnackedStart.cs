using Madang.Api;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>At start: walks over all inboxes once, and watches those with entries that nobody acknowledged and nobody was told of.</summary>
internal sealed partial class UnackedStart(IInboxStore store, UnackedWatch watch, ILogger<UnackedStart> log) : BackgroundService
{
    private const int Step = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!watch.IsOpen)
        {
            return;
        }

        try
        {
            await WalkAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // What is missed here is told of with the next entry.
            Failed(fault);
        }
    }

    internal async Task WalkAsync(CancellationToken cancellationToken)
    {
        var after = default(UserId);
        do
        {
            var (users, next) = await store.UnackedAfterAsync(after, Step, cancellationToken);
            watch.Watch(users);
            after = next;
        }
        while (after != default);
    }

    [LoggerMessage(LogLevel.Warning, "The inboxes could not all be looked at for what nobody acknowledged")]
    private partial void Failed(Exception fault);
}

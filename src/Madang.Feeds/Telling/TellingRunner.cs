using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Telling;

/// <summary>Looks every second whether something is to be told. On a cluster every node does; each telling is one node's.</summary>
internal sealed partial class TellingRunner(Teller teller, TimeProvider time, ILogger<TellingRunner> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Whatever fails ends no loop: what is to be told stays written down, and is tried again.
            try
            {
                await teller.RunAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogWaits(fault.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is to be told waits: {Reason}")]
    private partial void LogWaits(string reason);
}

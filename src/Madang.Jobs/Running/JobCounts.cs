using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Jobs.Running;

/// <summary>Folds the counts' deltas and shows them to the metrics: every ten seconds.</summary>
internal sealed partial class JobCounts(IJobArchive archive, JobMetrics metrics, TimeProvider time, ILogger<JobCounts> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await Next(timer, stoppingToken))
        {
            // Counts are for people: a fault here is told and tried again, and stops nothing.
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(fault);
            }
        }
    }

    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await archive.FoldAsync(cancellationToken);
        metrics.Counted(await archive.CountsAsync(cancellationToken));
    }

    private static async ValueTask<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job counts could not be folded")]
    private partial void LogFailed(Exception fault);
}

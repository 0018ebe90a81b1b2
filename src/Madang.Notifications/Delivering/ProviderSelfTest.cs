using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Delivering;

/// <summary>What the self-test of a provider found; no fault when it can send.</summary>
/// <param name="Advice">What would be better otherwise, and stops nothing.</param>
public sealed record ProviderCheck(string Name, string Kind, IReadOnlyList<string> Faults, IReadOnlyList<string> Advice);

/// <summary>
/// Asks every provider, at start and for <c>madang doctor</c>, whether its keys, names and connection are right; nothing is sent to anybody. A queue that had
/// stopped by a fault of the account goes on when the start finds none any more.
/// </summary>
internal sealed partial class ProviderSelfTest(ProviderRoutes routes, IDeliveryLog log, QueueOperation operation, TimeProvider time, ILogger<ProviderSelfTest> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static Task<ProviderCheck[]> CheckAsync(ProviderRoutes routes, TimeProvider time, CancellationToken cancellationToken) =>
        Task.WhenAll(routes.Lanes.Select(async lane =>
        {
            var found = await CheckAsync(lane, time, cancellationToken);
            var advice = found.Where(one => one.StartsWith(IProvider.Advice, StringComparison.Ordinal)).ToList();
            return new ProviderCheck(lane.Name, lane.Provider.Kind, [.. found.Except(advice)], [.. advice.Select(one => one[IProvider.Advice.Length..])]);
        }));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What the self-test meets is told and stops nothing: deliveries find out by themselves.
        try
        {
            var pauses = await log.PausesAsync(stoppingToken);
            foreach (var check in await CheckAsync(routes, time, stoppingToken))
            {
                foreach (var fault in check.Faults)
                {
                    LogFault(check.Name, fault);
                }

                foreach (var advice in check.Advice)
                {
                    LogAdvice(check.Name, advice);
                }

                if (check.Faults.Count == 0 && pauses.TryGetValue(check.Name, out var pause) && !pause.IsByHand)
                {
                    LogResumed(check.Name, pause.Reason);
                    await operation.ResumeAsync(check.Name, stoppingToken);
                }
            }
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotTested(fault);
        }
        catch (OperationCanceledException)
        {
            // The server stops while it asks.
        }
    }

    private static async Task<IReadOnlyList<string>> CheckAsync(ProviderLane lane, TimeProvider time, CancellationToken cancellationToken)
    {
        // A provider's client is code of its own; whatever it throws is the finding.
        try
        {
            return await lane.Provider.CheckAsync(cancellationToken).WaitAsync(Longest, time, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return [fault is TimeoutException ? "gives no answer within 20 s" : fault.Message];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {Name}: {Fault}")]
    private partial void LogFault(string name, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {Name} can send, but {Advice}")]
    private partial void LogAdvice(string name, string advice);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} goes on: what had stopped it ({Reason}) is mended")]
    private partial void LogResumed(string queue, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The providers could not be tested")]
    private partial void LogNotTested(Exception fault);
}

using System.Threading.Channels;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Delivering.Running;

/// <summary>Between nodes: says what this node has planned (at most 20 times a second), hears what others have, and looks once a second beside it.</summary>
internal sealed partial class DeliveryHintPump : BackgroundService
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    private readonly IDeliveryHints _hints;
    private readonly DeliveryRunner _runner;
    private readonly TimeProvider _time;
    private readonly ILogger<DeliveryHintPump> _log;
    private readonly Lock _lock = new();
    private readonly Channel<bool> _said = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<string> _queues = new(StringComparer.Ordinal);

    public DeliveryHintPump(IDeliveryHints hints, DeliveryRunner runner, Database database, TimeProvider time, ILogger<DeliveryHintPump> log)
    {
        (_hints, _runner, _time, _log) = (hints, runner, time, log);

        // What is due later is found by everybody's own look at the time.
        database.OnCommit<DeliveriesReady>(ready => Say(ready.DueAt <= time.GetUtcNow() ? ready.Queue : null));
        database.OnCommit<QueueChanged>(changed => Say(changed.Queue));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SendAsync(stoppingToken), ListenAsync(stoppingToken), PollAsync(stoppingToken));

    private void Say(string? queue)
    {
        if (queue is null)
        {
            return;
        }

        lock (_lock)
        {
            _queues.Add(queue);
        }

        _said.Writer.TryWrite(true);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (await _said.Reader.WaitToReadAsync(cancellationToken))
        {
            _said.Reader.TryRead(out _);
            HashSet<string> queues;
            lock (_lock)
            {
                (queues, _queues) = (_queues, new(StringComparer.Ordinal));
            }

            // A lost hint costs a second at most, so a broken line is told and not repeated.
            try
            {
                await _hints.SendAsync(queues, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotSent(fault);
            }

            await Task.Delay(Gap, _time, cancellationToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var queue in _hints.ListenAsync(cancellationToken))
        {
            _runner.Wake(queue, DateTimeOffset.MinValue);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_hints.Poll, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            _runner.Look();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A hint of deliveries was not sent; other nodes find them by looking")]
    private partial void LogNotSent(Exception fault);
}

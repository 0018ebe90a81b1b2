using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Storage.Hinting;

/// <summary>Between nodes: says what waits here (at most 20 times a second), hears what others say, and looks once a second beside it. One for each topic.</summary>
public abstract partial class HintPump(string topic, INodeHints hints, TimeProvider time, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Channel<bool> _said = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HashSet<string> _names = new(StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SendAsync(stoppingToken), ListenAsync(stoppingToken), PollAsync(stoppingToken));

    /// <summary>Other nodes shall hear of it.</summary>
    protected void Say(string name)
    {
        lock (_lock)
        {
            _names.Add(name);
        }

        _said.Writer.TryWrite(true);
    }

    /// <summary>Another node said so; or this one did.</summary>
    protected abstract void Heard(string name);

    /// <summary>It is time to look, whatever was said.</summary>
    protected abstract void Look();

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (await _said.Reader.WaitToReadAsync(cancellationToken))
        {
            _said.Reader.TryRead(out _);
            HashSet<string> names;
            lock (_lock)
            {
                (names, _names) = (_names, new(StringComparer.Ordinal));
            }

            // A lost hint costs a second at most, so a broken line is told and not repeated.
            try
            {
                await hints.SendAsync(topic, names, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotSent(log, topic, fault);
            }

            await Task.Delay(Gap, time, cancellationToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var name in hints.ListenAsync(topic, cancellationToken))
        {
            Heard(name);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(hints.Poll, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            Look();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A hint of {Topic} was not sent; other nodes find what waits by looking")]
    private static partial void LogNotSent(ILogger log, string topic, Exception fault);
}

using Madang.Realtime.Delivery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime;

/// <summary>
/// Lets go of all readers before the server stops. It runs by itself as the first thing of a stop; whoever stops in steps (readiness first) may call
/// <see cref="RunAsync"/> earlier, the second call waits for the first.
/// </summary>
public sealed partial class RealtimeDrain : IHostedLifecycleService
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Hub _hub;
    private readonly AckBook _acks;
    private readonly TimeProvider _time;
    private readonly ILogger<RealtimeDrain> _log;
    private readonly Lock _lock = new();
    private Task? _running;

    internal RealtimeDrain(Hub hub, AckBook acks, TimeProvider time, ILogger<RealtimeDrain> log) => (_hub, _acks, _time, _log) = (hub, acks, time, log);

    /// <summary>
    /// Tells sockets <c>reconnect</c> and streams <c>retry:</c>, each with a moment of its own, answers long polls, waits a little for them to leave, closes
    /// what is left with 1001 and then cuts it. Ends within <c>DrainSeconds</c> and four seconds, whatever clients do.
    /// </summary>
    public Task RunAsync()
    {
        lock (_lock)
        {
            return _running ??= DrainAsync();
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => RunAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DrainAsync()
    {
        _hub.IsDraining = true;
        Draining(_hub.Seats.Count);
        var spread = _hub.Options.DrainSpreadSeconds * 1000;
        foreach (var connection in _hub.Seats.All)
        {
#pragma warning disable CA5394 // Spreads the return of clients; no secret hangs on it.
            connection.Drain(500 + Random.Shared.Next(spread + 1));
#pragma warning restore CA5394
        }

        await EmptyWithinAsync(TimeSpan.FromSeconds(_hub.Options.DrainSeconds));
        foreach (var connection in _hub.Seats.All)
        {
            connection.Close(CloseCodes.GoingAway);
        }

        await EmptyWithinAsync(LastWords);
        foreach (var connection in _hub.Seats.All)
        {
            connection.Cut(null);
        }

        await EmptyWithinAsync(LastWords);
        await _acks.WriteAsync();
        Drained(_hub.Seats.Count);
    }

    private async Task EmptyWithinAsync(TimeSpan time)
    {
        try
        {
            await _hub.Seats.WhenEmptyAsync().WaitAsync(time, _time);
        }
        catch (TimeoutException)
        {
            // Some stay: the next step is less polite.
        }
    }

    [LoggerMessage(LogLevel.Information, "Letting go of {Connections} connections")]
    private partial void Draining(int connections);

    [LoggerMessage(LogLevel.Information, "Let go; {Left} connections were left")]
    private partial void Drained(int left);
}

using System.Threading.Channels;
using Madang.Notifications.Accepting;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Planning;

/// <summary>
/// Plans what is due on this node: woken by commits, by its timer for what was scheduled, and every so often for what another node has left behind. Single
/// people's notifications go many to a transaction; audiences go in chunks in the background lane, on a loop of their own.
/// </summary>
internal sealed partial class Planner : BackgroundService
{
    /// <summary>Notifications of one turn: a few milliseconds of the writer.</summary>
    internal const int MostAtOnce = 128;

    /// <summary>People of one chunk, and how long it may hold the writer: whoever accepts meanwhile waits as long.</summary>
    internal const int MostChunk = 500;
    internal static readonly TimeSpan ChunkTime = TimeSpan.FromMilliseconds(1);
    private const int LeastChunk = 10;

    /// <summary>After a chunk the writer belongs to others for at least as long as it took, commit and waiting included, however late the broadcast is.</summary>
    private const double LeastRest = 1;

    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseOfOne = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseWhenTaken = TimeSpan.FromMilliseconds(200);

    private readonly Database _database;
    private readonly PlanTurn _turn;
    private readonly TimeProvider _time;
    private readonly ILogger<Planner> _log;
    private readonly Alarm _small;
    private readonly Alarm _wide;
    private int _most = MostAtOnce;
    private readonly Pace _pace;
    private double _chunk = 50;

    public Planner(Database database, PlanTurn turn, TimeProvider time, IOptions<NotificationsOptions> options, ILogger<Planner> log)
    {
        _pace = new(options.Value.BroadcastPerSecond, LeastRest);
        (_database, _turn, _time, _log) = (database, turn, time, log);
        (_small, _wide) = (new(time), new(time));
        database.OnCommit<NotificationDue>(due => (due.IsWide ? _wide : _small).RingAt(due.At));
    }

    public override void Dispose()
    {
        _small.Dispose();
        _wide.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(LoopAsync(_small, SmallAsync, stoppingToken), LoopAsync(_wide, WideAsync, stoppingToken));

    private async Task<PlanStep> SmallAsync(CancellationToken stopping)
    {
        var (seen, most) = (new List<NotificationId>(), _most);
        try
        {
            var step = await _database.WriteAsync(tx => _turn.RunSmall(tx, most, seen), cancellationToken: stopping);
            _most = Math.Min(MostAtOnce, _most * 2);
            return step;
        }
        catch (Exception fault) when (PlanTurn.IsOwnFault(fault) && seen.Count > 0)
        {
            // One of them cannot be planned. Alone it is found out, and put off; the others go on.
            if (most == 1)
            {
                await PostponeAsync(seen[0], fault, stopping);
            }

            _most = 1;
            return new(seen.Count, 0, _time.GetUtcNow());
        }
    }

    private async Task<PlanStep> WideAsync(CancellationToken stopping)
    {
        var (seen, chunk, took, asked) = (new List<NotificationId>(), (int)_chunk, TimeSpan.Zero, _time.GetTimestamp());
        try
        {
            var step = await _database.WriteAsync(
                tx =>
                {
                    var began = _time.GetTimestamp();
                    var done = _turn.RunWide(tx, chunk, seen);
                    took = _time.GetElapsedTime(began);
                    return done;
                },
                Lane.Background,
                stopping);
            if (step.People > 0 && took > TimeSpan.Zero)
            {
                // Half the way to what fits: one stall makes no small chunks.
                _chunk = Math.Clamp((_chunk + (step.People * (ChunkTime / took))) / 2, LeastChunk, MostChunk);
                await Task.Delay(_pace.Rest(step.People, _time.GetElapsedTime(asked), _time.GetUtcNow()), _time, stopping);
            }

            return step;
        }
        catch (Exception fault) when (PlanTurn.IsOwnFault(fault) && seen.Count > 0)
        {
            await PostponeAsync(seen[0], fault, stopping);
            return new(1, 0, _time.GetUtcNow());
        }
    }

    private async Task PostponeAsync(NotificationId id, Exception fault, CancellationToken stopping)
    {
        Unplannable(id, fault);
        _ = await _database.WriteAsync(tx => _turn.Postpone(tx, id, PauseOfOne), cancellationToken: stopping);
    }

    private async Task LoopAsync(Alarm alarm, Func<CancellationToken, Task<PlanStep>> turn, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            alarm.RingAt(_time.GetUtcNow() + LookEvery);
            try
            {
                var step = await turn(stopping);
                if (step.NextDue is { } next)
                {
                    // Due and yet not ours: another node has it locked.
                    var soonest = step.Notifications > 0 ? DateTimeOffset.MinValue : _time.GetUtcNow() + PauseWhenTaken;
                    alarm.RingAt(next > soonest ? next : soonest);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A full disk or a lost database ends nothing: what is due stays due.
                Failed(fault);
                alarm.Hush();
                alarm.RingAt(_time.GetUtcNow() + PauseAfterFault);
            }

            await alarm.WaitAsync(stopping);
        }
    }

    [LoggerMessage(LogLevel.Error, "A turn of the planner failed; it is tried again")]
    private partial void Failed(Exception fault);

    [LoggerMessage(LogLevel.Error, "Notification {Id} cannot be planned; it is tried again in a minute, to the end of its time")]
    private partial void Unplannable(NotificationId id, Exception fault);

    /// <summary>Wakes one loop at the earliest time that anybody asked for.</summary>
    private sealed class Alarm(TimeProvider time) : IDisposable
    {
        private readonly Channel<bool> _rings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly Lock _lock = new();
        private ITimer? _timer;
        private DateTimeOffset _at = DateTimeOffset.MaxValue;

        public void RingAt(DateTimeOffset at)
        {
            lock (_lock)
            {
                if (at >= _at)
                {
                    return;
                }

                _at = at;
                Set(at);
            }
        }

        public void Hush()
        {
            lock (_lock)
            {
                _at = DateTimeOffset.MaxValue;
                _ = _rings.Reader.TryRead(out _);
            }
        }

        /// <summary>Completes when it rings; from then on a new time may be asked for.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            try
            {
                _ = await _rings.Reader.ReadAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            lock (_lock)
            {
                _at = DateTimeOffset.MaxValue;
            }
        }

        public void Dispose() => _timer?.Dispose();

        private void Set(DateTimeOffset at)
        {
            var wait = at - time.GetUtcNow();
            if (wait <= TimeSpan.Zero)
            {
                _ = _rings.Writer.TryWrite(true);
                return;
            }

            // A timer may not be set further than 49 days ahead; waking early costs one look.
            wait = wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait;
            _timer ??= time.CreateTimer(static alarm => ((Alarm)alarm!)._rings.Writer.TryWrite(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _ = _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}

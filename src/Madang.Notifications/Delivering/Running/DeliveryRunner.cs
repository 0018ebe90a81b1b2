using System.Threading.Channels;
using Madang.Notifications.Delivering.Lanes;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Delivering.Running;

/// <summary>
/// Sends the deliveries of this node. One loop: the answers that came and what the lanes have places for go into one transaction (<see cref="DeliveryTurn"/>);
/// then it sleeps until it is woken by a commit, by an answer, or by its one timer. Under load a turn waits a moment for more answers, idle it does not.
/// </summary>
internal sealed partial class DeliveryRunner : BackgroundService
{
    // A turn holds the writer, and whoever accepts meanwhile waits as long: so many answers, and so many claims over all lanes, are some three milliseconds.
    private const int MostClaims = 48;
    private const int MostEnded = 64;

    // So many answers are worth a commit at once; fewer wait a little for each other.
    private const int Plenty = 64;
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TakeOverGap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Database _database;
    private readonly DeliveryTurn _turn;
    private readonly ProviderRoutes _routes;
    private readonly DeliverySending _sending;
    private readonly TimeProvider _time;
    private readonly NotificationsOptions _options;
    private readonly ILogger<DeliveryRunner> _log;

    private readonly Lock _lock = new();
    private readonly Dictionary<DeliveryId, Delivery> _out = [];
    private readonly Queue<Ended> _ended = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DateTimeOffset _renewAt = DateTimeOffset.MinValue;
    private DateTimeOffset _takeOverAt = DateTimeOffset.MinValue;
    private DateTimeOffset _pausesAt = DateTimeOffset.MaxValue;
    private bool _isFirst = true;
    private bool _looks;

    public DeliveryRunner(
        Database database, DeliveryTurn turn, ProviderRoutes routes, DeliverySending sending, TimeProvider time, IOptions<NotificationsOptions> options, ILogger<DeliveryRunner> log)
    {
        (_database, _turn, _routes, _sending, _time, _options, _log) = (database, turn, routes, sending, time, options.Value, log);
        database.OnCommit<DeliveriesReady>(ready => Wake(ready.Queue, ready.DueAt));
        database.OnCommit<QueueChanged>(changed => Wake(changed.Queue, DateTimeOffset.MinValue, changed));
        database.OnCommit<ReceiptCame>(receipt => _routes.Find(receipt.Queue)?.ReceiptAfter(receipt.After, _time.GetUtcNow()));
    }

    /// <summary>A delivery of this queue is due then.</summary>
    public void Wake(string queue, DateTimeOffset dueAt, QueueChanged? changed = null)
    {
        if (_routes.Find(queue) is not { } lane)
        {
            return;
        }

        lock (_lock)
        {
            lane.LookAt = Earlier(lane.LookAt, dueAt);
            if (changed is not null)
            {
                lane.Pause = changed.Pause;
            }
        }

        Wake();
    }

    /// <summary>Looks into every queue and for ended leases.</summary>
    public void Look()
    {
        lock (_lock)
        {
            _looks = true;
            foreach (var lane in _routes.Lanes)
            {
                lane.LookAt = DateTimeOffset.MinValue;
            }
        }

        Wake();
    }

    public override void Dispose()
    {
        _stop.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = _time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var stop = stoppingToken.Register(Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = _time.GetUtcNow();
            await TurnAsync(claims: true, stoppingToken);
            await SleepAsync(timer, claims: true, began + Gap, stopping: stoppingToken);
        }

        await DrainAsync(timer);
    }

    /// <summary>One round: answers are written, what may leave is claimed and sent.</summary>
    internal async Task TurnAsync(bool claims, CancellationToken stopping = default)
    {
        var request = Gather(claims);
        if (request.IsEmpty)
        {
            return;
        }

        try
        {
            Apply(request, await _database.WriteAsync(tx => _turn.Run(tx, request, stopping), cancellationToken: CancellationToken.None));
        }

        // A full disk or a lost database ends neither the server nor the queue: the answers are told again, leases see to the rest.
        catch (Exception fault)
        {
            LogTurnFailed(fault);
            PutBack(request);
        }
    }

    /// <summary>Completes when something has happened since the last turn.</summary>
    internal ValueTask<bool> WokenAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);

    internal bool IsIdle()
    {
        lock (_lock)
        {
            return _out.Count == 0 && _ended.Count == 0;
        }
    }

    internal DateTimeOffset NextTurn(bool claims)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            var next = _ended.Count > 0 || _isFirst ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
            next = _out.Count > 0 || _looks ? Earlier(next, _renewAt) : next;
            if (claims)
            {
                next = Earlier(next, _pausesAt);
                foreach (var lane in _routes.Lanes)
                {
                    next = Earlier(next, Later(lane.LookAt, lane.OpenAt(now)));
                    next = lane.IsDown ? Earlier(next, _takeOverAt) : next;
                }
            }

            return Later(next, _notBefore);
        }
    }

    private async Task SleepAsync(ITimer timer, bool claims, DateTimeOffset soonest, DateTimeOffset? latest = null, CancellationToken stopping = default)
    {
        while (true)
        {
            var next = NextTurn(claims);
            next = HasPlenty() ? next : Later(next, soonest);
            next = Earlier(next, latest ?? DateTimeOffset.MaxValue);
            var wait = next - _time.GetUtcNow();
            if (wait <= TimeSpan.Zero)
            {
                return;
            }

            // A timer may not be set further than 49 days ahead; waking early costs one look at the clock.
            timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, TimeSpan.FromDays(1).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            await _wake.Reader.ReadAsync(CancellationToken.None);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (stopping.IsCancellationRequested || !claims)
            {
                return;
            }
        }
    }

    private bool HasPlenty()
    {
        lock (_lock)
        {
            return _ended.Count >= Plenty;
        }
    }

    private TurnRequest Gather(bool claims)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            if (now < _notBefore)
            {
                return new() { Ended = [], Claims = [] };
            }

            List<Ended> ended = [];
            while (ended.Count < MostEnded && _ended.TryDequeue(out var end))
            {
                ended.Add(end);
            }

            IReadOnlyList<Delivery>? held = null;
            if (now >= _renewAt && (_out.Count > 0 || _looks))
            {
                held = [.. _out.Values];
                (_renewAt, _looks) = (now + (_options.Lease / 3), false);
            }

            return new() { Ended = ended, Claims = claims ? Wanted(now) : [], Held = held, ReadsPauses = claims && now >= _pausesAt, IsFirst = _isFirst };
        }
    }

    private List<LaneClaim> Wanted(DateTimeOffset now)
    {
        List<LaneClaim> wanted = [];
        var share = MostClaims / Math.Max(1, _routes.Lanes.Count(lane => lane.LookAt <= now));
        foreach (var lane in _routes.Lanes)
        {
            if (lane.LookAt <= now && lane.Take(Math.Max(1, share), now) is > 0 and var places)
            {
                wanted.Add(new(lane.Name, lane.Name, places));
                lane.LookAt = DateTimeOffset.MaxValue;
            }
        }

        // What waits for a provider that is down, and was never handed over, goes by one that stands in for it.
        if (now >= _takeOverAt && _routes.Lanes.Any(lane => lane.IsDown))
        {
            _takeOverAt = now + TakeOverGap;
            foreach (var down in _routes.Lanes.Where(lane => lane.IsDown))
            {
                if (_routes.Lanes.FirstOrDefault(lane => lane.StandsInFor(down) && lane.Share > 0) is { } other && other.Take(MostClaims, now) is > 0 and var places)
                {
                    wanted.Add(new(other.Name, down.Name, places));
                }
            }
        }

        return wanted;
    }

    private void Apply(TurnRequest request, TurnResult result)
    {
        foreach (var stale in result.Stale)
        {
            LogStale(stale.Before.Id, stale.Before.Provider);
        }

        if (result.Recovered > 0)
        {
            LogRecovered(result.Recovered);
        }

        _sending.Written(request.Ended, result.Refused);
        List<(ProviderLane, IReadOnlyList<Claimed>)> started = [];
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            _isFirst = false;
            _renewAt = result.IsRecovered ? _renewAt : DateTimeOffset.MinValue;
            _looks |= !result.IsRecovered;
            foreach (var held in request.Held ?? [])
            {
                if (result.Kept?.Contains(held.Id) == false)
                {
                    // Somebody else has it: whatever comes of this hand-over meets a newer fence.
                    LogStale(held.Id, held.Provider);
                }
            }

            SetPauses(result.Pauses, now);
            foreach (var (claim, deliveries, nextLook) in result.Claimed)
            {
                var lane = _routes.Find(claim.Provider)!;
                lane.Free(claim.Places - deliveries.Count);
                if (claim.Queue == claim.Provider)
                {
                    lane.LookAt = Earlier(lane.LookAt, nextLook ?? DateTimeOffset.MaxValue);
                }
                else if (deliveries.Count == claim.Places)
                {
                    _takeOverAt = now;
                }

                foreach (var (delivery, _) in deliveries)
                {
                    _renewAt = _out.Count == 0 ? now + (_options.Lease / 3) : _renewAt;
                    _out[delivery.Id] = delivery;
                }

                if (deliveries.Count > 0)
                {
                    started.Add((lane, deliveries));
                }
            }
        }

        foreach (var (lane, deliveries) in started)
        {
            _ = Task.Run(() => _sending.SendAsync(lane, deliveries, End, _stop.Token));
        }
    }

    private void SetPauses(IReadOnlyDictionary<string, QueuePause>? pauses, DateTimeOffset now)
    {
        if (pauses is null)
        {
            return;
        }

        // Another node, or an operator on it, may let it go on.
        _pausesAt = pauses.Count > 0 ? now + PauseLook : DateTimeOffset.MaxValue;
        foreach (var lane in _routes.Lanes)
        {
            var pause = pauses.GetValueOrDefault(lane.Name);
            if (lane.Pause is null && pause is not null)
            {
                LogPaused(lane.Name, pause.Reason);
            }
            else if (lane.Pause is not null && pause is null)
            {
                lane.LookAt = DateTimeOffset.MinValue;
            }

            lane.Pause = pause;
        }
    }

    private void End(Ended ended)
    {
        lock (_lock)
        {
            // After the drain it is no longer ours.
            if (_out.Remove(ended.Change.Before.Id))
            {
                _ended.Enqueue(ended);
                if (ended.Change.After.State == DeliveryState.Waiting && _routes.Find(ended.Change.After.Provider) is { } lane)
                {
                    lane.LookAt = Earlier(lane.LookAt, ended.Change.After.DueAt);
                }
                else if (ended.Change.After.State == DeliveryState.Ambiguous && _routes.Find(ended.Change.After.Provider) is { } doubtful)
                {
                    doubtful.LookAt = Earlier(doubtful.LookAt, ended.Change.After.DueAt);
                }
            }
        }

        Wake();
    }

    /// <summary>What is with a provider may answer for a while. What has not by then stays as it is on disk: the next start finds it in doubt, which it is.</summary>
    private async Task DrainAsync(ITimer timer)
    {
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(_options.DrainSeconds);
        for (var isTold = false; !IsIdle();)
        {
            if (_time.GetUtcNow() >= until)
            {
                if (isTold)
                {
                    break;
                }

                (isTold, until) = (true, until + Grace);
                await _stop.CancelAsync();
            }

            await TurnAsync(claims: false);
            if (!IsIdle())
            {
                await SleepAsync(timer, claims: false, DateTimeOffset.MinValue, until);
            }
        }

        await TurnAsync(claims: false);
    }

    private void PutBack(TurnRequest request)
    {
        lock (_lock)
        {
            _notBefore = _time.GetUtcNow() + PauseAfterFault;
            foreach (var end in request.Ended)
            {
                _ended.Enqueue(end);
            }

            foreach (var claim in request.Claims)
            {
                var lane = _routes.Find(claim.Provider)!;
                lane.Free(claim.Places);
                lane.LookAt = DateTimeOffset.MinValue;
            }

            if (request.Held is not null)
            {
                (_renewAt, _looks) = (DateTimeOffset.MinValue, true);
            }
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    [LoggerMessage(Level = LogLevel.Error, Message = "The delivery runner could not write its turn and tries again")]
    private partial void LogTurnFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {Id} of {Queue} had moved on before its answer was written; the attempt is logged, the state stands")]
    private partial void LogStale(DeliveryId id, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} deliveries were being sent by nobody any more; they are in doubt now")]
    private partial void LogRecovered(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue} stands still: {Reason}. Nothing in it is lost; mend the account or setting and resume it")]
    private partial void LogPaused(string queue, string reason);
}

/// <summary>Committed: a queue was stopped, or goes on.</summary>
internal sealed record QueueChanged(string Queue, QueuePause? Pause);

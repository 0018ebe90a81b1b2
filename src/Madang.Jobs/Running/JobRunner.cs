using System.Threading.Channels;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Jobs.Running;

/// <summary>
/// Runs the workers of this node. One loop: whatever ended and whatever may start go into one transaction (<see cref="JobTurn"/>), then it sleeps until it is
/// woken by a commit, by an attempt that ended, or by its one timer (the next run_at, the next renewal, the next schedule).
/// </summary>
internal sealed partial class JobRunner : BackgroundService
{
    // One turn holds the writer for a few milliseconds at most.
    private const int MaxClaims = 32;
    private const int MaxEnded = 64;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Database _database;
    private readonly JobTurn _turn;
    private readonly JobMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly JobsOptions _options;
    private readonly ILogger<JobRunner> _log;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Places> _queues;
    private readonly Dictionary<JobId, Attempt> _attempts = [];
    private readonly Queue<(Job Before, Job After)> _ended = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private DateTimeOffset _renewAt = DateTimeOffset.MinValue;
    private DateTimeOffset _fireAt = DateTimeOffset.MaxValue;
    private bool _isFirst = true;
    private bool _looks;

    public JobRunner(
        Database database, JobTurn turn, IEnumerable<IJobWorker> workers, JobMetrics metrics, TimeProvider time, IOptions<JobsOptions> options, ILogger<JobRunner> log)
    {
        (_database, _turn, _metrics, _time, _options, _log) = (database, turn, metrics, time, options.Value, log);
        _queues = workers.ToDictionary(worker => worker.Queue, worker => new Places(worker), StringComparer.Ordinal);
        database.OnCommit<JobReady>(ready =>
        {
            if (ready.IsNew)
            {
                _metrics.Enqueued(ready.Queue);
            }

            Wake(ready.Queue, ready.RunAt);
        });
        database.OnCommit<JobStop>(stop => Find(stop.Id)?.Cancel());
    }

    /// <summary>A job of this queue is due then.</summary>
    public void Wake(string queue, DateTimeOffset runAt)
    {
        if (!_queues.TryGetValue(queue, out var places))
        {
            return;
        }

        lock (_lock)
        {
            places.LookAt = runAt < places.LookAt ? runAt : places.LookAt;
        }

        Wake();
    }

    /// <summary>Looks into every queue and for ended leases: other nodes share this database.</summary>
    public void Look()
    {
        lock (_lock)
        {
            _looks = true;
            foreach (var places in _queues.Values)
            {
                places.LookAt = DateTimeOffset.MinValue;
            }
        }

        Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = _time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var stop = stoppingToken.Register(Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            await TurnAsync(claims: true, stoppingToken);
            await SleepAsync(timer, NextTurn(claims: true));
        }

        await DrainAsync(timer);
    }

    /// <summary>One round: what ended is written, what may start is started.</summary>
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

        // A full disk or a lost database ends neither the server nor the queue: what ended is told again, leases see to the rest.
        catch (Exception fault)
        {
            LogTurnFailed(fault);
            PutBack(request);
        }
    }

    /// <summary>Completes when something has happened since the last turn.</summary>
    internal ValueTask<bool> WokenAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);

    internal DateTimeOffset NextTurn(bool claims)
    {
        lock (_lock)
        {
            var next = _ended.Count > 0 || _isFirst ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
            next = _attempts.Count > 0 || _looks ? Earlier(next, _renewAt) : next;
            if (claims)
            {
                next = Earlier(next, _fireAt);
                foreach (var places in _queues.Values)
                {
                    next = places.Free > 0 ? Earlier(next, places.LookAt) : next;
                }
            }

            return next > _notBefore ? next : _notBefore;
        }
    }

    private async Task SleepAsync(ITimer timer, DateTimeOffset until)
    {
        if (until < DateTimeOffset.MaxValue)
        {
            // A timer may not be set further than 49 days ahead; waking early costs one look at the clock.
            var wait = until - _time.GetUtcNow();
            timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, TimeSpan.FromDays(1).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }

        await _wake.Reader.ReadAsync();
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TurnRequest Gather(bool claims)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            if (now < _notBefore)
            {
                return new() { Ended = [], Claims = [], Held = null, Fires = false, IsFirst = false };
            }

            List<(Job, Job)> ended = [];
            while (ended.Count < MaxEnded && _ended.TryDequeue(out var end))
            {
                ended.Add(end);
            }

            List<(string, int)> wanted = [];
            foreach (var (queue, places) in _queues)
            {
                if (claims && places.Free > 0 && places.LookAt <= now)
                {
                    wanted.Add((queue, Math.Min(places.Free, MaxClaims)));
                    places.LookAt = DateTimeOffset.MaxValue;
                }
            }

            IReadOnlyList<Job>? held = null;
            if (now >= _renewAt && (_attempts.Count > 0 || _looks))
            {
                held = [.. _attempts.Values.Select(attempt => attempt.Job)];
                (_renewAt, _looks) = (now + (_options.Lease / 3), false);
            }

            var fires = claims && now >= _fireAt;
            return new() { Ended = ended, Claims = wanted, Held = held, Fires = fires, IsFirst = _isFirst };
        }
    }

    private void Apply(TurnRequest request, TurnResult result)
    {
        foreach (var stale in result.Stale)
        {
            LogStale(stale.Id, stale.Queue);
        }

        foreach (var held in request.Held ?? [])
        {
            if (!result.Kept.TryGetValue(held.Id, out var isCanceled))
            {
                Find(held.Id, held.Fence)?.Lose();
            }
            else if (isCanceled)
            {
                Find(held.Id, held.Fence)?.Cancel();
            }
        }

        List<(Places, Attempt)> started = [];
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            _isFirst &= !result.IsRecovered;
            _renewAt = result.IsRecovered ? _renewAt : DateTimeOffset.MinValue;
            _fireAt = request.Fires || request.IsFirst ? result.NextFire ?? DateTimeOffset.MaxValue : _fireAt;
            foreach (var (queue, jobs, nextLook) in result.Claimed)
            {
                var places = _queues[queue];
                places.LookAt = Earlier(places.LookAt, nextLook ?? DateTimeOffset.MaxValue);
                places.Running += jobs.Count;
                foreach (var job in jobs)
                {
                    // The first renewal of a fresh lease; one that is already set stands.
                    _renewAt = _renewAt <= now && result.IsRecovered ? now + (_options.Lease / 3) : _renewAt;
                    var attempt = new Attempt(job, _time.GetTimestamp());
                    _attempts[job.Id] = attempt;
                    started.Add((places, attempt));
                }
            }
        }

        foreach (var (places, attempt) in started)
        {
            _metrics.Started(attempt.Job);
            _ = Task.Run(() => RunAsync(places, attempt));
        }
    }

    private async Task RunAsync(Places places, Attempt attempt)
    {
        JobOutcome? outcome;
        try
        {
            outcome = await places.Worker.RunAsync(attempt.Job, attempt.Token);
        }
        catch (OperationCanceledException) when (attempt.Token.IsCancellationRequested)
        {
            outcome = attempt.Stopped;
        }
        catch (JobPayloadException fault)
        {
            LogAttemptFailed(attempt.Job.Id, attempt.Job.Queue, attempt.Job.Attempt, fault);
            outcome = JobOutcome.Dead(fault.Message);
        }

        // The edge of every worker: its fault is the job's, told in the log and in the job's reason.
        catch (Exception fault)
        {
            LogAttemptFailed(attempt.Job.Id, attempt.Job.Queue, attempt.Job.Attempt, fault);
            outcome = JobOutcome.Retry($"{fault.GetType().Name}: {fault.Message}");
        }

        End(places, attempt, outcome);
        Wake();
    }

    private void End(Places places, Attempt attempt, JobOutcome? outcome)
    {
        var job = attempt.Job;
        lock (_lock)
        {
            if (_attempts.GetValueOrDefault(job.Id) == attempt)
            {
                _attempts.Remove(job.Id);
            }

            places.Running--;
            if (outcome is not null)
            {
                var after = job.After(outcome, places.Worker.Backoff, Random.Shared.NextDouble(), _time.GetUtcNow());
                _ended.Enqueue((job, after));
                _metrics.Ended(after, _time.GetElapsedTime(attempt.StartedAt));
            }
        }

        attempt.Dispose();
    }

    private async Task DrainAsync(ITimer timer)
    {
        var until = _time.GetUtcNow() + TimeSpan.FromSeconds(_options.DrainSeconds);
        for (var isTold = false; !IsIdle(); await SleepAsync(timer, Earlier(until, NextTurn(claims: false))))
        {
            if (_time.GetUtcNow() >= until)
            {
                if (isTold)
                {
                    break;
                }

                (isTold, until) = (true, until + Grace);
                foreach (var attempt in Running())
                {
                    attempt.Release();
                }
            }

            await TurnAsync(claims: false);
            if (IsIdle())
            {
                return;
            }
        }

        // Whoever does not listen loses the job: it goes back to the queue, and the fence refuses what may still come.
        lock (_lock)
        {
            foreach (var attempt in _attempts.Values)
            {
                _ended.Enqueue((attempt.Job, attempt.Job.After(JobOutcome.Snooze(TimeSpan.Zero), Backoff.Default, 0, _time.GetUtcNow())));
            }

            _attempts.Clear();
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

            foreach (var (queue, _) in request.Claims)
            {
                _queues[queue].LookAt = DateTimeOffset.MinValue;
            }

            if (request.Held is not null)
            {
                (_renewAt, _looks) = (DateTimeOffset.MinValue, true);
            }
        }
    }

    private bool IsIdle()
    {
        lock (_lock)
        {
            return _attempts.Count == 0 && _ended.Count == 0;
        }
    }

    private Attempt[] Running()
    {
        lock (_lock)
        {
            return [.. _attempts.Values];
        }
    }

    private Attempt? Find(JobId id, long? fence = null)
    {
        lock (_lock)
        {
            return _attempts.TryGetValue(id, out var attempt) && (fence is null || attempt.Job.Fence == fence) ? attempt : null;
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <summary>The places of one queue on this node.</summary>
    private sealed class Places(IJobWorker worker)
    {
        public IJobWorker Worker { get; } = worker;

        public int Running { get; set; }

        /// <summary>When a claim may find something. Never, until somebody says so.</summary>
        public DateTimeOffset LookAt { get; set; } = DateTimeOffset.MinValue;

        public int Free => Worker.Concurrency - Running;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The job runner could not write its turn and tries again")]
    private partial void LogTurnFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Id} of {Queue} ended here after its lease was lost; nothing of it was kept")]
    private partial void LogStale(JobId id, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Id} of {Queue} failed in attempt {Attempt}")]
    private partial void LogAttemptFailed(JobId id, string queue, int attempt, Exception fault);
}

using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering.Lanes;

/// <summary>
/// What stands before one provider on this node: its places, its pace, its breaker, what it holds up, its health. Nothing here is shared with another lane:
/// a provider that is slow or dead takes places of nobody else.
/// </summary>
internal sealed class ProviderLane
{
    // A hostile set of addresses must not grow memory: what is not remembered is sent, and held up anew by the answer.
    private const int MaxHolds = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _holds = new(StringComparer.Ordinal);
    private readonly TokenBucket _bucket;
    private readonly Breaker _breaker = new();
    private readonly Health _health = new();
    private readonly Rates _rates = new();
    private int _running;
    private DateTimeOffset _notBefore;

    public ProviderLane(IProvider provider, ProviderSettings settings, DateTimeOffset now)
    {
        (Provider, Settings) = (provider, settings);
        _bucket = new TokenBucket(settings.PerSecond, settings.Ramp, now);
    }

    public IProvider Provider { get; }

    public ProviderSettings Settings { get; }

    public string Name => Provider.Name;

    /// <summary>When a claim may find something. Guarded by the runner's lock.</summary>
    public DateTimeOffset LookAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>As the database said last.</summary>
    public QueuePause? Pause { get; set; }

    public bool Collapses => Provider.Collapses;

    /// <summary>Whether the two reach the same addresses, so that one may send what waits for the other.</summary>
    public bool StandsInFor(ProviderLane other) => other != this && Provider.Channel == other.Provider.Channel
        && (Provider.Channel != DeliveryChannel.Push || (Provider.Kind == other.Provider.Kind && Provider.Scope == other.Provider.Scope));

    /// <summary>It cannot send now, through no choice of an operator: what was never handed over may go another way.</summary>
    public bool IsDown
    {
        get
        {
            lock (_lock)
            {
                return _breaker.State != BreakerState.Closed || Pause is { IsByHand: false };
            }
        }
    }

    /// <summary>The share of new deliveries that it may get: 0 when it cannot send.</summary>
    public double Share
    {
        get
        {
            lock (_lock)
            {
                return _breaker.State != BreakerState.Closed || Pause is not null ? 0 : _health.Share;
            }
        }
    }

    /// <summary>Takes up to <paramref name="most"/> places; <see cref="Free"/> gives back those that found nothing.</summary>
    public int Take(int most, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Pause is not null || now < _notBefore)
            {
                return 0;
            }

            var wanted = _breaker.Admit(Math.Min(most, Settings.Concurrency - _running), now);
            var taken = wanted <= 0 ? 0 : _bucket.Take(wanted, now);
            _running += taken;
            if (taken > 0)
            {
                _breaker.Probe();
            }

            return taken;
        }
    }

    /// <summary>Places that were taken and not used.</summary>
    public void Free(int count)
    {
        lock (_lock)
        {
            _running -= count;
            _bucket.GiveBack(count);
            if (count > 0 && _running == 0)
            {
                _breaker.Unprobe();
            }
        }
    }

    /// <summary>When <see cref="Take"/> may answer something: now, at the end of a break, or when the next token falls.</summary>
    public DateTimeOffset OpenAt(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Pause is not null || _running >= Settings.Concurrency || _breaker.State == BreakerState.HalfOpen)
            {
                return DateTimeOffset.MaxValue;
            }

            var at = _bucket.NextAt(now);
            at = _breaker.Until > at ? _breaker.Until : at;
            return _notBefore > at ? _notBefore : at;
        }
    }

    /// <summary>Until when nothing goes to this address or domain; null when it may.</summary>
    public DateTimeOffset? HeldUntil(Envelope envelope, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_holds.Count == 0)
            {
                return null;
            }

            return Held(AddressKey(envelope), now) ?? Held(DomainKey(envelope), now);
        }
    }

    /// <summary>One hand-over ended. True when the breaker opened or closed by it.</summary>
    public bool Ended(Envelope envelope, ProviderAnswer answer, TimeSpan latency, DateTimeOffset now)
    {
        lock (_lock)
        {
            _running--;
            _rates.Add(answer.Class == AnswerClass.Ok, now);
            _health.Observe(answer, latency > Settings.SlowAfter, now);
            Hold(envelope, answer, now);
            var before = _breaker.State;
            if (!_breaker.Observe(answer, now))
            {
                return false;
            }

            if (_breaker.State == BreakerState.Closed)
            {
                _bucket.Restart(now);
            }
            else if (before == BreakerState.Closed)
            {
                _health.Down();
            }

            return true;
        }
    }

    /// <summary>Nothing keeps it from sending, and it sends nothing.</summary>
    public bool IsAsleep(DateTimeOffset now)
    {
        lock (_lock)
        {
            return Pause is null && _running == 0 && now >= _notBefore && _breaker.State == BreakerState.Closed && _rates.PerSecond(now) == 0;
        }
    }

    public void ReceiptAfter(TimeSpan after, DateTimeOffset now)
    {
        lock (_lock)
        {
            _health.Receipt(after, now);
        }
    }

    public LaneView View(DateTimeOffset now)
    {
        lock (_lock)
        {
            return new LaneView(_running, _breaker.State, _breaker.State == BreakerState.Open ? _breaker.Until : null, _health.Illness(now), _health.Share, _bucket.Rate, _rates.PerSecond(now));
        }
    }

    private void Hold(Envelope envelope, ProviderAnswer answer, DateTimeOffset now)
    {
        if (answer.Class is not (AnswerClass.Retry or AnswerClass.RetryNewConnection))
        {
            return;
        }

        if (answer.Scope == AnswerScope.Provider)
        {
            _bucket.Slow(_rates.PerSecond(now), now);
            if (answer.RetryAfter is { } wait && now + wait > _notBefore)
            {
                _notBefore = now + wait;
            }

            return;
        }

        var key = answer.Scope switch
        {
            AnswerScope.Address => AddressKey(envelope),
            AnswerScope.Domain => DomainKey(envelope),
            _ => null,
        };
        if (key is not null && (_holds.Count < MaxHolds || Sweep(now)))
        {
            _holds[key] = now + (answer.RetryAfter ?? TimeSpan.FromMinutes(1));
        }
    }

    private DateTimeOffset? Held(string key, DateTimeOffset now)
    {
        if (!_holds.TryGetValue(key, out var until))
        {
            return null;
        }

        if (until > now)
        {
            return until;
        }

        _holds.Remove(key);
        return null;
    }

    private bool Sweep(DateTimeOffset now)
    {
        foreach (var (key, until) in _holds)
        {
            if (until <= now)
            {
                _holds.Remove(key);
            }
        }

        return _holds.Count < MaxHolds;
    }

    private static string AddressKey(Envelope envelope) => $"a:{envelope.Address}";

    private static string DomainKey(Envelope envelope) => "d:" + Domain(envelope.Address);

    /// <summary>Of a mail address what follows the @; of a push subscription or a web address its host.</summary>
    internal static string Domain(string address)
    {
        if (address.LastIndexOf('@') is > 0 and var at && !address.Contains("://", StringComparison.Ordinal))
        {
            return address[(at + 1)..].ToLowerInvariant();
        }

        var start = address.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return address;
        }

        var rest = address.AsSpan(start + 3);
        var end = rest.IndexOfAny('/', '"', '?');
        return (end < 0 ? rest : rest[..end]).ToString().ToLowerInvariant();
    }

    /// <summary>Hand-overs of the last ten seconds, second by second.</summary>
    private sealed class Rates
    {
        private const int Seconds = 10;
        private readonly int[] _counts = new int[Seconds];
        private long _second;

        public void Add(bool isOk, DateTimeOffset now)
        {
            Turn(now);
            _counts[_second % Seconds] += isOk ? 1 : 0;
        }

        public double PerSecond(DateTimeOffset now)
        {
            Turn(now);
            return _counts.Sum() / (double)Seconds;
        }

        private void Turn(DateTimeOffset now)
        {
            var second = now.ToUnixTimeSeconds();
            if (second - _second >= Seconds)
            {
                Array.Clear(_counts);
                _second = second;
            }

            while (_second < second)
            {
                _counts[++_second % Seconds] = 0;
            }
        }
    }
}

/// <summary>A lane as people see it.</summary>
/// <param name="Illness">Failed or slow hand-overs out of all, over 15 minutes.</param>
/// <param name="Share">Of new deliveries that it gets.</param>
/// <param name="Limit">Messages a second that it may send now; null for no limit.</param>
internal sealed record LaneView(int Running, BreakerState Breaker, DateTimeOffset? OpenUntil, double Illness, double Share, double? Limit, double SentPerSecond);

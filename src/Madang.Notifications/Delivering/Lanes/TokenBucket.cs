namespace Madang.Notifications.Delivering.Lanes;

/// <summary>
/// How many may leave now: a bucket that refills at a rate, which grows to its full height over the ramp and is halved when the provider says that it is too
/// much. Not safe for two threads; the lane's lock is around it.
/// </summary>
/// <param name="perSecond">0 for no limit, until the provider asks for one.</param>
internal sealed class TokenBucket(double perSecond, TimeSpan ramp, DateTimeOffset now)
{
    // What a slow-down climbs back over.
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);
    private const double LeastShare = 0.02;

    private readonly double _given = perSecond;
    private readonly TimeSpan _ramp = ramp;
    private double _rate = perSecond;
    private double _tokens = 1;
    private DateTimeOffset _at = now;
    private double _share = ramp > TimeSpan.Zero ? LeastShare : 1;
    private TimeSpan _climb = ramp > TimeSpan.Zero ? ramp : Recovery;

    /// <summary>Messages a second at this moment; null for no limit.</summary>
    public double? Rate => _rate > 0 ? _rate * _share : null;

    /// <summary>How many of <paramref name="wanted"/> may leave now. They are taken.</summary>
    public int Take(int wanted, DateTimeOffset now)
    {
        Refill(now);
        if (_rate <= 0)
        {
            return wanted;
        }

        var granted = (int)Math.Min(wanted, Math.Floor(_tokens));
        _tokens -= granted;
        return granted;
    }

    /// <summary>What was taken and not used.</summary>
    public void GiveBack(int count)
    {
        if (_rate > 0)
        {
            _tokens += count;
        }
    }

    /// <summary>When the next one may leave.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now)
    {
        Refill(now);
        return _rate <= 0 || _tokens >= 1 ? now : now + TimeSpan.FromSeconds((1 - _tokens) / (_rate * _share));
    }

    /// <summary>Too much for the provider: half of what it is now, and from there slowly back.</summary>
    /// <param name="measured">Messages a second that really left, where no rate is set.</param>
    public void Slow(double measured, DateTimeOffset now)
    {
        Refill(now);
        if (_rate <= 0)
        {
            _rate = Math.Max(measured, 10);
        }

        (_share, _climb) = (Math.Max(LeastShare, _share / 2), Recovery);
    }

    /// <summary>
    /// After a break: from the beginning of the ramp. What was learned of its limit ends: it is the rate at which a provider died, not the one that it can bear,
    /// and what has piled up would wait a minute for it.
    /// </summary>
    public void Restart(DateTimeOffset now)
    {
        Refill(now);
        _rate = _given;
        (_share, _climb) = _ramp > TimeSpan.Zero ? (LeastShare, _ramp) : (1, Recovery);
    }

    private void Refill(DateTimeOffset now)
    {
        var elapsed = (now - _at).TotalSeconds;
        if (elapsed <= 0)
        {
            return;
        }

        _at = now;
        if (_share < 1)
        {
            _share = Math.Min(1, _share + (elapsed / _climb.TotalSeconds));

            // The limit that was learned ends where nobody had set one.
            _rate = _share >= 1 ? _given : _rate;
        }

        // A tenth of a second's worth at once, so that a limit is no average over bursts.
        _tokens = _rate <= 0 ? 1 : Math.Min(Math.Max(1, _rate * _share / 10), _tokens + (elapsed * _rate * _share));
    }
}

using Madang.Notifications.Channels;

namespace Madang.Notifications.Delivering.Lanes;

internal enum BreakerState
{
    Closed = 1,

    /// <summary>Nothing is claimed until its time.</summary>
    Open = 2,

    /// <summary>One delivery is out to see.</summary>
    HalfOpen = 3,
}

/// <summary>
/// Stops a lane whose provider fails again and again, and asks with one delivery whether it is back. Faults of the provider weigh double, those that one
/// address may have caused single; any answer that shows a living provider clears them. The lane's lock is around it.
/// </summary>
internal sealed class Breaker
{
    private const int Trip = 20;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    // What waits for a provider that was dead for long shall not wait much longer than it: three requests a minute are nothing to ask.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    private int _weight;
    private TimeSpan _pause = First;
    private DateTimeOffset _until;

    public BreakerState State { get; private set; } = BreakerState.Closed;

    /// <summary>When the next probe may leave.</summary>
    public DateTimeOffset Until => State == BreakerState.Open ? _until : DateTimeOffset.MinValue;

    /// <summary>How many may be claimed of <paramref name="wanted"/>: all, one, or none.</summary>
    public int Admit(int wanted, DateTimeOffset now) => State switch
    {
        BreakerState.Closed => wanted,
        BreakerState.Open when now >= _until => Math.Min(wanted, 1),
        _ => 0,
    };

    /// <summary>A probe has left.</summary>
    public void Probe()
    {
        if (State == BreakerState.Open)
        {
            State = BreakerState.HalfOpen;
        }
    }

    /// <summary>The probe never left, or said nothing about the provider: another may try.</summary>
    public void Unprobe()
    {
        if (State == BreakerState.HalfOpen)
        {
            State = BreakerState.Open;
        }
    }

    /// <summary>True when this answer opened or closed it.</summary>
    public bool Observe(ProviderAnswer answer, DateTimeOffset now)
    {
        if (answer.IsNotFromProvider)
        {
            Unprobe();
            return false;
        }

        var weight = Weight(answer);
        if (weight == 0)
        {
            _weight = 0;
            _pause = First;
            if (State == BreakerState.Closed)
            {
                return false;
            }

            State = BreakerState.Closed;
            return true;
        }

        _weight += weight;
        switch (State)
        {
            case BreakerState.HalfOpen:
                _pause = _pause * 2 < Most ? _pause * 2 : Most;
                (State, _until) = (BreakerState.Open, now + _pause);
                return false;
            case BreakerState.Closed when _weight >= Trip:
                (State, _until) = (BreakerState.Open, now + Longer(_pause, answer.RetryAfter));
                return true;
            default:
                return false;
        }
    }

    // 4xx of a mailbox or a 429 of one token is an answer of a provider that lives, but twenty in a row without any other are not its customers' fault.
    private static int Weight(ProviderAnswer answer) => answer.Class switch
    {
        AnswerClass.RetryNewConnection or AnswerClass.Ambiguous or AnswerClass.Reauth => 2,
        AnswerClass.Retry => answer.Scope == AnswerScope.Provider ? 2 : 1,
        _ => 0,
    };

    private static TimeSpan Longer(TimeSpan pause, TimeSpan? asked) => asked > pause ? asked.Value : pause;
}

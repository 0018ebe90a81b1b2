namespace Madang.Client.Realtime;

/// <summary>One timer that can be set again; it rings under the gate, and never after it was cleared.</summary>
internal sealed class Alarm(TimeProvider time, Lock gate)
{
    private ITimer? _timer;
    private long _setting;

    public bool IsSet => _timer is not null;

    public void Set(TimeSpan after, Action ring)
    {
        Clear();
        var setting = _setting;
        _timer = time.CreateTimer(
            _ =>
            {
                lock (gate)
                {
                    if (setting == _setting)
                    {
                        Clear();
                        ring();
                    }
                }
            },
            null, after, Timeout.InfiniteTimeSpan);
    }

    public void Clear()
    {
        _setting++;
        _timer?.Dispose();
        _timer = null;
    }
}

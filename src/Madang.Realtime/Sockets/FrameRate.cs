namespace Madang.Realtime.Sockets;

/// <summary>How fast one socket may send frames, as one number: the time at which its bucket would be empty of use (GCRA, ITU-T I.371).</summary>
internal struct FrameRate(int perSecond)
{
    private const int BurstSeconds = 2;
    private readonly long _intervalUs = 1_000_000 / perSecond;
    private long _emptyAtUs;

    /// <summary>Null when the frame may pass, else when to try again.</summary>
    public TimeSpan? TryTake(long nowMs)
    {
        var now = nowMs * 1000;
        var after = Math.Max(_emptyAtUs, now) + _intervalUs;
        if (after > now + (BurstSeconds * 1_000_000L))
        {
            return TimeSpan.FromMicroseconds(after - now - (BurstSeconds * 1_000_000L));
        }

        _emptyAtUs = after;
        return null;
    }
}

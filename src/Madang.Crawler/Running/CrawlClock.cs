namespace Madang.Crawler.Running;

/// <summary>Unix milliseconds that never go back: the wall clock at the start, carried on by the monotonic clock.</summary>
internal sealed class CrawlClock(TimeProvider time)
{
    private readonly long _start = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly long _mark = time.GetTimestamp();

    public TimeProvider Provider => time;

    public long Now => _start + (long)time.GetElapsedTime(_mark).TotalMilliseconds;
}

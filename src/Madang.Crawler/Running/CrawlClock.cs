namespace Madang.Crawler.Running;

/// <summary>
/// Unix milliseconds that never go back: the wall clock at the start, carried on by the monotonic clock. Nodes that share a crawl begin with the store's clock instead of their own, so
/// that a moment which one has written means the same to the others.
/// </summary>
internal sealed class CrawlClock(TimeProvider time)
{
    private readonly long _mark = time.GetTimestamp();
    private long _start = time.GetUtcNow().ToUnixTimeMilliseconds();

    public TimeProvider Provider => time;

    public long Now => _start + (long)time.GetElapsedTime(_mark).TotalMilliseconds;

    /// <summary>Before anybody has read the clock.</summary>
    public void Set(long now) => _start += now - Now;
}

namespace Madang.Jobs;

/// <summary>Exponential backoff with full jitter: <c>random × min(cap, first × 2^(attempt − 1))</c> (M. Brooker, "Exponential Backoff And Jitter", 2015).</summary>
public sealed record Backoff(TimeSpan First, TimeSpan Cap)
{
    /// <summary>With ten attempts a job is tried for about 20 minutes.</summary>
    public static readonly Backoff Default = new(TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));

    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="random">0 to 1.</param>
    public TimeSpan Delay(int attempt, double random)
    {
        // In doubles, since 2^attempt overflows long before the cap is compared.
        var most = Math.Min(Cap.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Max(0, attempt - 1)));
        return TimeSpan.FromMilliseconds(Math.Floor(random * most));
    }
}

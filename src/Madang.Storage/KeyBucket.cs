namespace Madang.Storage;

/// <summary>Client ids are kept by whole weeks, so that what is written together lies together and is dropped together.</summary>
public static class KeyBucket
{
    private const long Week = 7 * 24 * 3600;

    public static long Of(DateTimeOffset time) => time.ToUnixTimeSeconds() / Week;

    /// <summary>Buckets below this hold nothing younger than seven days: a look-up tries the current one and the one before.</summary>
    public static long OldestKept(DateTimeOffset now) => Of(now) - 1;
}

using System.Globalization;

namespace Madang.Crawler.Politeness;

/// <summary>The header Retry-After: seconds, or an HTTP date in one of its three forms (RFC 9110, 10.2.3 and 5.6.7).</summary>
internal static class RetryAfter
{
    private static readonly string[] Forms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    /// <param name="now">Unix milliseconds.</param>
    /// <returns>Milliseconds from now, 0 for a date that is over, at most 10^15; null without a header or with one that is neither.</returns>
    public static long? Parse(string? value, long now)
    {
        var text = value.AsSpan().Trim(" \t");
        if (text.IsEmpty || text.Length > 64)
        {
            return null;
        }
        if (!text.ContainsAnyExceptInRange('0', '9'))
        {
            // More than twelve digits are more than any clock.
            text = text.TrimStart('0');
            return text.Length > 12 ? 1_000_000_000_000_000 : text.IsEmpty ? 0 : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) * 1_000;
        }
        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Math.Max(0, date.ToUnixTimeMilliseconds() - now)
            : null;
    }
}

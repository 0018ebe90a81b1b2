using System.Globalization;

namespace Madang.Notifications.Endpoints;

/// <summary>A time in a query, as RFC 3339 writes it, or its day alone; without an offset it is UTC. Never a time of today: that would be another one tomorrow.</summary>
internal static class QueryTime
{
    private static readonly string[] s_forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null when it is none.</summary>
    public static DateTimeOffset? Read(string text) =>
        DateTimeOffset.TryParseExact(text, s_forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}

using System.Globalization;
using Madang.Crawler.Frontier;
using Madang.Crawler.Robots;

namespace Madang.Crawler.Endpoints;

/// <param name="Status">The HTTP status of the last fetch; 0 before the first, and when there was no answer.</param>
/// <param name="FetchedAt">Absent before the first fetch.</param>
/// <param name="CrawlDelayMs">What it asks of this crawl's agent.</param>
public sealed record HostRobotsJson(int Status, DateTimeOffset? FetchedAt, long? CrawlDelayMs);

/// <summary>A host, which is an origin, and its clock.</summary>
/// <param name="Domain">The registrable domain, or the address where the host is one.</param>
/// <param name="Address">Where the last request went.</param>
/// <param name="NextAt">It is not asked before; absent when it may be asked at once.</param>
/// <param name="Block">Why that is further away than a delay: <c>retry_after</c>, <c>errors</c>, <c>robots_unreachable</c>.</param>
/// <param name="LatencyMs">Mean time to the headers, of late.</param>
/// <param name="Errors">Failures in a row.</param>
public sealed record CrawlHostJson(
    string Id, string Origin, string Domain, string? Address, string? Region, long Waiting, long Fetched, long Parked, DateTimeOffset? NextAt, string? Block, int LatencyMs, int Errors,
    HostRobotsJson Robots)
{
    internal static CrawlHostJson Of(HostRow host, string agent)
    {
        var delay = host.Robots is { } body ? RobotsFile.Parse(body).For(agent).CrawlDelay : null;
        return new(
            Text(host.Id), host.Origin, host.Domain, host.Address, host.Region, host.Waiting, host.Fetched, host.Parked,
            host.NextAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(host.NextAt), host.Block, host.LatencyMs, host.Errors,
            new(host.RobotsStatus, host.RobotsAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(host.RobotsAt), (long?)delay?.TotalMilliseconds));
    }

    /// <summary>A host's id is all 64 bits of a hash: written without a sign.</summary>
    internal static string Text(long id) => unchecked((ulong)id).ToString(CultureInfo.InvariantCulture);

    internal static bool TryRead(string text, out long id)
    {
        var read = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits);
        id = unchecked((long)bits);
        return read;
    }
}

namespace Madang.Crawler.Explaining;

/// <summary>How a URL's last visit went, and when the next is due. What does not apply is absent.</summary>
/// <param name="At">Absent when it was never fetched.</param>
/// <param name="Status">HTTP status; absent without an answer.</param>
/// <param name="Fault">Why there was none: <c>no_such_host</c>, <c>header_timeout</c>.</param>
/// <param name="Refusal">Why it is not fetched: <c>robots</c>, <c>robots_unreachable</c>, <c>not_found</c>.</param>
/// <param name="NextAt">Absent when it is not visited again, and when it waits for its turn now.</param>
public sealed record UrlVisit(DateTimeOffset? At, int? Status, string? Fault, string? Refusal, DateTimeOffset? NextAt)
{
    /// <summary>There was an answer that is worth something, and nothing forbids the next.</summary>
    public bool IsFine => Refusal is null && Fault is null && Status is >= 200 and < 400;
}

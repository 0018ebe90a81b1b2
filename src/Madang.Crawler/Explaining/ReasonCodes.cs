using Madang.Crawler.Frontier;
using Madang.Crawler.Politeness;

namespace Madang.Crawler.Explaining;

/// <summary>The codes of reasons that are no refusals, and all there are.</summary>
internal static class ReasonCodes
{
    public const string Retry = "retry";
    public const string Duplicate = "duplicate";
    public const string Place = "place";
    public const string Delay = "delay";
    public const string RobotsFirst = "robots_first";

    public static IReadOnlyList<string> All { get; } =
    [
        .. Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None).Select(reason => reason.Code()),
        Retry, Duplicate, Place, Delay, RobotsFirst, HostBlocks.RetryAfter, HostBlocks.Errors,
    ];
}

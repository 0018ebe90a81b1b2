using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>At most so many links from a seed.</summary>
internal sealed class DepthPolicy(int most) : IUrlPolicy
{
    public RefusalReason Check(Url url, int depth) => depth > most ? RefusalReason.TooDeep : RefusalReason.None;
}

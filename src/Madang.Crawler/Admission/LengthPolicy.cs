using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>URLs of up to 2,083 bytes, the most that all browsers took for years and that sitemaps may name (2,048).</summary>
internal sealed class LengthPolicy : IUrlPolicy
{
    public const int Most = 2_083;

    public RefusalReason Check(Url url, int depth) => url.Href.Length > Most ? RefusalReason.TooLong : RefusalReason.None;
}

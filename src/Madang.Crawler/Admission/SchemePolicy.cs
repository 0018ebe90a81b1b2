using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>Only http and https with a host.</summary>
internal sealed class SchemePolicy : IUrlPolicy
{
    public RefusalReason Check(Url url, int depth) =>
        !url.IsValid ? RefusalReason.BadUrl : !url.Kind.IsWeb() || url.Host.IsEmpty ? RefusalReason.NotHttp : RefusalReason.None;
}

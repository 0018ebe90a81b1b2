using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

internal sealed class AdmissionPolicy
{
    private readonly CrawlSettings _settings;
    private readonly HashSet<string> _hosts = [];

    public AdmissionPolicy(CrawlSettings settings)
    {
        _settings = settings;
        foreach (var seed in settings.Seeds)
        {
            if (Url.TryParse(seed, null, out var url)) { _hosts.Add(System.Text.Encoding.ASCII.GetString(url.HostAndPort)); }
        }
    }

    public RefusalReason Check(Url url, int depth) => depth > _settings.MaxDepth ? RefusalReason.TooDeep : _settings.Scope == CrawlScope.Any || _hosts.Contains(System.Text.Encoding.ASCII.GetString(url.HostAndPort)) ? RefusalReason.None : RefusalReason.OutOfScope;
}

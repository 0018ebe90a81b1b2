using Madang.Crawler.Admission;
using Madang.Crawler.Frontier;
using Madang.Crawler.Noise;
using Madang.Outbound;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Crawler.Running;

/// <summary>What a run of a crawl works with.</summary>
/// <param name="Node">Names this process in the archive's files.</param>
/// <param name="Regions">The operator's table.</param>
/// <param name="Region">Of this node, for locality; null is none.</param>
internal sealed record CrawlParts(CrawlId Crawl, CrawlSettings Settings, string Folder, IFrontierStore Store, IPageStore Pages, OutboundClient Outbound, CrawlClock Clock, string Node, CrawlPolicies Policies,
    string? Region, RegionRules Regions);

/// <summary>What can be exchanged: how noise is judged, and what is asked of URLs beside the built-in policies.</summary>
internal sealed record CrawlPolicies(INoisePolicy Noise, IReadOnlyList<IUrlPolicy> Urls)
{
    public static CrawlPolicies Default { get; } = new(new ContentNoise(), []);

    /// <summary>The built-in ones with those that were registered.</summary>
    public static CrawlPolicies Of(IServiceProvider services) => new(services.GetService<INoisePolicy>() ?? Default.Noise, [.. services.GetServices<IUrlPolicy>()]);
}

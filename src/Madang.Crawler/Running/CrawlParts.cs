using Madang.Crawler.Frontier;
using Madang.Outbound;

namespace Madang.Crawler.Running;

/// <summary>What a run of a crawl works with.</summary>
/// <param name="Node">Names this process in the archive's files.</param>
/// <param name="Regions">The operator's table.</param>
/// <param name="Region">Of this node, for locality; null is none.</param>
internal sealed record CrawlParts(CrawlId Crawl, CrawlSettings Settings, string Folder, IFrontierStore Store, IPageStore Pages, OutboundClient Outbound, CrawlClock Clock, string Node, string? Region, RegionRules Regions);

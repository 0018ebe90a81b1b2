namespace Madang.Crawler;

/// <summary>Where this node keeps what belongs to a crawl: its archive, and on SQLite its books.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="IsOne">The root is the folder of the only crawl.</param>
internal sealed record CrawlFolders(string Root, bool IsOne = false)
{
    public string Of(CrawlId crawl) => IsOne ? Root : Path.Combine(Root, crawl.ToString());
}

namespace Madang.Crawler;

/// <summary>Where this node keeps what belongs to a crawl: its archive, and on SQLite its books.</summary>
/// <param name="Root">Absolute.</param>
internal sealed record CrawlFolders(string Root)
{
    public string Of(CrawlId crawl) => Path.Combine(Root, crawl.ToString());
}

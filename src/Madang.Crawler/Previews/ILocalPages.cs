using Madang.Api;

namespace Madang.Crawler.Previews;

/// <summary>Previews of our own pages, which are never fetched: the module that owns a page tells what it shows to this viewer. Registered as a service.</summary>
public interface ILocalPages
{
    /// <summary>The preview of one of its pages; null where the page is not its own, or the viewer may not see it.</summary>
    /// <param name="path">Path and query, as the link has them: <c>/posts/12</c>.</param>
    Task<Preview?> FindAsync(string path, Caller viewer, CancellationToken cancellationToken);
}

using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>
/// A reason to leave a URL alone as soon as it is found. Asked some hundred thousand times a second, by several threads at once: it looks at the spans and allocates nothing.
/// One of your own is asked after the built-in ones, in every crawl: <c>services.AddSingleton&lt;IUrlPolicy, NoShops&gt;()</c>.
/// </summary>
public interface IUrlPolicy
{
    /// <param name="url">Normalised. It is used again for the next link: keep nothing of it.</param>
    /// <param name="depth">Links from a seed; a seed has 0.</param>
    /// <returns><see cref="RefusalReason.None"/> to let it pass, else why not: a policy of your own says <see cref="RefusalReason.Policy"/>.</returns>
    RefusalReason Check(Url url, int depth);
}

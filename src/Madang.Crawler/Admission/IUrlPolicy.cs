using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>A reason to leave a URL alone as soon as it is found. Asked some hundred thousand times a second, by several threads at once: it looks at the spans and allocates nothing.</summary>
internal interface IUrlPolicy
{
    /// <param name="url">Normalised.</param>
    /// <param name="depth">Links from a seed.</param>
    /// <returns><see cref="RefusalReason.None"/> to let it pass.</returns>
    RefusalReason Check(Url url, int depth);
}

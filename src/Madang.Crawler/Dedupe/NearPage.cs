using Madang.Crawler.Frontier;

namespace Madang.Crawler.Dedupe;

/// <summary>The nearest page so far and how many bits it is away.</summary>
internal readonly record struct NearPage(UrlKey Key, int Bits);

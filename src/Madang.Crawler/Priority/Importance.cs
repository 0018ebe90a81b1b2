using System.Numerics;

namespace Madang.Crawler.Priority;

/// <summary>
/// Importance of pages while they are crawled: each page has cash, a visit takes it and hands it on to the pages that it links to (Abiteboul, Preda, Cobena 2003:
/// "Adaptive on-line page importance computation"). With a tax and a base income the sums tend to PageRank, not normalised: the mean page has 1, the least one <see cref="Base"/>.
/// </summary>
internal static class Importance
{
    /// <summary>What every page has at each visit, links or not: the share of the virtual root.</summary>
    public const float Base = 0.125f;

    /// <summary>The part of its importance that a page hands on.</summary>
    public const float Handed = 0.875f;

    /// <summary>The cash that a seed begins with, so that its importance is 1.</summary>
    public const float SeedCash = 1 - Base;

    /// <summary>The most cash that a page can gather: keeps every sum finite.</summary>
    public const float MostCash = 1e12f;

    /// <summary>What each of the links of a page gets.</summary>
    /// <param name="importance">As <see cref="UrlMemory.Visit"/> answered.</param>
    public static float Share(float importance, int links) => links <= 0 ? 0 : Handed * importance / links;

    /// <summary>How often the importance has doubled from <see cref="Base"/>: 0 without cash, 3 at importance 1, 10 at 128.</summary>
    public static int Step(float cash) => BitOperations.Log2((uint)(1 + (cash > 0 ? MathF.Min(cash / Base, 1 << 30) : 0)));
}

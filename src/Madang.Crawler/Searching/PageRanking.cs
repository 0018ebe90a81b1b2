namespace Madang.Crawler.Searching;

/// <summary>The order of what is found: how well the text fits (the title counts more, in the engine), times how important the page is, less what is noise or repeats another.</summary>
internal static class PageRanking
{
    /// <summary>The title's terms count so many times those of the text.</summary>
    public const double TitleWeight = 6;

    private const double ImportanceWeight = 0.15;
    private const double MostImportance = 2.5;
    private const double NearDuplicate = 0.3;

    /// <param name="pages">Of the index: importance is a share, so that an ordinary page holds 1/pages.</param>
    public static float Score(in SearchMatch match, long pages)
    {
        // An ordinary page counts once; each doubling of its share adds as much again.
        var importance = Math.Clamp(1 + (ImportanceWeight * Math.Log2(1 + (match.Weight.Importance * pages))), 1, MostImportance);
        var noise = 1 - (Math.Clamp(match.Weight.Noise, 0, 100) / 125.0);
        return (float)(match.Text * importance * noise * (match.Weight.IsNearDuplicate ? NearDuplicate : 1));
    }
}

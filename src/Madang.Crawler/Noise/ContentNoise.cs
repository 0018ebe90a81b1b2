namespace Madang.Crawler.Noise;

/// <summary>
/// Noise by content rules: thin pages, pages of menus, of links, of one word or phrase over and over, and doorways. Each rule adds its points, so that a verdict can be explained; a list of links alone
/// stays below half, since hubs are what a crawl lives on.
/// </summary>
internal sealed class ContentNoise : INoisePolicy
{
    // Fewer words say nothing about repetition.
    private const int LeastWords = 40;

    public NoiseVerdict Judge(in PageFacts facts)
    {
        var (score, reasons) = (0, NoiseReasons.None);
        Add(facts.Words switch { 0 => 60, < 10 => 40, < 30 => 15, _ => 0 }, NoiseReasons.Thin, ref score, ref reasons);
        Add(facts.Words < LeastWords ? 0 : Between(facts.Boilerplate, 0.8, 1, 25), NoiseReasons.Boilerplate, ref score, ref reasons);
        Add(facts.Words < LeastWords ? 0 : Between(facts.LinkDensity, 0.6, 1, 20), NoiseReasons.Links, ref score, ref reasons);
        Add(facts.Words < 60 && facts.Links >= 100 ? 40 : 0, NoiseReasons.Doorway, ref score, ref reasons);
        if (facts.Text.Words >= LeastWords)
        {
            Add(Between(facts.Text.TopShare, 0.12, 0.35, 80), NoiseReasons.Stuffing, ref score, ref reasons);
            Add(Between(facts.Text.RepeatShare, 0.4, 0.9, 80), NoiseReasons.Repetition, ref score, ref reasons);
        }
        return new NoiseVerdict(Math.Min(score, 100), reasons);
    }

    private static void Add(int points, NoiseReasons reason, ref int score, ref NoiseReasons reasons)
    {
        score += points;
        reasons |= points > 0 ? reason : NoiseReasons.None;
    }

    /// <summary>No points up to <paramref name="from"/>, all of them at <paramref name="to"/>.</summary>
    private static int Between(double value, double from, double to, int points) => (int)Math.Round(points * Math.Clamp((value - from) / (to - from), 0, 1));
}

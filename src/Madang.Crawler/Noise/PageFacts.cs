using Madang.Crawler.Parsing;

namespace Madang.Crawler.Noise;

/// <summary>The numbers of a page that noise is judged by.</summary>
public readonly record struct PageFacts
{
    public int Words { get; init; }

    public int Links { get; init; }

    /// <summary>Words that stand in links, of all words: 0 to 1.</summary>
    public double LinkDensity { get; init; }

    /// <summary>Words outside of the main text, of all words: 0 to 1.</summary>
    public double Boilerplate { get; init; }

    public TextFacts Text { get; init; }

    internal static PageFacts Of(ParsedPage page) => new()
    {
        Words = page.WordCount,
        Links = page.Links.Length,
        LinkDensity = page.LinkDensity,
        Boilerplate = page.BoilerplateRatio,
        Text = TextFacts.Of(page.Text),
    };
}

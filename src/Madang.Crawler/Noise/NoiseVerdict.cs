namespace Madang.Crawler.Noise;

/// <summary>What speaks against a page.</summary>
[Flags]
public enum NoiseReasons
{
    None = 0,

    /// <summary>Hardly any words.</summary>
    Thin = 1,

    /// <summary>Most of its words are menus and footers.</summary>
    Boilerplate = 2,

    /// <summary>Most of its words are links.</summary>
    Links = 4,

    /// <summary>One word over and over.</summary>
    Stuffing = 8,

    /// <summary>The same phrases over and over.</summary>
    Repetition = 16,

    /// <summary>A few words on the way to many other places.</summary>
    Doorway = 32,
}

/// <summary>What a page is worth, and why.</summary>
/// <param name="Score">0 to 100; lower and higher ones are cut to that.</param>
public readonly record struct NoiseVerdict(int Score, NoiseReasons Reasons);

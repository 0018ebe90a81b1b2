namespace Madang.Crawler.Noise;

/// <summary>What speaks against a page.</summary>
[Flags]
internal enum NoiseReasons
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

/// <param name="Score">0 to 100.</param>
internal readonly record struct NoiseVerdict(int Score, NoiseReasons Reasons);

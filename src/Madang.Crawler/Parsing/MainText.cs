namespace Madang.Crawler.Parsing;

/// <summary>Which blocks of a page are its own text, and how many words that makes.</summary>
internal readonly record struct MainText(int Words, int LinkWords, int MainWords, bool OnlyMarked)
{
    /// <summary>Blocks that have more than half of their words in links are lists of links.</summary>
    public static bool IsLinkList(in TextBlock block) => block.LinkWords * 2 > block.Words;

    /// <summary>Where main or article hold enough, nothing else counts.</summary>
    private const int EnoughMarked = 50;

    public static MainText Measure(ReadOnlySpan<TextBlock> blocks)
    {
        int words = 0, links = 0, main = 0, marked = 0;
        foreach (ref readonly var block in blocks)
        {
            words += block.Words;
            links += block.LinkWords;
            if (!block.Boilerplate && !IsLinkList(block))
            {
                main += block.Words;
                marked += block.Main ? block.Words : 0;
            }
        }

        return marked >= EnoughMarked ? new MainText(words, links, marked, true) : new MainText(words, links, main, false);
    }

    public bool Holds(in TextBlock block) => !block.Boilerplate && !IsLinkList(block) && (block.Main || !OnlyMarked);
}

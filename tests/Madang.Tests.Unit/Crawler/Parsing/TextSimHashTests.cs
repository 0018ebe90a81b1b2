using System.Globalization;
using System.Numerics;
using System.Text;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

public sealed class TextSimHashTests(ITestOutputHelper output)
{
    private const int Threshold = 3;

    [Fact]
    public void Near_duplicates_are_within_three_bits_and_other_pages_are_not()
    {
        var pages = new NearDuplicatePages(seed: 20260);
        using var parsed = new ParsedPage();
        var originals = new List<(NearDuplicatePages.Text Text, ulong Hash)>();
        for (var i = 0; i < 160; i++)
        {
            // Every fourth page shares a third of its text with the one before.
            var text = i % 4 == 3 ? pages.Related(originals[i - 1].Text, i) : pages.Original(i);
            originals.Add((text, Hash(pages.Page(text, null), parsed)));
        }

        int hits = 0, near = 0, wrong = 0;
        foreach (var change in NearDuplicatePages.Changes)
        {
            var before = (hits, near);
            foreach (var (text, hash) in originals)
            {
                near++;
                hits += BitOperations.PopCount(hash ^ Hash(pages.Page(text, change), parsed)) <= Threshold ? 1 : 0;
            }

            output.WriteLine($"{change}: recall {Ratio(hits - before.hits, near - before.near)}");
        }

        for (var i = 0; i < originals.Count; i++)
        {
            for (var j = i + 1; j < originals.Count; j++)
            {
                wrong += BitOperations.PopCount(originals[i].Hash ^ originals[j].Hash) <= Threshold ? 1 : 0;
            }
        }

        output.WriteLine($"all: recall {Ratio(hits, near)}, precision {Ratio(hits, hits + wrong)} over {originals.Count * (originals.Count - 1) / 2} pairs of other pages");
        Assert.True(hits >= 0.95 * near, $"recall {Ratio(hits, near)}");
        Assert.True(hits >= 0.98 * (hits + wrong), $"precision {Ratio(hits, hits + wrong)}");
    }

    [Fact]
    public void Pages_of_a_closed_vocabulary_differ_by_the_order_of_their_words()
    {
        var random = new Random(7);
        var words = Enumerable.Range(0, 60).Select(i => $"word{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}").ToArray();
        var hashes = Enumerable.Range(0, 60).Select(_ => TextSimHash.Of(Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 300).Select(_ => words[random.Next(60)]))))).ToArray();
        Assert.All(hashes.Index(), one => Assert.All(hashes.Skip(one.Index + 1), other => Assert.True(BitOperations.PopCount(one.Item ^ other) > Threshold)));
    }

    [Fact]
    public void A_changed_sentence_in_Japanese_is_near_and_another_text_is_not()
    {
        var random = new Random(11);
        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)(random.Next(3) == 0 ? 0x3042 + random.Next(80) : 0x4E00 + random.Next(2_000))));
        var near = 0;
        for (var i = 0; i < 100; i++)
        {
            var text = Text(600);
            var edited = text[..300] + Text(2) + text[302..];
            var hash = TextSimHash.Of(Encoding.UTF8.GetBytes(text));
            near += BitOperations.PopCount(hash ^ TextSimHash.Of(Encoding.UTF8.GetBytes(edited))) <= Threshold ? 1 : 0;
            Assert.True(BitOperations.PopCount(hash ^ TextSimHash.Of(Encoding.UTF8.GetBytes(Text(600)))) > Threshold);
        }

        Assert.True(near >= 95, $"{near} of 100");
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void A_text_of_fewer_than_thirty_words_has_no_fingerprint(int words, bool has) =>
        Assert.Equal(has, TextSimHash.Of(Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Repeat("word", words)) + " 2026 12:30 Monday")) != 0);

    [Fact]
    public void Case_punctuation_and_numbers_change_nothing()
    {
        var text = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"Word{(char)('a' + (i % 26))}"));
        var other = text.ToUpperInvariant().Replace(" ", ", 42 “", StringComparison.Ordinal);
        Assert.Equal(TextSimHash.Of(Encoding.UTF8.GetBytes(text)), TextSimHash.Of(Encoding.UTF8.GetBytes(other)));
    }

    private static ulong Hash(string html, ParsedPage page)
    {
        PageParser.Default.Parse(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", page);
        Assert.NotEqual(0UL, page.SimHash);
        return page.SimHash;
    }

    private static string Ratio(int part, int whole) => ((double)part / Math.Max(1, whole)).ToString("0.0000", CultureInfo.InvariantCulture);
}

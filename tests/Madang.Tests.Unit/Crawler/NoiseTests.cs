using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Noise;

namespace Madang.Tests.Unit.Crawler;

/// <summary>How little a page is worth reading.</summary>
public sealed class NoiseTests
{
    private const string Prose =
        "Politeness is what makes a crawler welcome. It asks each host one thing at a time and waits between two requests, longer where the answers come slowly. "
        + "Before anything else it reads what the owner has written about robots, and keeps to it even where nobody would notice. A page that has not changed is not "
        + "sent again, because the crawler remembers how it was named. When a server stumbles the visitor goes away and comes back later, each time after a longer "
        + "while. Owners who look into their logs should find nothing there to complain about, and a name with an address for those who still do.";

    [Fact]
    public void Prose_is_no_noise()
    {
        var text = TextFacts.Of(Encoding.UTF8.GetBytes(Prose));
        Assert.InRange(text.TopShare, 0, 0.06);
        Assert.InRange(text.RepeatShare, 0, 0.03);
        Assert.Equal(new NoiseVerdict(0, NoiseReasons.None), Judge(Facts(Prose)));
    }

    [Fact]
    public void One_word_over_and_over_is()
    {
        var verdict = Judge(Facts(Prose.Replace(" the ", " cheap tickets ", StringComparison.Ordinal) + string.Concat(Enumerable.Repeat(" buy tickets now, tickets online", 20))));
        Assert.True(verdict.Reasons.HasFlag(NoiseReasons.Stuffing));
        Assert.InRange(verdict.Score, 30, 100);
    }

    [Fact]
    public void The_same_phrases_over_and_over_are()
    {
        var verdict = Judge(Facts(string.Concat(Enumerable.Repeat("싼 항공권 예약은 여기에서 가장 빠르게 할 수 있습니다. ", 20))));
        Assert.True(verdict.Reasons.HasFlag(NoiseReasons.Repetition));
        Assert.InRange(verdict.Score, 80, 100);
    }

    [Fact]
    public void A_page_without_words_is_thin_and_a_list_of_links_is_no_more_than_half_bad()
    {
        Assert.Equal(new NoiseVerdict(60, NoiseReasons.Thin), Judge(default));
        Assert.Equal(new NoiseVerdict(45, NoiseReasons.Links | NoiseReasons.Boilerplate), Judge(new PageFacts { Words = 400, Links = 300, LinkDensity = 1, Boilerplate = 1 }));
        Assert.True(Judge(new PageFacts { Words = 9, Links = 500 }).Score >= 80);
    }

    [Fact]
    public void Any_bytes_get_a_verdict_from_0_to_100() => Prop.ForAll<byte[], double>((bytes, density) =>
    {
        var facts = new PageFacts { Words = bytes.Length, Links = bytes.Length, LinkDensity = density, Boilerplate = -density, Text = TextFacts.Of(bytes) };
        return Judge(facts).Score is >= 0 and <= 100 && facts.Text.TopShare is >= 0 and <= 1 && facts.Text.RepeatShare is >= 0 and <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_the_first_words_of_a_long_text_are_looked_at() =>
        Assert.Equal(TextFacts.MostWords, TextFacts.Of(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("word ", 1_000_000)))).Words);

    private static PageFacts Facts(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new PageFacts { Words = text.Split(' ').Length, Links = 10, LinkDensity = 0.1, Boilerplate = 0.2, Text = TextFacts.Of(bytes) };
    }

    private static NoiseVerdict Judge(PageFacts facts) => new ContentNoise().Judge(facts);
}

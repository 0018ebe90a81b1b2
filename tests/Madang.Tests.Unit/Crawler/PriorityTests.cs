using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Frontier;
using Madang.Crawler.Priority;

namespace Madang.Tests.Unit.Crawler;

/// <summary>What is fetched first, and what is remembered of URLs that wait.</summary>
public sealed class PriorityTests
{
    [Fact]
    public void Without_anything_that_speaks_for_a_page_the_crawl_goes_breadth_first()
    {
        var classes = Enumerable.Range(0, 65).Select(d => PriorityClass.Of(new UrlHints { Depth = d }, cash: 0)).ToList();
        Assert.Equal([0, 2, 3, 4, 4, 5, 5, 6], classes.Take(8));
        Assert.Equal(classes.Order(), classes);
        Assert.All(classes, c => Assert.InRange(c, 0, PriorityClass.Last));
    }

    [Fact]
    public void Each_doubling_of_importance_wins_a_class_up_to_six()
    {
        var hints = new UrlHints { Depth = 15 };
        var classes = Enumerable.Range(0, 10).Select(n => PriorityClass.Of(hints, Importance.Base * ((1 << n) - 1))).ToList();
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 2, 2, 2], classes);
    }

    [Fact]
    public void The_explanation_sums_to_the_class() => Prop.ForAll<int, (bool, bool, bool), int>((depth, known, seed) =>
    {
        var random = new Random(seed);
        var cash = (float)Math.Pow(2, random.Next(-3, 12));
        var hints = new UrlHints
        {
            Depth = depth,
            ChangeRate = known.Item1 ? random.NextDouble() : null,
            SitemapPriority = known.Item2 ? random.NextDouble() : null,
            ModifiedAgo = known.Item3 ? TimeSpan.FromDays(random.Next(-10, 10)) : null,
            Boost = random.Next(-15, 16),
        };
        var sum = PriorityClass.Explain(hints, cash).Sum(t => t.Classes);
        return Math.Clamp(sum, 0, 15) == PriorityClass.Of(hints, cash);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("https://a.test/news/", "https://a.test/news/1", true)]
    [InlineData("https://a.test/news/", "https://a.test/new", false)]
    [InlineData("/news/*/full$", "https://a.test/news/2026/full", true)]
    [InlineData("/news/*/full$", "https://a.test/news/2026/full?x", false)]
    [InlineData("/news/*/full", "https://a.test/news/2026/fuller", true)]
    [InlineData("/*.pdf$", "https://a.test/x.pdf/y.pdf", true)]
    [InlineData("/ab*ab$", "https://a.test/ab", false)]
    [InlineData("/$", "https://a.test/", true)]
    [InlineData("/$", "https://a.test/x", false)]
    [InlineData("*print=1", "https://a.test/x?a&print=1", true)]
    [InlineData("", "https://a.test/", true)]
    public void A_boost_pattern_matches_from_the_beginning(string pattern, string url, bool matches)
    {
        var rules = new BoostRules([new BoostRule(pattern, 3)]);
        Assert.Equal(matches ? 3 : 0, rules.Of(Bytes(url), Bytes(url["https://a.test".Length..])));
    }

    [Fact]
    public void Boosts_add_up_and_stay_within_fifteen()
    {
        var rules = new BoostRules([new("/a", 10), new("/ab", 10), new("/abc", -25)]);
        Assert.Equal(10, rules.Of(Bytes("x"), Bytes("/a")));
        Assert.Equal(15, rules.Of(Bytes("x"), Bytes("/ab")));
        Assert.Equal(5, rules.Of(Bytes("x"), Bytes("/abc")));
    }

    [Fact]
    public void A_pattern_of_many_stars_is_matched_in_one_pass()
    {
        var pattern = new UrlPattern(string.Concat(Enumerable.Repeat("*a", 200)) + "b$");
        Assert.False(pattern.IsMatch(Bytes(new string('a', 2_000_000))));
    }

    [Fact]
    public void A_waiting_url_moves_ahead_exactly_when_its_importance_doubles()
    {
        var memory = new UrlMemory(64);
        var key = new UrlKey(1, 99);
        Assert.Equal(default, memory.Give(key, 1));
        Assert.Equal(8, memory.Add(key, offset: 8, cash: 0, isWaiting: true));
        Assert.Equal(new UrlGift(UrlStanding.Waiting, 8, false), memory.Give(key, 0.1f));
        Assert.Equal(new UrlGift(UrlStanding.Waiting, 7, true), memory.Give(key, 0.03f));
        Assert.Equal(new UrlGift(UrlStanding.Waiting, 7, false), memory.Give(key, 0.1f));
        Assert.Equal(new UrlGift(UrlStanding.Waiting, 5, true), memory.Give(key, 1f));
    }

    [Fact]
    public void A_visit_takes_the_cash_and_ends_the_waiting()
    {
        var memory = new UrlMemory(64);
        var key = new UrlKey(1, 0);
        memory.Add(key, 8, 0.5f, isWaiting: true);
        Assert.Equal(Importance.Base + 0.5f, memory.Visit(key));
        Assert.Equal(new UrlGift(UrlStanding.Known, 0, false), memory.Give(key, 2));
        Assert.Equal(Importance.Base + 2, memory.Visit(key));
        Assert.Equal(Importance.Base, memory.Visit(key));
        Assert.Equal(Importance.Base, memory.Visit(new UrlKey(1, 5)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void A_share_that_is_no_amount_counts_as_nothing(float share)
    {
        var memory = new UrlMemory(64);
        var key = new UrlKey(1, 7);
        memory.Add(key, 8, share, isWaiting: true);
        memory.Give(key, share);
        Assert.Equal(0, memory.Cash(key));
    }

    [Fact]
    public void It_never_grows_and_keeps_what_is_used()
    {
        var memory = new UrlMemory(1_000);
        Assert.Equal(1_024, memory.Slots);
        var random = new Random(1);
        var used = new UrlKey(1, random.NextInt64());
        memory.Add(used, 3, 1, isWaiting: true);
        for (var i = 0; i < 100_000; i++)
        {
            memory.Add(new UrlKey(1, random.NextInt64()), 3, 0, isWaiting: true);
            Assert.Equal(UrlStanding.Waiting, memory.Give(used, 0).Standing);
        }
    }

    /// <summary>While nothing is forgotten the memory is a dictionary.</summary>
    [Fact]
    public void It_answers_as_a_dictionary_would() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var memory = new UrlMemory(4_096);
        var model = new Dictionary<UrlKey, (int Offset, float Cash, bool Waiting)>();
        for (var i = 0; i < 400; i++)
        {
            var key = new UrlKey(random.Next(2), random.Next(200) * 0x9E3779B97F4A7C1L);
            var has = model.TryGetValue(new UrlKey(0, key.Hash), out var entry);
            var share = random.NextSingle();
            switch (random.Next(4))
            {
                case 0:
                    entry = (random.Next(-3, 18), entry.Cash + share, random.Next(2) == 0);
                    if (memory.Add(key, entry.Offset, share, entry.Waiting) != PriorityClass.Of(entry.Offset, entry.Cash))
                    {
                        return false;
                    }
                    model[new UrlKey(0, key.Hash)] = entry;
                    break;
                case 1 when has:
                    if (memory.Visit(key) != Importance.Base + entry.Cash)
                    {
                        return false;
                    }
                    model[new UrlKey(0, key.Hash)] = (entry.Offset, 0, false);
                    break;
                case 2 when has:
                    memory.Rest(key);
                    model[new UrlKey(0, key.Hash)] = (entry.Offset, entry.Cash, false);
                    break;
                default:
                    var gift = memory.Give(key, share);
                    var expected = !has ? default : !entry.Waiting ? new UrlGift(UrlStanding.Known, 0, false) : new UrlGift(
                        UrlStanding.Waiting,
                        PriorityClass.Of(entry.Offset, entry.Cash + share),
                        PriorityClass.Of(entry.Offset, entry.Cash + share) < PriorityClass.Of(entry.Offset, entry.Cash));
                    if (gift != expected)
                    {
                        return false;
                    }
                    if (has)
                    {
                        model[new UrlKey(0, key.Hash)] = (entry.Offset, entry.Cash + share, entry.Waiting);
                    }
                    break;
            }
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

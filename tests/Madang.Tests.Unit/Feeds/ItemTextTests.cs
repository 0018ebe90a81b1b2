using Madang.Crawler.Sitemaps;
using Madang.Feeds.Sources;

namespace Madang.Tests.Unit.Feeds;

public sealed class ItemTextTests
{
    private const string Place = "https://news.example/feed.xml";

    [Fact]
    public void An_item_says_its_title_its_summary_as_text_and_its_address() => Assert.Equal(
        "새 소식\n\n본문 & 나머지 둘째\n\nhttps://news.example/1",
        ItemText.Of(Item("새 소식", "<p>본문 &amp; <b>나머지</b></p><script>x()</script><p>둘째</p>", "/1"), Place));

    [Fact]
    public void A_summary_that_begins_with_the_title_says_it_once() =>
        Assert.Equal("제목\n\n계속\n\nhttps://news.example/1", ItemText.Of(Item("제목", "제목 계속", "1"), Place));

    [Fact]
    public void Nobody_here_is_named_by_a_text_of_elsewhere() => Assert.Equal("＠admin ＃tag", ItemText.Of(Item("@admin #tag", null, null), Place));

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("http://")]
    public void An_address_that_is_none_is_left_out(string url) => Assert.Equal("제목", ItemText.Of(Item("제목", null, url), Place));

    [Fact]
    public void What_says_nothing_is_no_post() => Assert.Null(ItemText.Of(Item(" \n", "<p></p>", null), Place));

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var text = ItemText.Of(Item(new string('가', 299) + "😀나", null, null), Place);

        Assert.Equal(new string('가', 299) + "…", text);
    }

    [Fact]
    public void An_item_is_named_by_its_id_then_its_address_then_its_words()
    {
        Assert.Equal(ItemText.Key(Item("a", "x", "/1") with { Id = "g" }), ItemText.Key(Item("b", "y", "/2") with { Id = " g " }));
        Assert.Equal(ItemText.Key(Item("a", "x", "/1")), ItemText.Key(Item("b", "y", "/1")));
        Assert.NotEqual(ItemText.Key(Item("a", "x", null)), ItemText.Key(Item("a", "y", null)));
    }

    private static FeedItem Item(string? title, string? summary, string? url) => new(null, url, title, summary, null, null, null, null);
}

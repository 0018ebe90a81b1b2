using System.ServiceModel.Syndication;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Madang.Crawler.Sitemaps;
using Madang.Feeds.Outward;

namespace Madang.Tests.Unit.Feeds;

/// <summary>What we write, read by a parser of its own: XLinq against RFC 4287's rules, and the crawler's reader of feeds.</summary>
public sealed class OutwardTests
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly DateTimeOffset At = new(2026, 11, 23, 4, 5, 6, 789, TimeSpan.Zero);

    [Fact]
    public void An_Atom_feed_has_what_RFC_4287_wants()
    {
        var root = XDocument.Parse(Encoding.UTF8.GetString(AtomDocument.Write(Feed(Post("안녕하세요 <b>&amp; \"여러분\"</b>\n둘째 줄"))))).Root!;

        Assert.Equal(Atom + "feed", root.Name);
        Assert.All(["id", "title", "updated", "author"], name => Assert.Single(root.Elements(Atom + name)));
        Assert.Equal("https://madang.example/v1/users/7/feed.atom", (string?)root.Elements(Atom + "link").Single(link => (string?)link.Attribute("rel") == "self").Attribute("href"));
        Assert.Equal("https://madang.example/v1/users/7/feed.atom?cursor=AQ", (string?)root.Elements(Atom + "link").Single(link => (string?)link.Attribute("rel") == "next").Attribute("href"));
        var entry = Assert.Single(root.Elements(Atom + "entry"));
        Assert.All(["id", "title", "updated", "published", "content", "author"], name => Assert.Single(entry.Elements(Atom + name)));
        Assert.Equal("https://madang.example/posts/12", (string?)entry.Element(Atom + "id"));
        Assert.Equal("안녕하세요 <b>&amp; \"여러분\"</b>", (string?)entry.Element(Atom + "title"));
        Assert.Equal("안녕하세요 <b>&amp; \"여러분\"</b>\n둘째 줄", (string?)entry.Element(Atom + "content"));
        Assert.Equal(At, (DateTimeOffset?)entry.Element(Atom + "published"));
        Assert.Equal("음식", (string?)entry.Element(Atom + "category")!.Attribute("term"));
    }

    [Fact]
    public void Characters_that_XML_cannot_say_are_left_out_and_the_rest_stays()
    {
        var root = XDocument.Parse(Encoding.UTF8.GetString(AtomDocument.Write(Feed(Post("a\u0001b\uFFFEc😀d"))))).Root!;

        Assert.Equal("abc😀d", (string?)root.Element(Atom + "entry")!.Element(Atom + "content"));
    }

    [Fact]
    public void A_JSON_feed_has_what_version_1_1_wants()
    {
        using var json = JsonDocument.Parse(JsonFeedDocument.Write(Feed(Post("본문"))));

        Assert.Equal("https://jsonfeed.org/version/1.1", json.RootElement.GetProperty("version").GetString());
        Assert.Equal("마당", json.RootElement.GetProperty("title").GetString());
        var item = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal("https://madang.example/posts/12", item.GetProperty("id").GetString());
        Assert.Equal("본문", item.GetProperty("content_text").GetString());
        Assert.Equal(At, item.GetProperty("date_published").GetDateTimeOffset());
        Assert.Equal("음식", Assert.Single(item.GetProperty("tags").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Our_own_reader_of_feeds_reads_them(bool isAtom)
    {
        var feed = Feed(Post("하나"), Post("둘"));

        var read = SitemapReader.Read(isAtom ? AtomDocument.Write(feed) : JsonFeedDocument.Write(feed));

        Assert.Equal(isAtom ? SitemapKind.Atom : SitemapKind.JsonFeed, read.Kind);
        Assert.False(read.IsCut);
        Assert.Equal("마당", read.Title);
        Assert.Equal(["하나", "둘"], read.Items.Select(item => item.Title));
        Assert.All(read.Items, item => Assert.Equal("https://madang.example/posts/12", item.Url));
    }

    /// <summary>Microsoft's reader of feeds, which knows RFC 4287 by its own book.</summary>
    [Fact]
    public void Another_reader_of_Atom_finds_everything_where_it_belongs()
    {
        using var xml = System.Xml.XmlReader.Create(new MemoryStream(AtomDocument.Write(Feed(Post("안녕하세요 <b>&amp;</b> 😀\n둘째 줄"), Post("둘") with { Link = new("https://madang.example/posts/13") }))));
        var feed = SyndicationFeed.Load(xml);

        // It knows whole seconds alone.
        var seconds = At.AddMilliseconds(-At.Millisecond);
        Assert.Equal(("마당", "https://madang.example/v1/users/7/feed.atom", seconds), (feed.Title.Text, feed.Id, feed.LastUpdatedTime));
        Assert.Equal("김마당", Assert.Single(feed.Authors).Name);
        Assert.Equal(["alternate", "next", "self"], feed.Links.Select(link => link.RelationshipType).Order(StringComparer.Ordinal));
        Assert.Equal(["https://madang.example/posts/12", "https://madang.example/posts/13"], feed.Items.Select(item => item.Id));
        var item = feed.Items.First();
        Assert.Equal(("안녕하세요 <b>&amp;</b> 😀", "안녕하세요 <b>&amp;</b> 😀\n둘째 줄"), (item.Title.Text, Assert.IsType<TextSyndicationContent>(item.Content).Text));
        Assert.Equal((seconds, seconds, "음식"), (item.PublishDate, item.LastUpdatedTime, Assert.Single(item.Categories).Name));
        Assert.Equal("https://madang.example/posts/12", Assert.Single(item.Links).Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("짧다", "짧다")]
    [InlineData("  첫 줄  \r\n둘째", "첫 줄")]
    [InlineData(" \n ", "김마당")]
    public void A_post_is_called_by_its_first_line(string text, string title) => Assert.Equal(title, Post(text).Title);

    [Fact]
    public void A_long_line_is_cut_and_never_in_the_middle_of_a_character()
    {
        var title = Post(new string('가', 78) + "😀😀").Title;

        Assert.Equal(new string('가', 78) + "…", title);
    }

    [Fact]
    public void Subscriptions_come_back_as_they_were_written()
    {
        OpmlOutline[] outlines = [new("https://a.example/feed.xml?x=1&y=2", "소식 <&>", null), new("https://b.example/", null, "https://b.example/home")];

        var read = Opml.Read(Opml.Write("구독", outlines));

        Assert.True(read.IsOk);
        Assert.Equal([outlines[0], outlines[1] with { Title = "https://b.example/" }], read.Value.Outlines);
    }

    [Fact]
    public void Folders_are_opened_and_an_address_counts_once()
    {
        var read = Opml.Read(Encoding.UTF8.GetBytes(
            """
            <?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x "boom">]>
            <opml version="1.0"><body><outline text="folder"><outline text="a" xmlUrl=" http://a.example/ "/><outline xmlurl="http://a.example/"/></outline>
            <outline text="no feed"/></body></opml>
            """));

        Assert.True(read.IsOk);
        Assert.Equal("http://a.example/", Assert.Single(read.Value.Outlines).XmlUrl);
        Assert.Equal(1, read.Value.Duplicates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("<opml><body><outline xmlUrl='a'>")]
    [InlineData("{\"json\":1}")]
    public void What_is_no_OPML_is_refused(string document) => Assert.Equal("invalid_fields", Opml.Read(Encoding.UTF8.GetBytes(document)).Error!.Code);

    [Fact]
    public void Depth_number_and_size_are_bounded()
    {
        static byte[] Body(string body) => Encoding.UTF8.GetBytes($"<opml><body>{body}</body></opml>");

        Assert.False(Opml.Read(Body(string.Concat(Enumerable.Repeat("<outline text='x'>", 40)) + string.Concat(Enumerable.Repeat("</outline>", 40)))).IsOk);
        Assert.False(Opml.Read(Body(string.Concat(Enumerable.Range(0, Opml.MaxOutlines + 1).Select(n => $"<outline xmlUrl='http://a.example/{n}'/>")))).IsOk);
        Assert.False(Opml.Read(new byte[Opml.MaxBytes + 1]).IsOk);
    }

    private static OutwardPost Post(string text) => new(new("https://madang.example/posts/12"), "김마당", text, ["음식"], At, null);

    private static OutwardFeed Feed(params OutwardPost[] posts) => new(
        new("https://madang.example/v1/users/7/feed.atom"), "마당", new("https://madang.example/v1/users/7/feed.atom"), new("https://madang.example/users/7"), new("https://madang.example/v1/users/7/feed.atom?cursor=AQ"), "김마당", At, posts);
}

using Madang.Crawler.Sitemaps;

namespace Madang.Tests.Unit.Crawler.Sitemaps;

public sealed class FeedTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 22, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Reads_rss_2()
    {
        var feed = SitemapReaderTests.Read("""
            <?xml version="1.0"?>
            <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
            <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:m="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
              <channel>
                <title>News &amp; more</title><link>http://a.example/</link><atom:link rel="self" href="http://a.example/feed"/>
                <image><url>http://a.example/logo.png</url><title>Logo</title></image>
                <item>
                  <title>First <b>one</b></title><link>http://a.example/1</link><atom:link rel="self" href="http://a.example/1.xml"/>
                  <description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>
                  <pubDate>Sun, 22 Nov 2026 12:04:05 +0900</pubDate><dc:creator>Kim</dc:creator><guid isPermaLink="false">a-1</guid>
                  <m:content url="http://a.example/1.jpg" medium="image"><m:title>Not the title</m:title></m:content>
                </item>
                <item><title>Second</title><guid>http://a.example/2</guid></item>
                <item></item>
              </channel>
            </rss>
            """);

        Assert.Equal((SitemapKind.Rss, "News & more", false), (feed.Kind, feed.Title, feed.IsCut));
        Assert.Equal(
            [
                new("a-1", "http://a.example/1", "First one", "Short", Day, null, "Kim", "http://a.example/1.jpg"),
                new FeedItem("http://a.example/2", "http://a.example/2", "Second", null, null, null, null, null),
            ],
            feed.Items);
    }

    [Fact]
    public void Reads_rss_1()
    {
        var feed = SitemapReaderTests.Read("""
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
              <channel rdf:about="http://a.example/"><title>Old</title><items><rdf:Seq><rdf:li resource="http://a.example/1"/></rdf:Seq></items></channel>
              <item rdf:about="http://a.example/1"><title>One</title><link>http://a.example/1</link><dc:date>2026-11-22T03:04:05Z</dc:date></item>
            </rdf:RDF>
            """);

        Assert.Equal((SitemapKind.Rss, "Old"), (feed.Kind, feed.Title));
        Assert.Equal([new FeedItem("http://a.example/1", "http://a.example/1", "One", null, Day, null, null, null)], feed.Items);
    }

    [Fact]
    public void Reads_atom()
    {
        var feed = SitemapReaderTests.Read("""
            <a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><a:title>Atoms</a:title><a:link rel="self" href="/feed"/><a:author><a:name>Nobody</a:name></a:author>
              <a:entry><a:id>urn:1</a:id><a:title type="html">One</a:title><a:link rel="enclosure" href="/1.mp3"/><a:link href="/1"/><a:link rel="replies" href="/1/replies"/>
                <a:summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">All <b>the</b> text</div></a:summary>
                <a:author><a:name>Lee</a:name><a:uri>/lee</a:uri></a:author><a:published>2026-11-22T12:04:05+09:00</a:published><a:updated>2026-11-22T03:04:05.000Z</a:updated>
                <media:thumbnail url="/1.png"/></a:entry>
            </a:feed>
            """);

        Assert.Equal((SitemapKind.Atom, "Atoms"), (feed.Kind, feed.Title));
        Assert.Equal([new FeedItem("urn:1", "/1", "One", "All the text", Day, Day, "Lee", "/1.png")], feed.Items);
    }

    [Fact]
    public void Reads_a_json_feed()
    {
        var feed = SitemapReaderTests.Read("""
            {"items":[{"id":7,"url":"/1","title":"One","content_html":"<p>Long</p>","summary":"Short","date_published":"2026-11-22T12:04:05+09:00","authors":[{"url":"/x","name":"Lee"}],"tags":["a",{"b":1}],"image":"/1.png"},
             5,{"x":{}},{"url":"/2","author":{"name":"Kim"},"title":{"odd":[1]}}],"title":"J","version":"https://jsonfeed.org/version/1.1","hubs":[[]]}
            """);

        Assert.Equal((SitemapKind.JsonFeed, "J", false), (feed.Kind, feed.Title, feed.IsCut));
        Assert.Equal([new("7", "/1", "One", "Short", Day, null, "Lee", "/1.png"), new FeedItem("/2", "/2", null, null, null, null, "Kim", null)], feed.Items);
        Assert.True(SitemapReaderTests.Read("""{"version":"https://jsonfeed.org/version/1","items":[{"id":"1"},{"id":""").IsCut);
    }

    [Theory]
    [InlineData("2026", "2026-01-01T00:00:00Z")]
    [InlineData("2026-11", "2026-11-01T00:00:00Z")]
    [InlineData("2026-11-22", "2026-11-22T00:00:00Z")]
    [InlineData("2026-11-22T03:04Z", "2026-11-22T03:04:00Z")]
    [InlineData("2026-11-22T03:04:05.123+09:00", "2026-11-21T18:04:05.123Z")]
    [InlineData("2026-11-22 03:04:05", "2026-11-22T03:04:05Z")]
    [InlineData("Sun, 22 Nov 2026 03:04:05 GMT", "2026-11-22T03:04:05Z")]
    [InlineData("22 November 2026 03:04 EST", "2026-11-22T08:04:00Z")]
    [InlineData("Sun, 2 Nov 26 03:04:05 +0900", "2026-11-01T18:04:05Z")]
    [InlineData("yesterday", null)]
    [InlineData("2026-13-45", null)]
    [InlineData("", null)]
    public void Reads_dates_as_they_are_written(string text, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, null), WebDate.Parse(text));
}

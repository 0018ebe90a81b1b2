using System.Text;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

public sealed class PageParserTests
{
    [Fact]
    public void One_pass_gives_what_a_crawler_needs()
    {
        using var page = Parse("""
            <!DOCTYPE html><html lang=ko-KR><head><meta charset=utf-8><title> 마당
              &amp; 집 </title><base href="/docs/"><base href="/other/"><link rel="canonical" href="https://example.com/a?x=1&amp;y=2">
            <link rel=alternate hreflang=en href=/en><link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel=next href=2><link rel=stylesheet href=s.css>
            <meta name=robots content="noarchive, NOFOLLOW"><meta name="madang" content=noindex><meta name=description content=" What it is ">
            <meta http-equiv=refresh content="5; url='later'"></head><body>
            <nav><a href="/home">Home</a></nav>
            <p>Read   <a href="one?a=1&amp;b=2" rel="nofollow ugc">the
            <b>first</b> one</a>, not<script>var a = "<a href=bad>";</script> <a href="#x">x</a> <a href="javascript:y()">y</a>.
            <area href=map><iframe src=frame></iframe><a href=img><img src=i.png alt=" A  picture "></a>
            <noscript><a href=plain>hidden</a></noscript><template><p>inert</template><textarea>typed</textarea>
            """);
        Assert.Equal("마당 & 집", page.TitleText);
        Assert.Equal("/docs/", Text(page.BaseHref));
        Assert.Equal("https://example.com/a?x=1&y=2", Text(page.CanonicalHref));
        Assert.Equal("What it is", Text(page.Description));
        Assert.Equal(("ko", "ko-KR"), (page.Language, Text(page.DeclaredLanguage)));
        Assert.Equal(RobotsDirectives.NoArchive | RobotsDirectives.NoFollow | RobotsDirectives.NoIndex, page.Robots.Directives);
        Assert.Equal(
            [
                "Link Alternate /en en |",
                "Link Alternate, Feed /feed.xml  |",
                "Link Next 2  |",
                "Refresh None later  |",
                "Anchor None /home  |Home !",
                "Anchor NoFollow, Ugc one?a=1&b=2  |the first one",
                "Anchor None map  |",
                "Frame None frame  |",
                "Anchor None img  |A  picture",
                "Anchor None plain  |",
            ],
            Links(page));
        Assert.Equal("Home\nRead the first one, not x y.\n", Text(page.Text));
        Assert.Equal(8, page.WordCount);
    }

    [Theory]
    [InlineData("a<b>b</b> c", "ab c", 2)]
    [InlineData("a<br>b", "a\nb", 2)]
    [InlineData("<td>a<td>b", "a\nb", 2)]
    [InlineData("a &nbsp; b&nbsp;&nbsp;c", "a b c", 3)]
    [InlineData("  a\r\n\r\n\t b  ", "a b", 2)]
    [InlineData("<p>한국어 문장 하나</p>", "한국어 문장 하나", 3)]
    [InlineData("<p>東京都は日本の</p>", "東京都は日本の", 4)]
    [InlineData("<svg><text>x</text></svg>y<svg><title>z</title><foreignObject><p>w</foreignObject></svg>", "y", 1)]
    [InlineData("<select><option>a<option>b</select>c", "c", 1)]
    [InlineData("<p>one two three four five six seven eight nine ten  eleven twelve thirteen fourteen</p>", "one two three four five six seven eight nine ten eleven twelve thirteen fourteen", 14)]
    public void Visible_text_is_what_a_reader_sees(string html, string text, int words)
    {
        using var page = Parse(html);
        Assert.Equal(text, Text(page.Text).TrimEnd('\n'));
        Assert.Equal(words, page.WordCount);
    }

    [Theory]
    [InlineData("<a href=x><div>  <h3>Title</h3><p>more</p></div></a>", "Title")]
    [InlineData("before <a href=x>after</a>", "after")]
    [InlineData("<a href=x>one<a href=y>two", "one")]
    [InlineData("<a href=x> </a>", "")]
    [InlineData("<a href=x>a <img alt=b> c</a>", "a c")]
    public void The_anchor_text_is_that_of_its_first_block(string html, string anchor)
    {
        using var page = Parse(html);
        Assert.Equal(anchor, Text(page.Anchor(page.Links[0])));
    }

    [Fact]
    public void Navigation_and_lists_of_links_are_no_main_text()
    {
        using var page = Parse("""
            <header><a href=/>Site</a> Slogan here</header><div class="top-nav menu"><ul><li><a href=1>One</a><li><a href=2>Two</a></ul></div>
            <div class="content with-sidebar"><p>These are the words of the page itself.</p><ul><li><a href=3>See also this</a></ul></div>
            <aside>About us</aside><footer>Copyright</footer>
            """);
        Assert.Equal(8, page.MainWordCount);
        Assert.Equal(19, page.WordCount);
        Assert.Equal(["!", "!", "!", ""], page.Links.ToArray().Select(link => link.InBoilerplate ? "!" : ""));
        Assert.Equal(6.0 / 19, page.LinkDensity, 3);
    }

    [Fact]
    public void A_page_object_holds_nothing_of_the_page_before()
    {
        using var page = Parse("<html lang=ko><title>a</title><base href=b><link rel=canonical href=c><meta name=robots content=noindex><a href=d>e</a>");
        PageParser.Default.Parse("<p>x"u8, null, page);
        Assert.Equal("", page.TitleText + Text(page.BaseHref) + Text(page.CanonicalHref) + Text(page.DeclaredLanguage));
        Assert.Equal((0, false, null, 1), (page.Links.Length, page.Robots.NoIndex, page.Language, page.WordCount));
    }

    [Theory]
    [InlineData("5; url=next", "next")]
    [InlineData("0;URL='a b' c", "a b")]
    [InlineData(" 3 , next", "next")]
    [InlineData("3 next", "next")]
    [InlineData(".5;url = \"x", "x")]
    [InlineData("5", "")]
    [InlineData("x;url=y", "")]
    [InlineData("5x;url=y", "")]
    public void A_refresh_leads_where_the_standard_says(string content, string target) =>
        Assert.Equal(target, Text(MetaRefresh.Target(Encoding.UTF8.GetBytes(content))));

    [Fact]
    public void Headers_say_what_the_page_does_not()
    {
        using var page = new ParsedPage();
        PageParser.Default.Parse(
            "<p>x"u8,
            new PageHeaders { ContentLanguage = "de-AT, en", Link = "<a.css>; rel=preload, <https://e.com/c>; title=\"a, b\"; rel=\"x canonical\"", RobotsTags = ["otherbot: noindex", "nofollow"] },
            page);
        Assert.Equal(("de", "https://e.com/c", false, true), (page.Language, Text(page.CanonicalHref), page.Robots.NoIndex, page.Robots.NoFollow));
    }

    [Theory]
    [InlineData("noindex, nofollow", RobotsDirectives.NoIndex | RobotsDirectives.NoFollow)]
    [InlineData("none", RobotsDirectives.NoIndex | RobotsDirectives.NoFollow)]
    [InlineData("googlebot: noindex, nofollow", RobotsDirectives.None)]
    [InlineData("googlebot: noindex, MADANG: nofollow", RobotsDirectives.NoFollow)]
    [InlineData("max-snippet: 3, NoSnippet", RobotsDirectives.NoSnippet)]
    [InlineData("unavailable_after: Friday, 25-Jun-2010 15:00:00 UTC, noindex", RobotsDirectives.NoIndex)]
    [InlineData("all", RobotsDirectives.None)]
    public void A_robots_header_holds_for_whom_it_names(string header, RobotsDirectives directives)
    {
        var tags = default(RobotsTags);
        tags.AddHeader(header, "Madang");
        Assert.Equal(directives, tags.Directives);
    }

    [Theory]
    [InlineData("unavailable_after: 25 Jun 2010 15:00:00 PST")]
    [InlineData("madang: unavailable_after: Friday, 25-Jun-2010 15:00:00 UTC")]
    [InlineData("unavailable_after: 2010-06-25T15:00:00Z")]
    public void A_date_says_until_when_a_page_is_shown(string header)
    {
        var tags = default(RobotsTags);
        tags.AddHeader(header, "Madang");
        Assert.Equal(new DateTimeOffset(2010, 6, 25, 15, 0, 0, TimeSpan.Zero), tags.UnavailableAfter);
    }

    private static ParsedPage Parse(string html)
    {
        var page = new ParsedPage();
        PageParser.Default.Parse(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", page);
        return page;
    }

    private static string[] Links(ParsedPage page) =>
        [.. page.Links.ToArray().Select(link => $"{link.Kind} {link.Rel} {Text(page.Href(link))} {Text(page.HrefLang(link))} |{Text(page.Anchor(link))}{(link.InBoilerplate ? " !" : "")}")];

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

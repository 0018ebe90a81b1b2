using System.Globalization;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Sitemaps;

namespace Madang.Tests.Unit.Crawler.Sitemaps;

public sealed class SitemapReaderTests
{
    /// <summary>The example of sitemaps.org with the extensions of news, images, videos and languages.</summary>
    private const string Full = """
        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
                xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
          <url>
            <loc> http://www.example.com/catalog?item=12&amp;desc=vacation_hawaii </loc>
            <lastmod>2004-12-23T18:00:15+00:00</lastmod>
            <changefreq>Weekly</changefreq>
            <priority>0.8</priority>
            <image:image><image:loc>http://www.example.com/a.jpg</image:loc><image:title>A</image:title></image:image>
            <image:image><image:loc>http://www.example.com/b.jpg</image:loc></image:image>
            <video:video><video:title>V</video:title><video:content_loc>http://www.example.com/v.mp4</video:content_loc></video:video>
            <news:news><news:publication><news:name>The Example</news:name><news:language>en</news:language></news:publication>
              <news:publication_date>2008-12-23</news:publication_date><news:title>Companies A, B</news:title></news:news>
            <xhtml:link rel="alternate" hreflang="de" href="http://www.example.com/de"/>
          </url>
          <url><loc>/relative</loc></url>
          <url><lastmod>2005-01-01</lastmod></url>
        </urlset>
        """;

    [Fact]
    public void Reads_an_urlset_with_its_extensions()
    {
        var content = Read(Full);

        Assert.Equal((SitemapKind.UrlSet, false, 2), (content.Kind, content.IsCut, content.Urls.Count));
        var first = content.Urls[0];
        Assert.Equal("http://www.example.com/catalog?item=12&desc=vacation_hawaii", first.Location);
        Assert.Equal(new DateTimeOffset(2004, 12, 23, 18, 0, 15, TimeSpan.Zero), first.LastModified);
        Assert.Equal(("weekly", 0.8), (first.ChangeFrequency, first.Priority!.Value));
        Assert.Equal(["http://www.example.com/a.jpg", "http://www.example.com/b.jpg"], first.Images);
        Assert.Equal(["http://www.example.com/v.mp4"], first.Videos);
        Assert.Equal([new SitemapAlternate("de", "http://www.example.com/de")], first.Alternates);
        Assert.Equal(new SitemapNews("Companies A, B", new DateTimeOffset(2008, 12, 23, 0, 0, 0, TimeSpan.Zero), "The Example", "en"), first.News);
        Assert.Equal("/relative", content.Urls[1].Location);
        Assert.Empty(content.Urls[1].Images);
    }

    [Fact]
    public void Reads_an_index()
    {
        var content = Read("""<sitemapindex xmlns="x"><sitemap><loc>http://a.example/1.xml.gz</loc><lastmod>2004-10-01</lastmod></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>""");

        Assert.Equal(SitemapKind.Index, content.Kind);
        Assert.Equal([new("http://a.example/1.xml.gz", new DateTimeOffset(2004, 10, 1, 0, 0, 0, TimeSpan.Zero)), new SitemapReference("/2.xml", null)], content.Sitemaps);
    }

    [Theory]
    // A wrong namespace, an undeclared prefix, none at all.
    [InlineData("<urlset xmlns='http://wrong.example/'><url><loc>http://a.example/1</loc></url></urlset>", false)]
    [InlineData("<s:urlset><s:url><s:loc>http://a.example/1</s:loc><image:image><image:loc>x</image:loc></image:image></s:url></s:urlset>", false)]
    // Blanks before the declaration; a mark; a document type; an unescaped ampersand; a reference of HTML; CDATA; a control character.
    [InlineData("\n\n  <?xml version='1.0'?><urlset><url><loc>http://a.example/1</loc></url></urlset>", false)]
    [InlineData("\uFEFF<urlset><url><loc><![CDATA[http://a.example/1]]></loc></url></urlset>", false)]
    [InlineData("<!DOCTYPE urlset [<!ENTITY x 'y'>]><urlset><url><loc>http://a.example/1</loc></url></urlset>", false)]
    [InlineData("<urlset><url><loc>http://a.example/1</loc><x>a & b &nbsp; &foo; &#xD800; \u0001</x></url></urlset>", false)]
    // Ends too early.
    [InlineData("<urlset><url><loc>http://a.example/1</loc></url><url><lo", true)]
    [InlineData("<urlset><url><loc>http://a.example/1</loc>", true)]
    [InlineData("<urlset><url><loc>http://a.example/1</loc></url></wrong><url><loc>http://a.example/2</loc></url>", true)]
    [InlineData("<urlset><url><loc>http://a.example/1</loc></url><url><loc>&x;</loc><y z=&></y></url></urlset>", true)]
    public void Keeps_what_can_be_read(string text, bool isCut)
    {
        var content = Read(text);

        Assert.Equal("http://a.example/1", content.Urls[0].Location);
        Assert.Equal(isCut, content.IsCut);
    }

    [Fact]
    public void An_ampersand_that_nobody_escaped_stays_in_the_address() =>
        Assert.Equal("http://a.example/?a=1&b=2&copy=3", Read("<urlset><url><loc>http://a.example/?a=1&b=2&amp;copy=3</loc></url></urlset>").Urls[0].Location);

    [Theory]
    [InlineData("euc-kr")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void Reads_the_encoding_that_the_document_declares(string name)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var bytes = encoding.GetBytes($"<?xml version=\"1.0\" encoding=\"{name}\"?><urlset><url><loc>http://a.example/한글</loc></url></urlset>");

        Assert.Equal("http://a.example/한글", SitemapReader.Read(bytes).Urls[0].Location);
    }

    [Fact]
    public void Bytes_outside_the_encoding_do_not_end_the_document() =>
        Assert.Equal(2, SitemapReader.Read((byte[])[.. "<urlset><url><loc>/a"u8, 0xFF, 0xFE, .. "</loc></url><url><loc>/b</loc></url></urlset>"u8]).Urls.Count);

    [Fact]
    public void Unpacks_gzip_and_keeps_what_came_before_a_fault()
    {
        var packed = Packed(Encoding.UTF8.GetBytes(Full));

        Assert.Equal(2, SitemapReader.Read(packed).Urls.Count);
        Assert.True(SitemapReader.Read(packed.AsMemory(..^20)).IsCut);
        Assert.Equal(SitemapKind.Unknown, SitemapReader.Read(new byte[] { 0x1F, 0x8B, 1, 2, 3 }).Kind);
    }

    [Fact]
    public void Reads_a_list_of_addresses()
    {
        var content = Read("\uFEFFhttp://a.example/1\r\n\r\n  https://a.example/2 \nnot an address\nhttp://a.example/3");

        Assert.Equal(SitemapKind.Text, content.Kind);
        Assert.Equal(["http://a.example/1", "https://a.example/2", "http://a.example/3"], content.Urls.Select(url => url.Location));
        Assert.Equal(SitemapKind.Unknown, Read("Hello.\nhttp://a.example/").Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("<html><body>Not found</body></html>")]
    [InlineData("<")]
    [InlineData("{\"version\":\"1.0\"}")]
    [InlineData("{")]
    public void Anything_else_is_unknown(string text) => Assert.Equal(SitemapKind.Unknown, Read(text).Kind);

    [Fact]
    public void No_entity_is_expanded_and_nothing_outside_is_read()
    {
        var bomb = new StringBuilder("<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a0 'aaaaaaaaaa'>");
        for (var level = 1; level < 20; level++)
        {
            bomb.Append(CultureInfo.InvariantCulture, $"<!ENTITY a{level} '{string.Concat(Enumerable.Repeat($"&a{level - 1};", 10))}'>");
        }

        bomb.Append("<!ENTITY file SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>/&a19;&file;</loc></url></urlset>");

        // The references stay as they are written: nobody knows their names.
        Assert.Equal("/&a19;&file;", Read(bomb.ToString()).Urls[0].Location);
    }

    [Fact]
    public void Limits_hold_against_depth_length_and_number()
    {
        var deep = "<urlset>" + string.Concat(Enumerable.Repeat("<a>", 2_000_000));
        var attributes = "<urlset><url><loc>/a</loc></url><url " + string.Concat(Enumerable.Range(0, 500_000).Select(n => $"a{n}='' ")) + "/></urlset>";
        var text = "<urlset><url><loc>/" + new string('a', 10_000_000) + "</loc></url></urlset>";
        var many = "<urlset>" + string.Concat(Enumerable.Repeat("<url><loc>/a</loc></url>", SitemapReader.MaxEntries + 1)) + "</urlset>";

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(Read(deep).IsCut);
        Assert.Equal((1, true), (Read(attributes).Urls.Count, Read(attributes).IsCut));
        Assert.Equal(SitemapReader.MaxText, Read(text).Urls[0].Location.Length);
        Assert.Equal((SitemapReader.MaxEntries, true), (Read(many).Urls.Count, Read(many).IsCut));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200 << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before}");

        var packed = Packed(new byte[SitemapReader.MaxBytes + 1_000]);
        Assert.True(SitemapReader.Read(packed).IsCut);
    }

    [Fact]
    public void No_document_makes_the_reader_throw()
    {
        var pieces = Gen.Elements(
            "<urlset>", "<url>", "<loc>", "http://a.example/", "</loc>", "</url>", "</urlset>", "<rss>", "<channel>", "<item>", "<title>", "</item>", "<feed>", "<entry>", "<link href='x'/>", "</entry>",
            "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE a [", "]>", "&", "&#x0;", "&nbsp;", "{", "\"items\":[", "}", "]", ",", "\"version\":\"https://jsonfeed.org/version/1\"", "\"id\":1", "<?xml", "?>", "\0", "é", "<a:b xmlns:a=''/>", "<", ">");

        Prop.ForAll(pieces.ListOf(12).ToArbitrary(), parts => { Read(string.Concat(parts)); }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    internal static SitemapContent Read(string text) => SitemapReader.Read(Encoding.UTF8.GetBytes(text));

    private static byte[] Packed(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return to.ToArray();
    }
}

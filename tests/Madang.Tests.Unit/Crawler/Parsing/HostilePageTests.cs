using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Unit.Crawler.Parsing;

public sealed class HostilePageTests
{
    /// <summary>All is linear; the heaviest inputs come in ten megabytes, the others in one to keep the run short.</summary>
    private const int Small = 1 << 20;
    private const int Large = 10 << 20;

    private static readonly string[] Pieces =
    [
        "<", "</", "<!", "<!--", "-->", "--!>", ">", "<a", "<a href=", "<a href=x>", "</a>", "<p ", "<div class='ad nav'>", "</div>", "<script", "<script>", "</script>", "<title>", "</title>",
        "<style>", "</style>", "<svg>", "</svg>", "<![CDATA[", "]]>", "<textarea>", "<plaintext>", "<base href=b>", "<link rel=canonical href=c>", "<meta name=robots content=none>",
        "<meta http-equiv=refresh content='1;url=x'>", "&amp;", "&#x41;", "&#", "&notit;", "&", "=", "\"", "'", " ", "\n", "\r\n", "\t", "/", "\0", "가나", "é", "😀", "\u00A0", "x1", "word", "<img alt=q>",
    ];

    private static readonly Arbitrary<string> Soup =
        Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    [Theory]
    [InlineData("<", "")]
    [InlineData("</", "")]
    [InlineData("</>", "")]
    [InlineData("<a ", "")]
    [InlineData("<a href=\"", "")]
    [InlineData("<div><span class=x>", "")]
    [InlineData("<a a", "")]
    [InlineData("x ", "<a ")]
    [InlineData("a='&amp;' ", "<a ")]
    [InlineData("&", "")]
    [InlineData("&amp", "")]
    [InlineData("&#x1F600;", "<a href='")]
    [InlineData("&CounterClockwiseContourIntegra", "")]
    [InlineData("&#99999999", "")]
    [InlineData("<!--", "")]
    [InlineData("-", "<!--")]
    [InlineData("<!-", "<script><!--")]
    [InlineData("<script", "<script><!--")]
    [InlineData("</script", "<script>")]
    [InlineData("</titl", "<title>")]
    [InlineData("<svg><desc>", "")]
    [InlineData("<a href=x>y", "")]
    [InlineData("<a href=x><p>y</p></a>", "")]
    [InlineData("<p>a b c", "")]
    [InlineData("\0", "<title>")]
    [InlineData("\0", "")]
    [InlineData("\r", "")]
    [InlineData("<!DOCTYPE ", "")]
    [InlineData("ab-", "<div class='")]
    [InlineData("<title>x</title>", "")]
    [InlineData("<base href=''><meta name=robots content='noindex'>", "")]
    [InlineData("<meta ", "")]
    [InlineData("가", "")]
    public void A_megabyte_of_anything_costs_at_most_two_seconds_and_64_MiB(string unit, string before) => Bounded(before, unit, Small);

    [Theory]
    [InlineData("<")]
    [InlineData("<div>")]
    [InlineData("&#x1F600;")]
    public void Ten_megabytes_cost_at_most_two_seconds_and_64_MiB(string unit) => Bounded("", unit, Large);

    private static void Bounded(string before, string unit, int size)
    {
        var body = Repeat(before, unit, size);
        using var page = new ParsedPage();
        PageParser.Default.Parse("<p>warm"u8, null, page);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var spent = ThreadTime.Of(() => PageParser.Default.Parse(body, null, page));
        Assert.True(spent < TimeSpan.FromSeconds(2), $"{spent}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 64 << 20);
    }

    [Fact]
    public void A_megabyte_in_a_broken_encoding_stay_within_the_same_bounds()
    {
        foreach (var (charset, value) in new[] { ("utf-8", 0x80), ("euc-kr", 0xFF), ("iso-2022-jp", 0x1B), ("utf-16", 0xD8), ("windows-1252", 0x80), ("gb18030", 0x81) })
        {
            var body = new byte[Small];
            body.AsSpan().Fill((byte)value);
            using var page = new ParsedPage();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var spent = ThreadTime.Of(() => PageParser.Default.Parse(body, $"text/html; charset={charset}", page));
            Assert.True(spent < TimeSpan.FromSeconds(2), $"{charset} {spent}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 64 << 20);
        }
    }

    [Fact]
    public void What_does_not_fit_the_limits_is_left_out()
    {
        using var page = new ParsedPage();
        var parser = new PageParser(new PageParserOptions { MaxLinks = 2, MaxHref = 4, MaxText = 20, MaxAnchor = 4, MaxBytes = 200 });
        parser.Parse("<a href=12345>long</a><a href=a>가나다</a><a href=b>b</a><a href=c>c</a> and more text than that, going on and on"u8, null, page);
        Assert.True(page.Truncated);
        Assert.Equal(["a", "b"], page.Links.ToArray().Select(link => Encoding.UTF8.GetString(page.Href(link))));
        Assert.Equal("가", Encoding.UTF8.GetString(page.Anchor(page.Links[0])));
        Assert.InRange(page.Text.Length, 10, 20);
    }

    [Fact]
    public void Soup_of_tags_never_throws_and_never_grows()
    {
        using var page = new ParsedPage();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(120), Prop.ForAll(Soup, soup =>
        {
            var bytes = Encoding.UTF8.GetBytes(soup);
            PageParser.Default.Parse(bytes, "text/html; charset=utf-8", page);
            var valid = System.Text.Unicode.Utf8.IsValid(page.Text) && page.Text.Length <= bytes.Length + 1;
            foreach (ref readonly var link in page.Links)
            {
                valid &= System.Text.Unicode.Utf8.IsValid(page.Href(link)) && System.Text.Unicode.Utf8.IsValid(page.Anchor(link));
            }

            return valid && page.MainWordCount <= page.WordCount && page.LinkDensity is >= 0 and <= 1;
        }));
    }

    [Fact]
    public void The_size_of_the_scratch_changes_no_token()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(60), Prop.ForAll(Soup, soup =>
        {
            var bytes = Encoding.UTF8.GetBytes(soup);
            return Write(TokenList.Read(bytes, TextMode.Data, default, steer: true, scratchSize: 16)) == Write(TokenList.Read(bytes, TextMode.Data, default, steer: true, scratchSize: 1 << 16));
        }));
    }

    [Fact]
    public void Bytes_of_any_kind_never_throw()
    {
        using var page = new ParsedPage();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(300), Prop.ForAll<byte[]>(bytes =>
        {
            PageParser.Default.Parse(bytes, null, page);
            return System.Text.Unicode.Utf8.IsValid(page.Text) && System.Text.Unicode.Utf8.IsValid(page.Title);
        }));
    }

    private static string Write(List<HtmlToken> tokens) =>
        string.Join("\n", tokens.Select(token => $"{token.Type} {token.Name} {token.Text} {string.Join(",", token.Attributes ?? [])}"));

    private static byte[] Repeat(string before, string unit, int size)
    {
        var bytes = new byte[size];
        var head = Encoding.UTF8.GetBytes(before);
        var piece = Encoding.UTF8.GetBytes(unit);
        head.CopyTo(bytes, 0);
        for (var at = head.Length; at < size; at += piece.Length)
        {
            piece.AsSpan(0, Math.Min(piece.Length, size - at)).CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }
}

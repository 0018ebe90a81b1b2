using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler.Urls;

public sealed class UrlNormalizerTests
{
    [Theory]
    [InlineData("HTTP://Example.com:80/a/../b#top", "http://example.com/b")]
    [InlineData("http://user:pw@a.example/", "http://a.example/")]
    // Escapes (RFC 3986 §6.2.2).
    [InlineData("http://a.example/%7euser/%c3%a9/%2f?q=%41%26", "http://a.example/~user/%C3%A9/%2F?q=A%26")]
    [InlineData("http://a.example/%2%36/%%34%31/%6%31", "http://a.example/%2%36/%%341/%6%31")]
    // Session ids.
    [InlineData("http://a.example/shop;jsessionid=1A2B3C.node1/cart", "http://a.example/shop/cart")]
    [InlineData("http://a.example/shop;a=1;JSESSIONID=x;b=2?c", "http://a.example/shop;a=1;b=2?c")]
    [InlineData("http://a.example/a/.;jsessionid=1/b", "http://a.example/a/.;jsessionid=1/b")]
    [InlineData("http://a.example/(S(ldi1e0zwyb3ucs45))/cart.aspx", "http://a.example/cart.aspx")]
    [InlineData("http://a.example/(A(abcdefgh)S(ldi1e0zwyb3ucs45))", "http://a.example/")]
    [InlineData("http://a.example/x/(S(ldi1e0zwyb3ucs45));jsessionid=1", "http://a.example/x")]
    [InlineData("http://a.example/f(x)/(note)", "http://a.example/f(x)/(note)")]
    [InlineData("http://a.example/?PHPSESSID=abc&id=3", "http://a.example/?id=3")]
    [InlineData("http://a.example/?id=3&sid=0123456789abcdef0123456789abcdef", "http://a.example/?id=3")]
    [InlineData("http://news.example/?sid=101&ASPSESSIONIDQQABCDEF=GHIJKL", "http://news.example/?sid=101")]
    // Tracking.
    [InlineData("http://a.example/?utm_source=x&id=1&utm_medium=y&fbclid=z", "http://a.example/?id=1")]
    [InlineData("http://a.example/?UTM_Source=x#y", "http://a.example/")]
    [InlineData("http://a.example/?utm_=x", "http://a.example/?utm_=x")]
    [InlineData("http://a.example/?n_media=1&n_query=2&NaPm=3", "http://a.example/")]
    [InlineData("http://a.example/?", "http://a.example/")]
    // Left alone on purpose.
    [InlineData("http://a.example//a//b/?b=2&a=1&&c", "http://a.example//a//b/?b=2&a=1&&c")]
    [InlineData("http://a.example/?ref=x&id", "http://a.example/?ref=x&id")]
    [InlineData("mailto:a@b.example?subject=%7e#x", "mailto:a@b.example?subject=%7e")]
    public void Gives_one_page_one_spelling(string input, string expected)
    {
        Assert.True(Url.TryParse(input, null, out var url));
        UrlNormalizer.Normalize(url);

        Assert.Equal(expected, url.ToString());
    }

    [Fact]
    public void Each_step_can_be_switched_off()
    {
        const string Input = "http://u@a.example/%7e;jsessionid=1?utm_x=1&sessionid=2#f";
        Assert.Equal(Input, Normal(Input, UrlNormalization.None));
        Assert.Equal("http://u@a.example/%7e;jsessionid=1?utm_x=1&sessionid=2", Normal(Input, UrlNormalization.Fragment));
        Assert.Equal("http://a.example/%7e;jsessionid=1?utm_x=1&sessionid=2#f", Normal(Input, UrlNormalization.Credentials));
        Assert.Equal("http://u@a.example/~;jsessionid=1?utm_x=1&sessionid=2#f", Normal(Input, UrlNormalization.Escapes));
        Assert.Equal("http://u@a.example/%7e?utm_x=1#f", Normal(Input, UrlNormalization.SessionIds));
        Assert.Equal("http://u@a.example/%7e;jsessionid=1?sessionid=2#f", Normal(Input, UrlNormalization.Tracking));
        Assert.Equal("http://a.example/", Normal("http://a.example/?", UrlNormalization.EmptyQuery));
    }

    [Fact]
    public void The_list_of_parameters_is_dated() => Assert.Matches("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", NoiseParameters.Current.Date);

    /// <summary>Pieces that meet in odd ways: parsing, serialising and normalising are stable, and the offsets agree with a fresh parse.</summary>
    [Fact]
    public void Serialising_and_normalising_twice_change_nothing()
    {
        var pieces = Gen.Elements(
            "http:", "https://", "//", "/", "/", "\\", "?", "#", "&", "=", ";", "@", ":", "80", ".", "..", "%2e", "%", "%4", "%41", "%7E", "1", "a", "A", "é", "한", " ", "\t", "'", "^",
            "jsessionid=1", "utm_x=2", "(S(abcdefgh))", "file:", "C|", "C:", "foo:", "[::1]", "xn--", "example.com", "\u00AD", "0x7f", "\0", "\uFF0E", "|", "localhost");
        var url = Gen.Zip(pieces.ListOf(9), Gen.Elements(null, "http://u@b.example:81/x/y;z?q#f", "file:///C:/a/b", "foo:/a/b", "foo:/.//b", "mailto:x", "foo://h"))
            .Select(parts => (string.Concat(parts.Item1), parts.Item2));

        Prop.ForAll(url.ToArbitrary(), given => IsStable(given.Item1, given.Item2)).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void No_bytes_make_the_parser_throw()
    {
        var against = UrlTests.Parse("https://b.example/x/y?z", null)!;
        var url = new Url();
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Url.TryParse(bytes, against, url);
            UrlNormalizer.Normalize(url);
            Url.TryParse([.. "http://"u8, .. bytes], null, url);
            UrlNormalizer.Normalize(url);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void A_long_hostile_input_is_parsed_in_a_moment()
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var piece in new[] { "../", "/./", "%2e%2e/", ";jsessionid=1", "&utm_a=1", "/(S(abcdefgh))", "%", "@", ":", "한", "한.", "xn--", "?&", "\t", "0.", "1:", "::" })
        {
            var text = string.Concat(Enumerable.Repeat(piece, 60_000 / Encoding.UTF8.GetByteCount(piece)));
            foreach (var input in new[] { "http://a.example/" + text, "http://" + text, "http://a.example/?" + text, "http://[" + text + "]/", "foo:" + text })
            {
                if (Url.TryParse(input, null, out var url))
                {
                    UrlNormalizer.Normalize(url);
                }
            }
        }

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"{TimeProvider.System.GetElapsedTime(began)}");
    }

    private static bool IsStable(string input, string? against)
    {
        var url = UrlTests.Parse(input, against);
        if (url is null)
        {
            return true;
        }

        AssertSame(url);
        UrlNormalizer.Normalize(url);
        AssertSame(url);
        var once = url.ToString();
        UrlNormalizer.Normalize(url);
        Assert.Equal(once, url.ToString());
        return true;
    }

    /// <summary>What is written reads as the same, part by part.</summary>
    private static void AssertSame(Url url)
    {
        var again = new Url();
        Assert.True(Url.TryParse(url.Href, null, again), url.ToString());
        Assert.Equal(url.ToString(), again.ToString());
        Assert.Equal(
            (url.SchemeEnd, url.UserEnd, url.HostStart, url.HostEnd, url.PathStart, url.QueryStart, url.FragmentStart, url.Port, url.Kind, url.HostKind, url.HasHost, url.HasOpaquePath),
            (again.SchemeEnd, again.UserEnd, again.HostStart, again.HostEnd, again.PathStart, again.QueryStart, again.FragmentStart, again.Port, again.Kind, again.HostKind, again.HasHost, again.HasOpaquePath));
    }

    private static string Normal(string input, UrlNormalization steps)
    {
        Assert.True(Url.TryParse(input, null, out var url));
        UrlNormalizer.Normalize(url, steps);
        return url.ToString();
    }
}

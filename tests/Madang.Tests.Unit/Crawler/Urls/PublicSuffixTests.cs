using System.Text;
using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler.Urls;

public sealed class PublicSuffixTests
{
    [Theory]
    // A rule of one label, of two, and no rule at all.
    [InlineData("example.com", "example.com")]
    [InlineData("a.b.example.com", "example.com")]
    [InlineData("www.example.co.uk", "example.co.uk")]
    [InlineData("www.naver.co.kr", "naver.co.kr")]
    [InlineData("a.b.madeuptld", "b.madeuptld")]
    // A wildcard, and its exception.
    [InlineData("www.example.ck", "www.example.ck")]
    [InlineData("a.www.example.ck", "www.example.ck")]
    [InlineData("www.ck", "www.ck")]
    [InlineData("a.www.ck", "www.ck")]
    [InlineData("x.y.kobe.jp", "x.y.kobe.jp")]
    [InlineData("w.x.y.kobe.jp", "x.y.kobe.jp")]
    [InlineData("a.city.kobe.jp", "city.kobe.jp")]
    // The private section.
    [InlineData("www.somebody.github.io", "somebody.github.io")]
    [InlineData("a.b.s3.amazonaws.com", "b.s3.amazonaws.com")]
    // Names in another script.
    [InlineData("www.xn--55qx5d.cn", "www.xn--55qx5d.cn")]
    [InlineData("shop.example.xn--3e0b707e", "example.xn--3e0b707e")]
    // A suffix, one label, a dot at the end, an address: each its own domain.
    [InlineData("co.uk", "co.uk")]
    [InlineData("github.io", "github.io")]
    [InlineData("com", "com")]
    [InlineData("localhost", "localhost")]
    [InlineData("www.example.com.", "example.com")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    [InlineData("", "")]
    [InlineData(".", "")]
    [InlineData("..", ".")]
    [InlineData(".com", ".com")]
    public void Finds_the_registrable_domain(string host, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(PublicSuffixes.RegistrableDomain(Encoding.ASCII.GetBytes(host))));

    [Fact]
    public void The_list_is_dated_and_looked_up_without_allocation()
    {
        Assert.InRange(PublicSuffixes.Date, new DateOnly(2026, 1, 1), new DateOnly(2100, 1, 1));
        _ = PublicSuffixes.RegistrableDomain("a.b.example.co.uk"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
        {
            _ = PublicSuffixes.RegistrableDomain("a.b.example.co.uk"u8);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

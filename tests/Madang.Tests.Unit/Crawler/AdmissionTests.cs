using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler;
using Madang.Crawler.Admission;
using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler;

/// <summary>Which URLs a crawl takes up as it finds them.</summary>
public sealed class AdmissionTests
{
    private static readonly FakeTime Time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(CrawlScope.Host, "http://a.test/x", true)]
    [InlineData(CrawlScope.Host, "https://a.test/x", true)] // a site may move to https
    [InlineData(CrawlScope.Host, "http://a.test:8080/x", false)]
    [InlineData(CrawlScope.Host, "http://b.a.test/x", false)]
    [InlineData(CrawlScope.Host, "http://moved.test:8080/x", true)]
    [InlineData(CrawlScope.Domain, "http://www.site.co.uk/x", true)]
    [InlineData(CrawlScope.Domain, "http://site.co.uk:99/x", true)]
    [InlineData(CrawlScope.Domain, "http://other.co.uk/x", false)]
    [InlineData(CrawlScope.Domain, "http://127.0.0.1/", true)]
    [InlineData(CrawlScope.Domain, "http://127.0.0.2/", false)]
    [InlineData(CrawlScope.Prefix, "http://a.test/docs/v1/x/y", true)]
    [InlineData(CrawlScope.Prefix, "http://a.test/docs/v1/", true)]
    [InlineData(CrawlScope.Prefix, "http://a.test/docs/v1", false)]
    [InlineData(CrawlScope.Prefix, "http://a.test/docs/v2/x", false)]
    [InlineData(CrawlScope.Prefix, "http://news.site.co.uk/anything", true)]
    [InlineData(CrawlScope.Any, "http://elsewhere.test/", true)]
    public void A_crawl_stays_where_its_seeds_are(CrawlScope scope, string url, bool isIn)
    {
        var policy = new AdmissionPolicy(new CrawlSettings { Seeds = ["http://a.test/docs/v1/index.html?x=/y/", "http://news.site.co.uk/start", "http://127.0.0.1:5000/", "::"], Scope = scope }, Time);
        policy.Scope.Include(Parse("http://moved.test:8080/"));
        Assert.Equal(isIn ? RefusalReason.None : RefusalReason.OutOfScope, policy.Check(Parse(url), 1));
    }

    [Theory]
    [InlineData("http://a.test/", "None")]
    [InlineData("mailto:x@a.test", "NotHttp")]
    [InlineData("ftp://a.test/", "NotHttp")]
    [InlineData("javascript:void(0)", "NotHttp")]
    [InlineData("http://a.test/x.html", "None")]
    [InlineData("http://a.test/paper.pdf", "None")]
    [InlineData("http://a.test/x.PNG", "UnwantedExtension")]
    [InlineData("http://a.test/linux-6.1.tar.xz?mirror=1", "UnwantedExtension")]
    [InlineData("http://a.test/get.php?file=x.zip", "None")]
    [InlineData("http://a.test/v1.zip/", "None")]
    [InlineData("http://a.test/.css", "None")]
    [InlineData("http://a.test/name.", "None")]
    [InlineData("http://a.test/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32", "None")]
    [InlineData("http://a.test/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33", "TooManySegments")]
    [InlineData("http://a.test/a/x/a/y/z", "None")]
    [InlineData("http://a.test/a/x/a/y/a", "RepeatedSegments")]
    [InlineData("http://a.test/a/b/a/b", "RepeatedSegments")]
    [InlineData("http://a.test/q/a/b/c/a/b/c/z", "RepeatedSegments")]
    [InlineData("http://a.test/a/b/b/a", "None")]
    [InlineData("http://a.test/a/a/b", "None")] // twice may be
    [InlineData("http://a.test/a//a///b", "None")]
    [InlineData("http://a.test/2026/05/05/05", "None")]
    [InlineData("http://a.test/1/2/1/2", "None")]
    [InlineData("http://a.test/12345/9/12345/12345", "RepeatedSegments")]
    [InlineData("http://a.test/?a&b&c&d&e&f&g&h&i&j&k&l", "None")]
    [InlineData("http://a.test/?a&b&c&d&e&f&g&h&i&j&k&l&m", "TooManyParameters")]
    public void A_url_that_is_no_page_by_its_looks_is_refused(string url, string reason) => Assert.Equal(reason, Check(url).ToString());

    [Theory]
    [InlineData("/2026/05/28", "None")]
    [InlineData("/2028/05/28/", "None")]
    [InlineData("/2029/05/28", "Calendar")]
    [InlineData("/events/2029/05", "Calendar")]
    [InlineData("/events/1995/12/31", "Calendar")]
    [InlineData("/events/1996/12/31", "None")]
    [InlineData("/thread/2045/12", "None")] // the twelfth page of a thread
    [InlineData("/page/1234/5", "None")]
    [InlineData("/events/2031-01-02", "Calendar")]
    [InlineData("/events/2031-01", "Calendar")]
    [InlineData("/events/20310102", "Calendar")]
    [InlineData("/events/02.01.2031", "Calendar")]
    [InlineData("/events/20311302", "None")] // no such month: a number
    [InlineData("/events/2031", "None")] // a year alone may be anything
    [InlineData("/1066/10/14/the-battle-of-hastings", "None")] // an article
    [InlineData("/product/9999/12/specification", "None")]
    [InlineData("/cal?date=2031-01-02", "Calendar")]
    [InlineData("/cal?view=day&start=2031-01-02T10:00", "Calendar")]
    [InlineData("/cal?year=2031&month=5", "Calendar")]
    [InlineData("/cal?month=5&year=2027", "None")]
    [InlineData("/film?year=1931", "None")] // without a month it is no calendar
    [InlineData("/x?id=20991231", "Calendar")]
    [InlineData("/x?phone=555-1234", "None")]
    public void A_day_far_away_is_refused_and_an_article_about_it_is_not(string path, string reason) => Assert.Equal(reason, Check("http://a.test" + path).ToString());

    [Fact]
    public void A_walk_from_day_to_day_comes_to_an_end()
    {
        Assert.Equal(RefusalReason.None, Check("http://a.test/2026/05/28", depth: 19));
        Assert.Equal(RefusalReason.Calendar, Check("http://a.test/2026/05/28", depth: 20));
        Assert.Equal(RefusalReason.None, Check("http://a.test/2026/05/28/a-title", depth: 20));
    }

    [Fact]
    public void Length_and_depth_have_bounds()
    {
        Assert.Equal(RefusalReason.None, Check("http://a.test/" + new string('x', 2_069)));
        Assert.Equal(RefusalReason.TooLong, Check("http://a.test/" + new string('x', 2_070)));
        Assert.Equal(RefusalReason.None, Check("http://a.test/", depth: 64));
        Assert.Equal(RefusalReason.TooDeep, Check("http://a.test/", depth: 65));
        Assert.Equal(RefusalReason.BadUrl, new SchemePolicy().Check(new Url(), 0));
    }

    [Fact]
    public void All_files_are_taken_when_asked_for()
    {
        var policy = new AdmissionPolicy(new CrawlSettings { Seeds = [], Scope = CrawlScope.Any, DocumentsOnly = false }, Time);
        Assert.Equal(RefusalReason.None, policy.Check(Parse("http://a.test/x.png"), 0));
    }

    [Fact]
    public void A_policy_of_ones_own_is_asked_last()
    {
        var policy = new AdmissionPolicy(new CrawlSettings { Seeds = [], Scope = CrawlScope.Any }, Time, new NoShops());
        Assert.Equal(RefusalReason.Spam, policy.Check(Parse("http://a.test/shop"), 0));
        Assert.Equal(RefusalReason.UnwantedExtension, policy.Check(Parse("http://a.test/shop.png"), 0));
    }

    [Fact]
    public void Any_url_gets_an_answer_and_no_memory_is_taken() => Prop.ForAll<string>(text =>
    {
        if (!Url.TryParse("http://a.test/" + text, null, out var url))
        {
            return true;
        }
        var policy = new AdmissionPolicy(new CrawlSettings { Seeds = ["http://a.test/"], Scope = CrawlScope.Domain }, Time);
        policy.Check(url, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        policy.Check(url, 1);
        return GC.GetAllocatedBytesForCurrentThread() == before;
    }).QuickCheckThrowOnFailure();

    private static RefusalReason Check(string url, int depth = 1) => new AdmissionPolicy(new CrawlSettings { Seeds = [], Scope = CrawlScope.Any }, Time).Check(Parse(url), depth);

    private static Url Parse(string url)
    {
        var parsed = new Url();
        Assert.True(Url.TryParse(Encoding.UTF8.GetBytes(url), null, parsed), url);
        return parsed;
    }

    private sealed class NoShops : IUrlPolicy
    {
        public RefusalReason Check(Url url, int depth) => url.Path.StartsWith("/shop"u8) ? RefusalReason.Spam : RefusalReason.None;
    }
}

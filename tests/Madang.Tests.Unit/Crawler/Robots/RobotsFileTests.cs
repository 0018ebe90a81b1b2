using System.Text;
using Madang.Crawler.Robots;
using Madang.Crawler.Urls;

namespace Madang.Tests.Unit.Crawler.Robots;

public sealed class RobotsFileTests
{
    /// <summary>RFC 9309 §5.1, its own example.</summary>
    private const string Simple = """
        User-Agent: *
        Disallow: *.gif$
        Disallow: /example/
        Allow: /publications/

        User-Agent: foobot
        Disallow:/
        Allow:/example/page.html
        Allow:/example/allowed.gif

        User-Agent: barbot
        User-Agent: bazbot
        Disallow: /example/page.html

        User-Agent: quxbot
        """;

    [Theory]
    [InlineData("foobot", "/", false, 7)]
    [InlineData("foobot", "/example/page.html", true, 8)]
    [InlineData("foobot", "/example/page", false, 7)]
    [InlineData("FooBot", "/example/allowed.gif", true, 9)]
    [InlineData("barbot", "/example/page.html", false, 13)]
    [InlineData("bazbot", "/example/page.html", false, 13)]
    [InlineData("bazbot", "/example/", true, null)]
    [InlineData("quxbot", "/example/page.html", true, null)]
    [InlineData("other", "/example/page.html", false, 3)]
    [InlineData("other", "/publications/a.gif", true, 4)]
    [InlineData("other", "/pub/a.gif", false, 2)]
    [InlineData("other", "/pub/a.gif?x", true, null)]
    [InlineData("other", "/robots.txt", true, null)]
    [InlineData("foobot", "/robots.txt", true, null)]
    [InlineData("foobot", "/robots.txt.bak", false, 7)]
    public void Follows_the_example_of_the_rfc(string agent, string path, bool isAllowed, int? line) =>
        Assert.Equal(new RobotsVerdict(isAllowed, line), Check(Simple, agent, path));

    /// <summary>RFC 9309 §5.2: the longest match decides.</summary>
    [Fact]
    public void Takes_the_longest_match()
    {
        const string File = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";

        Assert.Equal(new RobotsVerdict(false, 3), Check(File, "foobot", "/example/page/disallowed.gif"));
        Assert.Equal(new RobotsVerdict(true, 2), Check(File, "foobot", "/example/page/other.gif"));
    }

    /// <summary>RFC 9309 §2.2.2 and §2.2.3: the tables of encodings and special characters; a rule matches in either spelling.</summary>
    [Theory]
    [InlineData("/foo/bar?baz=quz", "/foo/bar?baz=quz", true)]
    [InlineData("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true)]
    [InlineData("/foo/bar?baz=https%3a%2f%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", true)]
    [InlineData("/foo/bar/ツ", "/foo/bar/%E3%83%84", true)]
    [InlineData("/foo/bar/%e3%83%84", "/foo/bar/ツ", true)]
    [InlineData("/foo/bar/%62%61%7A", "/foo/bar/baz", true)]
    [InlineData("/foo/bar/baz", "/foo/bar/%62%61%7a", true)]
    [InlineData("/a%2Fb", "/a/b", false)]
    [InlineData("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", true)]
    [InlineData("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", false)]
    [InlineData("/path/foo-%24", "/path/foo-$", true)]
    [InlineData("/path/foo-%24", "/path/foo-", false)]
    [InlineData("/this/path/exactly$", "/this/path/exactly", true)]
    [InlineData("/this/path/exactly$", "/this/path/exactly/", false)]
    [InlineData("/this/*/exactly", "/this/path/exactly", true)]
    [InlineData("/this/*/exactly", "/this/a/b/exactly/c", true)]
    [InlineData("/a b", "/a%20b", true)]
    [InlineData("/50%", "/50%", true)]
    public void Compares_escapes_by_what_they_stand_for(string rule, string path, bool isMatch) =>
        Assert.Equal(!isMatch, Check($"user-agent: a\ndisallow: {rule}", "a", path).Allowed);

    /// <summary>Google's documented examples of path matching.</summary>
    [Theory]
    [InlineData("/", "/ /fish /a?b", "")]
    [InlineData("/fish", "/fish /fish.html /fish/salmon.html /fishheads /fishheads/yummy.html /fish.php?id=anything", "/Fish.asp /catfish /?id=fish /desert/fish")]
    [InlineData("/fish*", "/fish /fish.html /fish/salmon.html /fishheads /fish.php?id=anything", "/Fish.asp /catfish /?id=fish /desert/fish")]
    [InlineData("/fish/", "/fish/ /fish/?id=anything /fish/salmon.htm", "/fish /fish.html /animals/fish/ /Fish/Salmon.asp")]
    [InlineData("/*.php", "/index.php /filename.php /folder/filename.php /folder/filename.php?parameters /folder/any.php.file.html /filename.php/", "/ /windows.PHP")]
    [InlineData("/*.php$", "/filename.php /folder/filename.php", "/filename.php?parameters /filename.php/ /filename.php5 /windows.PHP")]
    [InlineData("/fish*.php", "/fish.php /fishheads/catfish.php?parameters", "/Fish.PHP")]
    [InlineData("*", "/ /a", "")]
    [InlineData("**a**b$", "/ab /a/xb/b", "/ba /abc")]
    [InlineData("fish", "", "/fish fish/")]
    public void Matches_as_documented_by_google(string rule, string matching, string others)
    {
        Assert.All(matching.Split(' ', StringSplitOptions.RemoveEmptyEntries), path => Assert.False(Check($"user-agent: *\ndisallow: {rule}", "a", path).Allowed));
        Assert.All(others.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(path => path[0] == '/'), path => Assert.True(Check($"user-agent: *\ndisallow: {rule}", "a", path).Allowed));
    }

    /// <summary>Google's documented examples of precedence.</summary>
    [Theory]
    [InlineData("allow: /p\ndisallow: /", "/page", true, 2)]
    [InlineData("allow: /folder\ndisallow: /folder", "/folder/page", true, 2)]
    [InlineData("disallow: /folder\nallow: /folder", "/folder/page", true, 3)]
    [InlineData("allow: /page\ndisallow: /*.htm", "/page.htm", false, 3)]
    [InlineData("allow: /page\ndisallow: /*.ph", "/page.php5", true, 2)]
    [InlineData("allow: /$\ndisallow: /", "/", true, 2)]
    [InlineData("allow: /$\ndisallow: /", "/page.htm", false, 3)]
    [InlineData("disallow: /*/b\nallow: /a/b", "/a/b", true, 3)]
    [InlineData("disallow:", "/a", true, null)]
    public void Decides_between_rules(string rules, string path, bool isAllowed, int? line) =>
        Assert.Equal(new RobotsVerdict(isAllowed, line), Check("user-agent: *\n" + rules, "a", path));

    [Theory]
    // One group for several agents; a later group of the same agent is added.
    [InlineData("user-agent: a\nuser-agent: b\ndisallow: /x\nuser-agent: a\ndisallow: /y", "a", "/y", false)]
    [InlineData("user-agent: a\nuser-agent: b\ndisallow: /x\nuser-agent: a\ndisallow: /y", "b", "/y", true)]
    [InlineData("user-agent: *\ndisallow: /x\nuser-agent: *\ndisallow: /y", "a", "/x", false)]
    // An own group, even an empty one, replaces that for everyone.
    [InlineData("user-agent: *\ndisallow: /\nuser-agent: a\ndisallow:", "a", "/x", true)]
    // Other records do not end a group.
    [InlineData("user-agent: a\nsitemap: https://a.example/s.xml\ncrawl-delay: 3\nfoo: bar\nuser-agent: b\ndisallow: /", "a", "/x", false)]
    // The token ends at the first other character; case does not matter; a longer name is another robot.
    [InlineData("user-agent: FOO/2.0 (x)\ndisallow: /", "foo", "/x", false)]
    [InlineData("user-agent: foo bar\ndisallow: /", "Foo/1.0 (+http://foo.example)", "/x", false)]
    [InlineData("user-agent: foobot-news\ndisallow: /", "foobot", "/x", true)]
    [InlineData("user-agent: foobot\ndisallow: /", "foobot-news", "/x", true)]
    [InlineData("user-agent: 360Spider\ndisallow: /", "360spider", "/x", false)]
    [InlineData("user-agent: * everyone\ndisallow: /", "foo", "/x", false)]
    [InlineData("user-agent: *foo\ndisallow: /", "foo", "/x", true)]
    [InlineData("user-agent:\ndisallow: /", "", "/x", true)]
    // Rules without a group belong to nobody; junk is stepped over.
    [InlineData("disallow: /\nuser-agent: a\nallow: /", "a", "/x", true)]
    [InlineData("<html>\n\0\nuser-agent: a\nno colon\n: x\ndisallow: /", "a", "/x", false)]
    [InlineData("  USER-AGENT \t:a#b\n\t disallow\t:\t/x # y\n", "a", "/x", false)]
    [InlineData("user-agent a\nDISALLOW  /x", "a", "/x", false)]
    [InlineData("user-agent: a\ndisallow /x is mine", "a", "/x", true)]
    [InlineData("UserAgent: a\nDissallow: /x", "a", "/x", false)]
    [InlineData("user-agent: a\rdisallow: /x\r\rdisallow: /y", "a", "/y", false)]
    [InlineData("\uFEFFuser-agent: a\r\ndisallow: /x", "a", "/x", false)]
    public void Reads_groups_with_patience(string file, string agent, string path, bool isAllowed) =>
        Assert.Equal(isAllowed, Check(file, agent, path).Allowed);

    [Fact]
    public void Counts_lines_over_all_line_ends() =>
        Assert.Equal(5, Check("user-agent: a\r\n\rallow: /b\n\ndisallow: /x", "a", "/x").Line);

    [Fact]
    public void Names_sitemaps_and_the_delay_of_the_group()
    {
        var file = RobotsFile.Parse("""
            Sitemap: https://a.example/1.xml
            User-agent: *
            Crawl-delay: 1
            User-agent: a
            Crawl-delay: 2.5
            Sitemap: /2.xml
            Disallow: /x
            User-agent: b
            Crawl-delay: soon
            Disallow:
            Crawl-delay: 1e300
            sitemap: https://a.example/1.xml
            """u8);

        Assert.Equal(["https://a.example/1.xml", "/2.xml"], file.Sitemaps);
        Assert.Equal(TimeSpan.FromSeconds(2.5), file.For("a").CrawlDelay);
        Assert.Equal(TimeSpan.FromSeconds(2.5), file.For("other").CrawlDelay);
        Assert.Equal(TimeSpan.FromDays(1), file.For("b").CrawlDelay);
        Assert.Null(RobotsFile.Parse("user-agent: a\ncrawl-delay: -1\ndisallow:"u8).For("a").CrawlDelay);
    }

    [Fact]
    public void Reads_500_kib_and_drops_the_line_that_was_cut()
    {
        var head = "user-agent: a\ndisallow: /first\n";
        var filler = new string('#', RobotsFile.MaxBytes - head.Length - "\ndisallow: /cut".Length) + "\n";

        var cut = head + filler + "disallow: /cut-further-on\n";
        Assert.False(Check(cut, "a", "/first").Allowed);
        Assert.True(Check(cut, "a", "/cut-further-on").Allowed);
        Assert.True(Check(cut, "a", "/cut").Allowed);

        // A line that ends at the limit is whole.
        Assert.False(Check(head + filler + "disallow: /cut\ndisallow: /beyond", "a", "/cut").Allowed);
        Assert.True(Check(head + filler + "disallow: /cut\ndisallow: /beyond", "a", "/beyond").Allowed);
    }

    [Fact]
    public void A_file_full_of_rules_is_asked_in_a_moment()
    {
        var file = new StringBuilder("user-agent: a\n");
        for (var rule = 0; file.Length < RobotsFile.MaxBytes; rule++)
        {
            file.Append(rule % 2 == 0 ? $"disallow: /{new string('a', rule % 700)}\n" : "disallow: /*a*a*a*a*a*a*a*a*b$\n");
        }

        var rules = RobotsFile.Parse(Encoding.UTF8.GetBytes(file.ToString())).For("a");
        var path = Encoding.UTF8.GetBytes("/" + new string('a', 2_000));
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 0; round < 20; round++)
        {
            Assert.False(rules.Check(path).Allowed);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        var rules = RobotsFile.Parse(Encoding.UTF8.GetBytes(Simple)).For("other");
        Assert.True(Url.TryParse("http://a.example/b%41/한?c", null, out var url));
        _ = rules.Check(url.PathAndQuery);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            _ = rules.Check(url.PathAndQuery);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static RobotsVerdict Check(string file, string agent, string path) =>
        RobotsFile.Parse(Encoding.UTF8.GetBytes(file)).For(agent).Check(Encoding.UTF8.GetBytes(path));
}

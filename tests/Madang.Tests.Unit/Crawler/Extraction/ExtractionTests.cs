using System.Text;
using Madang.Crawler.Extraction;

namespace Madang.Tests.Unit.Crawler.Extraction;

public sealed class ExtractionTests
{
    private const string Paragraph = "The courtyard was full of people that evening, and everybody had brought something to eat, to drink or to tell; nobody left before midnight.";

    private static readonly Uri Home = new("https://example.com/news/one");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_article_is_found_among_what_surrounds_it()
    {
        var article = await ArticleAsync($"""
            <html><head><title>An evening - The Paper</title><meta property="og:image" content="/lead.jpg">
            <script type="application/ld+json">{"{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"NewsArticle\",\"headline\":\"An evening\",\"author\":[{\"@type\":\"Person\",\"name\":\"Kim Min\"}],\"datePublished\":\"2026-05-06T07:08:09+09:00\"}]}"}</script></head>
            <body><header><h2>The Paper</h2></header><nav><ul><li><a href=/a>Politics, economy, culture and all the rest of it, every day</a></ul></nav>
            <div class=sidebar><p>Subscribe to our newsletter today, it costs nothing, and you can leave whenever you want, honestly.</p></div>
            <div class=post-content><h1>An   evening</h1><p>{Paragraph}</p><ul class=related><li><a href=/b>Another story that you may like</a></li></ul><p>{Paragraph}</p><div><p>{Paragraph}</p></div></div>
            <div class=comments><p>First comment, which is quite long, longer than most, and says nothing at all, really.</p></div><footer><p>Copyright, all rights reserved, and so on and so forth.</p></footer></body></html>
            """);
        Assert.NotNull(article);
        Assert.Equal(("An evening", "Kim Min", "https://example.com/lead.jpg"), (article.Title, article.Byline, article.Image));
        Assert.Equal(new DateTimeOffset(2026, 5, 5, 22, 8, 9, TimeSpan.Zero), article.PublishedAt);
        Assert.Equal($"An evening\n\n{Paragraph}\n\n{Paragraph}\n\n{Paragraph}", article.Text);
    }

    [Fact]
    public async Task A_Korean_article_counts_by_syllables()
    {
        var text = string.Concat(Enumerable.Repeat("마당에 모인 사람들은 저녁 늦게까지 이야기를 나누었다. ", 4)).Trim();
        var article = await ArticleAsync($"<body><div class=menu><p>메뉴 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열 열하나 열둘</p></div><div><p>{text}</p><p>{text}</p></div>");
        Assert.Equal($"{text}\n\n{text}", article?.Text);
    }

    [Theory]
    [InlineData("<p>short</p>")]
    [InlineData("")]
    [InlineData("<ul><li><a href=a>one link that is longer than it should be</a></ul>")]
    public async Task A_page_without_an_article_has_none(string html) => Assert.Null(await ArticleAsync(html));

    [Fact]
    public async Task Metadata_of_every_kind_is_read()
    {
        using var page = await OpenAsync("""
            <head><base href="/base/"><title>Plain</title><link rel="shortcut icon" href="i.png"><link rel=canonical href="/c">
            <meta property="og:title" content=" Graph "><meta property="og:title" content="second"><meta property="article:section" content="x"><meta name="twitter:card" content=summary>
            <meta name=description content="What"><meta property="og:image" content="javascript:x()"><meta name="twitter:image" content="//cdn.example/t.png">
            <link rel=alternate type="application/json+oembed" href="https://example.com/oembed?x=1">
            <script type="application/ld+json">{"@type":"Product","name":"Thing"}</script><script type="application/ld+json">{broken</script>
            <script type="application/ld+json">{"@type":"A","@type":"B"}</script><script type="application/ld+json">[[[{"@type":"Deep"}]]]</script>
            """);
        var metadata = MetadataExtractor.Read(page);
        Assert.Equal(("Graph", "What", "https://example.com/c", "https://example.com/base/i.png"), (metadata.Title, metadata.Description, metadata.Canonical, metadata.Icon));
        Assert.Null(metadata.Image); // the first image is no address
        Assert.Equal("summary", metadata.Twitter["card"]);
        Assert.Equal("x", metadata.OpenGraph["article:section"]);
        Assert.Equal(["Product", "Deep"], metadata.JsonLd.Select(one => one["@type"]!.GetValue<string>()));
        Assert.Equal(["https://example.com/oembed?x=1"], metadata.OEmbed);
        Assert.Equal("Graph", new MetadataExtractor().Extract(page)!["title"]!.GetValue<string>());
    }

    public static TheoryData<string, string, int, DocumentRefusal> Hostile => new()
    {
        { "<div>", "", 40_000, DocumentRefusal.TooDeep },
        { "<div></b>", "", 40_000, DocumentRefusal.TooDeep },
        { "<b><div></b>", "", 40_000, DocumentRefusal.TooDeep },
        { "<div><table><td></div>", "", 500, DocumentRefusal.None },
        { "<div><table><td></div>", "", 520, DocumentRefusal.TooDeep },
        { "<li>x<p>y", "<ul>", 20_000, DocumentRefusal.None },
        { "<p>x", "<b 1><b 2><i 1><i 2><u 1><u 2><a><s 1><s 2><em 1><em 2><tt>", 200_000, DocumentRefusal.TooTangled },
        { "x", "", 2_000_000, DocumentRefusal.TooLarge },
        { "<blockquote>", "", 510, DocumentRefusal.None },
        { "<p><button>", "", 250, DocumentRefusal.None },
        { "<td>x y z", "<table>", 30_000, DocumentRefusal.None },
        { "<br>", "", 50_000, DocumentRefusal.None },
        { "<", "", 1_000_000, DocumentRefusal.None },
        { "[", "<script type='application/ld+json'>", 100_000, DocumentRefusal.None },
        { "<meta property='og:a' content=b>", "", 30_000, DocumentRefusal.None },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_pages_are_refused_or_cheap(string unit, string before, int times, DocumentRefusal expected)
    {
        var body = Encoding.UTF8.GetBytes(before + string.Concat(Enumerable.Repeat(unit, times)));
        var refusal = DocumentRefusal.None;
        var spent = ThreadTime.Of(() =>
        {
            using var page = PageDocument.Open(body, "text/html; charset=utf-8", Home, out refusal);
            if (page is not null)
            {
                _ = ArticleExtractor.Read(page);
                _ = MetadataExtractor.Read(page);
            }
        });
        Assert.Equal(expected, refusal);
        Assert.True(spent < TimeSpan.FromSeconds(3), $"{spent}");
    }

    [Fact]
    public async Task A_page_that_takes_too_long_is_given_up()
    {
        var time = new FakeTime();
        var body = Encoding.UTF8.GetBytes("<p>x");
        var (page, refusal) = await PageDocument.OpenAsync(body, null, Home, time, Cancel);
        Assert.Equal(DocumentRefusal.None, refusal);
        page!.Dispose();
        (page, refusal) = await PageDocument.OpenAsync(body, null, Home, new ImpatientTime(), Cancel);
        Assert.Equal((null, DocumentRefusal.TooSlow), (page, refusal));
    }

    private static async Task<PageDocument> OpenAsync(string html)
    {
        var (page, refusal) = await PageDocument.OpenAsync(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", Home, new FakeTime(), Cancel);
        Assert.Equal(DocumentRefusal.None, refusal);
        return page!;
    }

    private static async Task<ReadableArticle?> ArticleAsync(string html)
    {
        using var page = await OpenAsync(html);
        return ArticleExtractor.Read(page);
    }

    /// <summary>Every timer is due at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}

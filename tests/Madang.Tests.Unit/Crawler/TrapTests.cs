using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Traps;

namespace Madang.Tests.Unit.Crawler;

/// <summary>Places where a crawl could stay for ever.</summary>
public sealed class TrapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("/", "/", "/**")]
    [InlineData("/about", "/about", "/**")]
    [InlineData("/page/123", "/page/*", "/page/**")]
    [InlineData("/page/item12-b.html", "/page/item*-b.html", "/page/**")]
    [InlineData("/news/2026/05/28/a-title-of-four-words", "/news/*/*/*/*", "/news/**")]
    [InlineData("/a/%ED%95%9C%EA%B5%AD", "/a/*", "/a/**")]
    [InlineData("/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x", "/u/*/x", "/u/**")]
    [InlineData("/s/8fa3c91b2d/page", "/s/*/page", "/s/**")]
    [InlineData("/x;jsessionid=AB12", "/x;*", "/**")]
    [InlineData("/shop?size=1&color=red&size=2", "/shop?color&size", "/shop?**")]
    [InlineData("/shop/7/list?page=3", "/shop/*/list?page", "/shop/*/list?**")]
    [InlineData("/shop?", "/shop", "/**")]
    [InlineData("/shop?123456&=&&", "/shop?&*", "/shop?**")]
    [InlineData("/d/2026-05-28", "/d/*", "/d/**")]
    [InlineData("//a//", "//a//", "//**")]
    public void A_template_leaves_out_what_differs_between_pages_of_one_kind(string path, string text, string group)
    {
        var template = PathTemplate.Of(Bytes(path), new byte[PathTemplate.BufferLength]);
        Assert.Equal((text, group), (Encoding.UTF8.GetString(template.Text), Encoding.UTF8.GetString(template.Group)));
        Assert.Equal(group, PathTemplate.GroupOf(text));
        Assert.True(PathTemplate.IsGroup(group));
        Assert.False(PathTemplate.IsGroup(text));
    }

    [Theory]
    [InlineData("/page/123", 6)]
    [InlineData("/page/3?sort=1", 3)]
    [InlineData("/calendar/2026/05", 2)]
    [InlineData("/calendar?day=1&month=2&year=3", 2)]
    [InlineData("/s/8fa3c91b2d/page", 2)]
    [InlineData("/a/1/2/3/4", 2)]
    public void A_url_that_looks_like_a_trap_meets_less_patience(string path, int free) =>
        Assert.Equal(free, PathTemplate.Of(Bytes(path), new byte[PathTemplate.BufferLength]).Free);

    [Fact]
    public void Any_bytes_make_a_short_template() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] path = [(byte)'/', .. Enumerable.Repeat(bytes, 100).SelectMany(b => b)];
        var template = PathTemplate.Of(path, new byte[PathTemplate.BufferLength]);
        return template.Text.Length is > 0 and <= 320 && template.Group.Length is > 0 and <= 320;
    }).QuickCheckThrowOnFailure();

    /// <summary>A clean site of one template each is fetched whole, whatever its size.</summary>
    [Fact]
    public void A_clean_site_of_20_000_pages_is_fetched_whole()
    {
        var site = new TrapSite(20_000, hasTraps: false);
        var crawl = Crawl(site, most: 30_000);
        Assert.Equal(site.CleanPaths().Order(StringComparer.Ordinal), crawl.Fetched.Order(StringComparer.Ordinal));
        Assert.Equal(0, crawl.Parked);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public void A_site_whose_pages_often_repeat_each_other_is_fetched_whole_as_long_as_others_do_not(double copies)
    {
        for (var seed = 1; seed <= 8; seed++)
        {
            var site = new TrapSite(2_000, hasTraps: false, copies, seed);
            Assert.Equal(site.Pages, Crawl(site, most: 30_000).Fetched.Count);
        }
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(10_000)]
    public void Of_a_site_whose_urls_are_traps_for_the_most_part_one_fetch_in_a_hundred_goes_astray(int pages)
    {
        var site = new TrapSite(pages, hasTraps: true);
        var crawl = Crawl(site, most: 50_000);
        var astray = crawl.Fetched.Where(TrapSite.IsTrap).ToList();
        output.WriteLine($"{crawl.Known} URLs known, {crawl.Known - pages} of them traps; {crawl.Fetched.Count} fetched, {astray.Count} of them traps; {crawl.Parked} parked");
        output.WriteLine(string.Join(' ', astray.GroupBy(p => p.Split('/', '?')[1]).Select(g => $"{g.Key} {g.Count()}")));
        Assert.True(crawl.Known - pages >= 9 * pages, "the site has too few traps");
        Assert.Equal(pages, crawl.Fetched.Count - astray.Count);
        Assert.True(astray.Count <= crawl.Fetched.Count / 100, $"{astray.Count} of {crawl.Fetched.Count}");
    }

    [Fact]
    public void The_copy_of_a_whole_section_is_fetched_once_and_a_third_of_the_same_page_is_a_trap()
    {
        var templates = new HostTemplates(1);
        for (var i = 1; i < 2_000; i++)
        {
            Assert.Equal(RefusalReason.None, templates.Admit(Bytes($"/print/{i}")));
            templates.Add(Bytes($"/print/{i}"), isRepeat: true, original: i * 0x9E3779B97F4A7C1L);
        }
        var fetched = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (templates.Admit(Bytes($"/day/{i}")) == RefusalReason.None)
            {
                fetched++;
                templates.Add(Bytes($"/day/{i}"), isRepeat: true, original: i % 5 * 0x9E3779B97F4A7C1L);
            }
        }
        Assert.InRange(fetched, 10, 40);
    }

    [Fact]
    public void A_template_that_is_worth_it_again_gets_its_room_back()
    {
        var templates = new HostTemplates(1);
        for (var i = 0; i < 5_000; i++)
        {
            templates.Add(Bytes($"/good/{i}"), isRepeat: false, 0);
        }
        for (var i = 0; i < 8; i++)
        {
            templates.Add(Bytes($"/list/{i}"), isRepeat: true, 0);
        }
        Assert.Equal(RefusalReason.TemplateBudget, templates.Check(Bytes("/list/9")));
        var (trials, isBack) = (0, false);
        for (var i = 0; i < 10 && !isBack; i++)
        {
            if (templates.Admit(Bytes($"/list/1{i}")) == RefusalReason.None)
            {
                trials++;
                isBack = templates.Add(Bytes($"/list/1{i}"), isRepeat: false, 0);
            }
        }
        Assert.Equal(3, trials);
        Assert.True(isBack);
        Assert.Equal(RefusalReason.None, templates.Check(Bytes("/list/99")));
    }

    [Fact]
    public void What_is_kept_of_templates_comes_back_from_the_store()
    {
        var before = new HostTemplates(7);
        for (var i = 0; i < 30; i++)
        {
            before.Add(Bytes($"/trap/{i}?q=1"), isRepeat: true, 0);
            before.Add(Bytes($"/good/{i}"), isRepeat: false, 0);
        }
        var rows = new List<TemplateRow>();
        before.Drain(rows);
        Assert.Equal(["/good/*", "/good/**", "/trap/*?**", "/trap/*?q"], rows.Select(r => r.Template).Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.Equal((7, 30), (r.Host, r.Fetched)));
        var after = HostTemplates.Restore(7, rows);
        Assert.Equal(RefusalReason.TemplateBudget, after.Check(Bytes("/trap/99?q=2")));
        Assert.Equal(RefusalReason.None, after.Check(Bytes("/good/99")));
        rows.Clear();
        after.Drain(rows);
        Assert.Empty(rows);
    }

    [Fact]
    public void A_host_of_endless_templates_takes_no_endless_memory()
    {
        var templates = new HostTemplates(1);
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            templates.Add(Bytes($"/{Word(random)}/{Word(random)}/{Word(random)}?{Word(random)}=1"), isRepeat: i % 2 == 0, 0);
        }
        Assert.InRange(templates.Count, 100, HostTemplates.MostTemplates + 200);
    }

    [Theory]
    [InlineData("/trap/1", "/trap/2", true)]
    [InlineData("/trap/1", "/trap/1", false)]
    [InlineData("/go/1", "/news/a-title-of-a-page", false)]
    [InlineData("/x?page=1", "/x?page=2", true)]
    [InlineData("/x", "/x/", false)]
    public void A_redirect_to_the_next_of_its_kind_is_told_from_a_page_that_moved(string path, string target, bool isChain) =>
        Assert.Equal(isChain, HostTemplates.AreOfOneKind(Bytes(path), Bytes(target)));

    [Fact]
    public void A_domain_has_its_base_and_more_for_each_domain_that_links_to_it()
    {
        var budgets = new DomainBudgets(new CrawlSettings { Seeds = [], DomainBudget = 10, BudgetPerReference = 5 });
        budgets.Own("a.test", null);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(RefusalReason.None, budgets.Check("a.test"));
            budgets.Fetched("a.test");
        }
        Assert.Equal(RefusalReason.DomainBudget, budgets.Check("a.test"));
        budgets.Refer("a.test"u8, "a.test"u8);
        Assert.Empty(budgets.TakeGrown());
        budgets.Refer("a.test"u8, "b.test"u8);
        budgets.Refer("a.test"u8, "b.test"u8);
        Assert.Equal([("a.test", 5)], budgets.TakeGrown());
        Assert.Empty(budgets.TakeGrown());
        Assert.Equal((10, 15, 1), budgets.Explain("a.test"));
        Assert.Equal(RefusalReason.None, budgets.Check("a.test"));
    }

    [Fact]
    public void What_a_domain_has_had_and_who_linked_to_it_is_kept()
    {
        var settings = new CrawlSettings { Seeds = [], DomainBudget = 10, BudgetPerReference = 5 };
        var budgets = new DomainBudgets(settings);
        budgets.Own("a.test", null);
        budgets.Fetched("a.test");
        budgets.Fetched("a.test");
        budgets.Refer("a.test"u8, "b.test"u8);
        budgets.Refer("other.test"u8, "b.test"u8);
        var deltas = new List<DomainDelta>();
        budgets.Drain(deltas);
        Assert.Equal([("a.test", 2, true), ("other.test", 0, true)], deltas.Select(d => (d.Domain, d.Fetched, d.References is not null)));
        budgets.Fetched("a.test");
        budgets.Refer("a.test"u8, "b.test"u8);
        var references = deltas[0].References;
        deltas.Clear();
        budgets.Drain(deltas);
        Assert.Equal([("a.test", 1, false)], deltas.Select(d => (d.Domain, d.Fetched, d.References is not null)));
        var later = new DomainBudgets(settings);
        later.Own("a.test", new DomainRow("a.test", 3, references));
        Assert.Equal((3, 15, 1), later.Explain("a.test"));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(100, 8)]
    [InlineData(1_000, 60)]
    [InlineData(3_000, 250)]
    public void Distinct_domains_are_counted_to_a_few_percent(int domains, int off)
    {
        var bitmap = new byte[ReferenceBitmap.Length];
        for (var i = 0; i < domains; i++)
        {
            ReferenceBitmap.Set(bitmap, Bytes($"site{i}.test"));
            ReferenceBitmap.Set(bitmap, Bytes($"site{i}.test"));
        }
        Assert.InRange(ReferenceBitmap.Estimate(bitmap), domains - off, domains + off);
        bitmap.AsSpan().Fill(255);
        Assert.Equal(7_098, ReferenceBitmap.Estimate(bitmap));
    }

    /// <summary>Breadth first, as the engine does it: asked before each fetch, told after it, parked URLs back when there is room.</summary>
    private static (List<string> Fetched, int Known, int Parked) Crawl(TrapSite site, int most)
    {
        var templates = new HostTemplates(1);
        var known = new HashSet<string> { "/page/0" };
        var queue = new Queue<string>(known);
        var parked = new Queue<string>();
        var contents = new HashSet<string>();
        var fetched = new List<string>();
        while (fetched.Count < most && queue.TryDequeue(out var path))
        {
            if (templates.Admit(Bytes(path)) != RefusalReason.None)
            {
                parked.Enqueue(path);
                continue;
            }
            fetched.Add(path);
            if (templates.Add(Bytes(path), isRepeat: !contents.Add(site.Content(path)), PathTemplate.Hash(Bytes(site.Content(path)))))
            {
                for (var i = 0; i < 1_000 && parked.TryDequeue(out var back); i++)
                {
                    queue.Enqueue(back);
                }
            }
            foreach (var link in site.Links(path))
            {
                if (known.Add(link))
                {
                    queue.Enqueue(link);
                }
            }
        }
        return (fetched, known.Count, parked.Count);
    }

    private static string Word(Random random) => string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('a' + random.Next(26))));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

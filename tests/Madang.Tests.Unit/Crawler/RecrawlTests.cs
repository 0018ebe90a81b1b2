using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler;
using Madang.Crawler.Freshness;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Unit.Crawler;

/// <summary>When a page is visited again, and when it is given up.</summary>
public sealed class RecrawlTests
{
    private const long Now = 1_780_000_000_000;
    private const long Day = 86_400_000;

    // 500 of 1,000: this one is scattered by nothing.
    private static readonly UrlKey Key = new(1, 500);
    private static readonly CrawlSettings Once = new() { Seeds = [] };
    private static readonly CrawlSettings Always = new() { Seeds = [], Recrawl = true };

    [Theory]
    [InlineData(200, null, "Done", "None")]
    [InlineData(301, null, "Done", "None")]
    [InlineData(403, null, "Done", "None")]
    [InlineData(404, null, "Gone", "NotFound")]
    [InlineData(410, null, "Gone", "NotFound")]
    [InlineData(503, null, "Resting", "None")]
    [InlineData(0, "header_timeout", "Resting", "None")]
    [InlineData(0, "address_refused", "Refused", "AddressRefused")]
    [InlineData(0, "port_refused", "Gone", "Failed")]
    public void A_url_that_is_visited_once_goes_where_its_answer_says(int status, string? fault, string next, string reason)
    {
        var page = Settle(Once, Url(), Page(status) with { Fault = fault });
        Assert.Equal((next, reason), (page.Next.ToString(), page.Reason.ToString()));
    }

    [Fact]
    public void A_failure_is_tried_three_times_with_growing_pauses()
    {
        var first = Settle(Once, Url(), Page(500));
        Assert.Equal((UrlState.Resting, 1, Now + 10_000), (first.Next, first.Attempts, first.DueAt));
        var second = Settle(Once, Url(attempts: 1), Page(500));
        Assert.Equal((UrlState.Resting, 2, Now + 40_000), (second.Next, second.Attempts, second.DueAt));
        var third = Settle(Once, Url(attempts: 2), Page(500));
        Assert.Equal((UrlState.Gone, RefusalReason.Failed), (third.Next, third.Reason));
        // That no connection was free is not the page's fault.
        var crowded = Settle(Once, Url(attempts: 2), Page(0) with { Fault = "no_place" });
        Assert.Equal((UrlState.Resting, 2), (crowded.Next, crowded.Attempts));
    }

    [Fact]
    public void A_page_that_was_there_survives_any_failure_but_three_missing_days()
    {
        var last = Last() with { IntervalSeconds = 4 * 3_600 };
        var failed = Settle(Always, Url(last, attempts: 2), Page(500));
        Assert.Equal((UrlState.Resting, last.BodyHash, last.Etag), (failed.Next, failed.BodyHash, failed.Etag));
        var now = Now;
        for (var visit = 1; visit <= 3; visit++)
        {
            var missed = RecrawlPolicy.Settle(Always, Url(last), Page(404), default, now);
            Assert.Equal((visit, visit == 3 ? UrlState.Gone : UrlState.Resting), (missed.Missing, missed.Next));
            Assert.True(visit == 3 || missed.DueAt - now >= Day);
            last = last with { Missing = missed.Missing, FetchedAt = now, BodyHash = missed.BodyHash };
            now = missed.DueAt;
        }
    }

    [Fact]
    public void A_seed_of_a_crawl_that_goes_on_is_not_given_up_for_a_failure_that_may_pass()
    {
        var seed = Url(attempts: 2) with { Depth = 0 };
        var failed = Settle(Always, seed, Page(503));
        Assert.Equal((UrlState.Resting, Always.MinRecrawlSeconds), (failed.Next, failed.IntervalSeconds));
        Assert.Equal(UrlState.Gone, Settle(Always, seed, Page(0) with { Fault = "port_refused" }).Next);
        Assert.Equal(UrlState.Gone, Settle(Once, seed, Page(503)).Next);
    }

    [Theory]
    [InlineData(true, "RobotsUnreachable", false, 2, "Resting")]
    [InlineData(true, "Robots", true, 2, "Resting")]
    [InlineData(true, "Robots", false, 0, "Resting")]
    [InlineData(true, "Robots", false, 2, "Refused")]
    [InlineData(true, "AddressRefused", true, 0, "Refused")]
    [InlineData(true, "TemplateBudget", false, 2, "Parked")]
    [InlineData(false, "RobotsUnreachable", true, 0, "Refused")]
    [InlineData(false, "Robots", true, 0, "Refused")]
    public void What_robots_keeps_back_is_asked_about_again_in_a_crawl_that_goes_on(bool recrawl, string reason, bool seen, int depth, string state)
    {
        var url = Url(seen ? Last() : null) with { Depth = depth };
        var why = Enum.Parse<RefusalReason>(reason);
        var move = RecrawlPolicy.Refuse(recrawl ? Always : Once, url, why, Now + (2 * Day), Now);
        Assert.Equal((state, why, state == "Resting" ? Now + (2 * Day) : 0), (move.State.ToString(), move.Reason, move.DueAt));

        // Its robots.txt is looked at often, the page is not.
        Assert.True(state != "Resting" || RecrawlPolicy.Refuse(Always, url, why, Now, Now).DueAt == Now + (Always.MinRecrawlSeconds * 1_000L));
    }

    [Fact]
    public void Visits_within_a_day_count_as_one_and_a_page_that_is_back_starts_afresh()
    {
        var last = Last() with { Missing = 2, FetchedAt = Now - (Day / 2) };
        var missed = Settle(Always, Url(last), Page(404));
        Assert.Equal((UrlState.Resting, 2), (missed.Next, missed.Missing));
        Assert.Equal(0, Settle(Always, Url(last), Page(200)).Missing);
        Assert.Equal(0, Settle(Always, Url(last), Page(304)).Missing);
    }

    [Theory]
    [InlineData(200, 7L, 0L, false, 1.5, 0)] // the same bytes
    [InlineData(304, 0L, 0L, false, 1.5, 0)]
    [InlineData(200, 8L, 0b111L, true, 0.95, 0)] // a counter in the page
    [InlineData(200, 8L, 0b11111L, true, 0.5, 1)]
    [InlineData(200, 8L, 0L, true, 0.5, 1)]
    [InlineData(302, 0L, 0L, false, 1.5, 0)]
    public void The_interval_follows_what_changes(int status, long body, long sim, bool changed, double factor, int changes)
    {
        var last = Last() with { BodyHash = 7, SimHash = 0b1L << 40, IntervalSeconds = 86_400 };
        var page = Settle(Always, Url(last), Page(status) with { BodyHash = body, SimHash = sim == 0 ? 0 : sim ^ last.SimHash });
        Assert.Equal((changed, (int)(86_400 * factor), changes, 4), (page.Changed, page.IntervalSeconds, page.Changes - last.Changes, page.Fetches));
        Assert.Equal((UrlState.Resting, Now + (page.IntervalSeconds * 1_000L)), (page.Next, page.DueAt));
        Assert.Equal(status == 304 ? 7 : body, page.BodyHash);
    }

    [Theory]
    [InlineData("text/html; charset=utf-8", null, 86_400)]
    [InlineData("application/rss+xml", null, 3_600)]
    [InlineData("application/pdf", null, 604_800)]
    [InlineData("text/html", "hourly", 3_600)]
    [InlineData("text/html", "yearly", 14 * 86_400)] // the longest that is allowed
    [InlineData("text/html", "when I feel like it", 86_400)]
    [InlineData(null, null, 86_400)]
    public void The_first_interval_goes_by_kind(string? type, string? frequency, int seconds)
    {
        var page = RecrawlPolicy.Settle(Always, Url(), Page(200) with { ContentType = type }, new VisitHints { ChangeFrequency = frequency }, Now);
        Assert.Equal((seconds, true), (page.IntervalSeconds, page.Changed));
    }

    [Fact]
    public void A_page_that_ends_is_visited_before_and_hidden_after()
    {
        var soon = RecrawlPolicy.Settle(Always, Url(), Page(200), new VisitHints { UnavailableAfter = DateTimeOffset.FromUnixTimeMilliseconds(Now + 60_000) }, Now);
        Assert.Equal((UrlState.Resting, Now + 60_000, false), (soon.Next, soon.DueAt, soon.NoIndex));
        var over = RecrawlPolicy.Settle(Always, Url(), Page(200), new VisitHints { UnavailableAfter = DateTimeOffset.FromUnixTimeMilliseconds(Now) }, Now);
        Assert.Equal((UrlState.Done, true), (over.Next, over.NoIndex));
    }

    [Fact]
    public void A_sitemap_pulls_a_visit_forward_but_not_below_the_least_interval()
    {
        var last = Last() with { FetchedAt = Now - 1_800_000, IntervalSeconds = 86_400 };
        var due = Now + Day;
        Assert.Equal(last.FetchedAt + 3_600_000, Pull(last, due, Now - 60_000));
        Assert.Equal(Now, Pull(last with { FetchedAt = Now - Day }, due, Now - 60_000));
        Assert.Equal(due, Pull(last, due, Now - 3_600_000)); // we have seen that change
        Assert.Equal(due, Pull(last, due, Now + (2 * Day))); // a clock gone wrong
        Assert.Equal(Now - 5, Pull(last, Now - 5, Now - 60_000)); // due anyway
        // Nine claims in ten were wrong.
        Assert.Equal(last.FetchedAt + (Day / 2), Pull(last with { Fetches = 10, Changes = 1 }, due, Now - 60_000));
    }

    [Fact]
    public void The_interval_stays_within_its_bounds_and_the_visit_ahead() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var settings = Always with { MinRecrawlSeconds = random.Next(-5, 100_000), MaxRecrawlSeconds = random.Next(-5, int.MaxValue) };
        var last = random.Next(3) == 0 ? null : Last() with { IntervalSeconds = random.Next(), BodyHash = random.Next(2), Missing = random.Next(3), FetchedAt = Now - random.NextInt64(Day * 3) };
        var page = Page(random.Next(5) == 0 ? 0 : random.Next(200, 600)) with { BodyHash = random.Next(3), SimHash = random.NextInt64(4), Key = new UrlKey(1, random.NextInt64()) };
        var settled = RecrawlPolicy.Settle(settings, Url(last, random.Next(4)), page, default, Now);
        return settled.Next switch
        {
            UrlState.Resting => settled.DueAt > Now && settled.Attempts < 3,
            UrlState.Done => !settings.Recrawl,
            UrlState.Gone => settled.Reason != RefusalReason.None && (last is null || last.BodyHash == 0 || settled.Missing >= 3),
            _ => false,
        };
    }).QuickCheckThrowOnFailure();

    private static long Pull(LastVisit last, long due, long modified) => RecrawlPolicy.Pull(Always, last, due, DateTimeOffset.FromUnixTimeMilliseconds(modified), Now);

    private static PageRow Settle(CrawlSettings settings, WaitingUrl url, PageRow page) => RecrawlPolicy.Settle(settings, url, page, default, Now);

    private static LastVisit Last() => new("\"e\"", null, 7, 0, 86_400, 3, 1, 0, Now - (2 * Day));

    private static WaitingUrl Url(LastVisit? last = null, int attempts = 0) => new(Key, "/", 3, 1, 1, attempts, last);

    private static PageRow Page(int status) => new() { Key = Key, Status = status, FetchedAt = Now, BodyHash = status == 200 ? 9 : 0, ContentType = "text/html", Next = UrlState.Waiting };
}

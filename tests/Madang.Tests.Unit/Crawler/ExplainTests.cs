using Madang.Crawler;
using Madang.Crawler.Explaining;
using Madang.Crawler.Frontier;
using Madang.Crawler.Robots;

namespace Madang.Tests.Unit.Crawler;

/// <summary>What people are told about a URL.</summary>
public sealed class ExplainTests
{
    private const long Now = 1_780_000_000_000;

    private static readonly UrlKey Key = new(1, 2);
    private static readonly HostRow Host = new() { Id = 1, Origin = "http://a.test", Domain = "a.test", Waiting = 40, Fetched = 7, LatencyMs = 50, RobotsAt = Now - 5, RobotsStatus = 200 };
    private static readonly KnownFacts Facts = new() { Url = "http://a.test/x", Settings = new CrawlSettings { Seeds = [] }, Now = Now, Host = Host, Robots = RobotsVerdict.NoRule };

    [Fact]
    public void A_url_that_nobody_named_would_be_taken_up_or_would_not()
    {
        Assert.Equal("unknown", Explainer.Explain(Facts).Verdict);
        var refused = Explainer.Explain(Facts with { Admission = RefusalReason.OutOfScope });
        Assert.Equal(("refused", "out_of_scope"), (refused.Verdict, refused.Reasons.Single().Code));
        Assert.Contains("hosts of its seeds", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_tells_its_numbers_beside_its_sentence()
    {
        Assert.Equal(new ReasonFacts(Scope: CrawlScope.Host), Explainer.Explain(Facts with { Admission = RefusalReason.OutOfScope }).Reasons.Single().Facts);
        Assert.Equal(64, Explainer.Explain(Facts with { Admission = RefusalReason.TooDeep }).Reasons.Single().Facts!.Limit);
        Assert.Equal(7, Explainer.Explain(Facts with { Row = Row(UrlState.Refused) with { Reason = RefusalReason.Robots }, Robots = new RobotsVerdict(false, 7) }).Reasons[0].Facts!.Line);
        var asked = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting), Place = 3, Host = Host with { NextAt = Now + 60_000, Block = "errors", Errors = 4 } });
        Assert.Equal(3, asked.Reasons[0].Facts!.Count);
        Assert.Equal(new ReasonFacts(Count: 4, Until: DateTimeOffset.FromUnixTimeMilliseconds(Now + 60_000)), asked.Reasons[1].Facts);
    }

    [Fact]
    public void The_boost_names_the_rules_that_match()
    {
        var settings = Facts.Settings with { Boosts = [new("/x", 3), new("/y", 5), new("http://a.test/*", -1)] };
        var term = Explainer.Explain(Facts with { Settings = settings, Row = Row(UrlState.Waiting), Place = 0 }).Queue!.Terms.Single(term => term.Term == "boost");
        Assert.Equal(-2, term.Classes);
        Assert.Equal(["/x", "http://a.test/*"], term.Rules!.Select(rule => rule.Pattern));
        Assert.Equal("boost rules of this crawl: /x +3, http://a.test/* -1", term.Why);
    }

    [Fact]
    public void The_next_url_is_next_and_one_behind_it_knows_its_place()
    {
        var next = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting), Place = 0 });
        Assert.Equal(("next", 0), (next.Verdict, next.Reasons.Count));
        var waiting = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting), Place = 12 });
        Assert.Equal(("waiting", "It waits behind 12 of its host's 40 URLs."), (waiting.Verdict, waiting.Sentence));
        Assert.Equal("place", waiting.Reasons.Single().Code);
    }

    [Fact]
    public void The_terms_of_its_class_sum_to_it()
    {
        var queue = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting) with { Depth = 7, Class = 2 }, Place = 0 }).Queue!;
        Assert.Equal(2, queue.Terms.Sum(t => t.Classes));
        Assert.Equal([("depth", 6), ("importance", -4)], queue.Terms.Select(t => (t.Term, t.Classes)));
    }

    [Fact]
    public void A_host_that_is_left_alone_says_until_when_and_why()
    {
        var asked = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting), Place = 0, Host = Host with { NextAt = Now + 60_000, Block = "retry_after" }, AddressGate = Now + 250 });
        Assert.Equal(("waiting", "retry_after"), (asked.Verdict, asked.Reasons.Single().Code));
        Assert.Equal(["host", "address"], asked.Host!.Gates.Select(g => g.Gate));
        Assert.Equal(Now + 60_000, asked.Host.OpensAt!.Value.ToUnixTimeMilliseconds());
        var domain = Explainer.Explain(Facts with { Row = Row(UrlState.Waiting), Place = 0, DomainGate = Now + 500 });
        Assert.StartsWith("Its domain may be asked again", domain.Reasons.Single().Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_names_the_line_of_robots()
    {
        var refused = Explainer.Explain(Facts with { Row = Row(UrlState.Refused) with { Reason = RefusalReason.Robots }, Robots = new RobotsVerdict(false, 7) });
        Assert.Equal("It is not fetched. The host's robots.txt forbids it in line 7.", refused.Sentence);
        Assert.Equal((200, false, 7), (refused.Host!.Robots.Status, refused.Host.Robots.Allowed, refused.Host.Robots.Line));
    }

    [Fact]
    public void A_parked_url_shows_the_books_of_its_kind()
    {
        var parked = Explainer.Explain(Facts with
        {
            Row = Row(UrlState.Parked) with { Reason = RefusalReason.TemplateBudget },
            Template = new TemplateRow(1, 5, "/calendar/*/*", 9, 8),
            Domain = new DomainRow("a.test", 900, null),
        });
        Assert.Equal("It is kept back and returns when the budget grows. Pages like /calendar/*/* mostly repeat others: 8 of 9 did.", parked.Sentence);
        Assert.Equal(new ExplainedBudget("/calendar/*/*", 9, 8, 900, 1_000_000, 0), parked.Budget);
    }

    [Fact]
    public void A_page_that_was_fetched_tells_what_it_repeats()
    {
        var page = new PageRow { Key = Key, Status = 200, FetchedAt = Now - 1_000, Duplicate = DuplicateKind.Near, Noise = 12, Next = UrlState.Done };
        var fetched = Explainer.Explain(Facts with { Row = Row(UrlState.Done), Page = new StoredPage(1, "http://a.test/x", 1, page), Original = "http://a.test/y" });
        Assert.Equal(("fetched", "near", "http://a.test/y", 12), (fetched.Verdict, fetched.Page!.Duplicate, fetched.Page.Original, fetched.Page.Noise));
        Assert.Contains("nearly the same text as http://a.test/y", fetched.Reasons.Single().Sentence, StringComparison.Ordinal);
        Assert.Null(fetched.Queue);
    }

    [Fact]
    public void Every_refusal_has_words_of_its_own()
    {
        var texts = Enum.GetValues<RefusalReason>().Where(r => r != RefusalReason.None).Select(r => ReasonText.Of(r, Facts)).ToList();
        Assert.Equal(texts.Count, texts.Distinct().Count());
        Assert.DoesNotContain(ReasonText.Of(RefusalReason.None, Facts), texts);
    }

    private static UrlRow Row(UrlState state) => new(Key, "/x", state, RefusalReason.None, 2, 5, 1, default, state == UrlState.Resting ? Now + 5_000 : 0, 0);
}

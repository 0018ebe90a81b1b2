using System.Globalization;
using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Politeness;
using Madang.Crawler.Priority;
using Madang.Crawler.Traps;

namespace Madang.Crawler.Explaining;

/// <summary>Tells from the books why a URL stands where it stands.</summary>
internal static class Explainer
{
    public static Explanation Explain(KnownFacts facts)
    {
        var host = Host(facts);
        var reasons = Reasons(facts, host).DistinctBy(r => r.Code).ToList();
        var verdict = Verdict(facts, host);
        return new Explanation(
            facts.Url, verdict, Sentence(verdict, facts, host, reasons), reasons, facts.Row?.Depth ?? facts.Page?.Depth, facts.Referrer, Queue(facts), Page(facts), host, Budget(facts));
    }

    private static string Verdict(KnownFacts facts, ExplainedHost? host) => facts.Row switch
    {
        null => facts.Admission == RefusalReason.None ? "unknown" : "refused",
        { State: UrlState.Waiting } when facts.Place == 0 && host?.OpensAt is null => "next",
        { State: UrlState.Waiting } => "waiting",
        { State: UrlState.Resting } => "resting",
        { State: UrlState.Parked } => "parked",
        { State: UrlState.Gone } => "gone",
        { State: UrlState.Refused } => "refused",
        _ => "fetched",
    };

    private static IEnumerable<ExplainedReason> Reasons(KnownFacts facts, ExplainedHost? host)
    {
        if (facts.Row is { Reason: not RefusalReason.None } row)
        {
            yield return Reason(row.Reason, facts);
        }
        if (facts.Admission != RefusalReason.None)
        {
            yield return Reason(facts.Admission, facts);
        }
        if (facts.Robots is { Allowed: false })
        {
            yield return Reason(RefusalReason.Robots, facts);
        }
        if (HostDelay.Refusal(facts.Settings, facts.CrawlDelay) is var refusal and not RefusalReason.None)
        {
            yield return Reason(refusal, facts);
        }
        if (facts.Row is { State: UrlState.Waiting or UrlState.Resting, Attempts: > 0 } tried)
        {
            yield return new(ReasonCodes.Retry, Text($"{Times(tried.Attempts)} tried without success."), new(Count: tried.Attempts));
        }
        if (facts.Page is { Page.Duplicate: not DuplicateKind.None } page)
        {
            var sentence = page.Page.Duplicate switch
            {
                DuplicateKind.Canonical => $"It stands for {facts.Original ?? page.Page.Target ?? "another URL"}, as it says itself.",
                DuplicateKind.Body => $"It has the same bytes as {facts.Original ?? "another page"}.",
                _ => $"It has nearly the same text as {facts.Original ?? "another page"}.",
            };
            yield return new(ReasonCodes.Duplicate, sentence, new(Kind: page.Page.Duplicate.ToString().ToLowerInvariant(), Url: facts.Original ?? page.Page.Target));
        }
        if (facts.Row?.State == UrlState.Waiting && host is not null)
        {
            foreach (var reason in Clocks(facts, host))
            {
                yield return reason;
            }
        }
    }

    private static IEnumerable<ExplainedReason> Clocks(KnownFacts facts, ExplainedHost host)
    {
        if (facts.Place > 0)
        {
            yield return new(ReasonCodes.Place, Text($"{facts.Place} URLs of its host come first."), new(Count: facts.Place));
        }
        if (host.OpensAt is { } opens)
        {
            yield return host.Block switch
            {
                HostBlocks.RetryAfter => new(HostBlocks.RetryAfter, Text($"The host asked to be left alone until {opens:u}."), new(Until: opens)),
                HostBlocks.Errors => new(HostBlocks.Errors, Text($"The host failed {Times(host.Errors)} in a row and is left alone until {opens:u}."), new(Count: host.Errors, Until: opens)),
                HostBlocks.RobotsUnreachable => new(HostBlocks.RobotsUnreachable, Text($"The host's robots.txt cannot be reached; nothing is fetched until it is asked for again at {opens:u}."), new(Until: opens)),
                _ => new(ReasonCodes.Delay, Text($"Its {string.Join(" and its ", host.Gates.Select(g => g.Gate))} may be asked again at {opens:u}."), new(Until: opens, Gates: [.. host.Gates.Select(g => g.Gate)])),
            };
        }
        if (host.Robots.Status is null)
        {
            yield return new(ReasonCodes.RobotsFirst, "The host's robots.txt is fetched first.");
        }
    }

    private static string Sentence(string verdict, KnownFacts facts, ExplainedHost? host, List<ExplainedReason> reasons) => verdict switch
    {
        "unknown" => "No page of this crawl links to it, and no sitemap names it. It would be taken up.",
        "refused" => "It is not fetched.",
        "next" => "It is the next one of its host.",
        "waiting" => facts.Place is { } place && host is not null ? Text($"It waits behind {place} of its host's {Math.Max(host.Waiting, place + 1)} URLs.") : "It waits.",
        "resting" => Text($"It is due at {At(facts.Row!.DueAt):u}."),
        "parked" => "It is kept back and returns when the budget grows.",
        "gone" => "It was given up.",
        _ => Text($"It was fetched at {(facts.Page is { } page ? At(page.Page.FetchedAt) : null):u}."),
    } + (verdict is "refused" or "parked" or "gone" && reasons.Count > 0 ? " " + reasons[0].Sentence : "");

    private static ExplainedReason Reason(RefusalReason reason, KnownFacts facts) => new(reason.Code(), ReasonText.Of(reason, facts), ReasonText.Facts(reason, facts));

    private static ExplainedQueue? Queue(KnownFacts facts)
    {
        if (facts.Row is not { State: UrlState.Waiting or UrlState.Resting or UrlState.Parked } row)
        {
            return null;
        }
        var (href, path) = (Encoding.UTF8.GetBytes(facts.Url), Encoding.UTF8.GetBytes(row.Path));
        var boosts = new BoostRules(facts.Settings.Boosts);
        var hints = new UrlHints
        {
            Depth = row.Depth,
            ChangeRate = facts.Page is { Page.Fetches: > 1 } page ? (double)page.Page.Changes / (page.Page.Fetches - 1) : null,
            Boost = boosts.Of(href, path),
        };
        var terms = PriorityClass.Explain(hints, 0).Select(term => term.Term == "boost" ? Boost(term, boosts.Matching(href, path)) : term).ToList();
        // What the books do not keep one by one: the importance that links brought, and what sitemaps said.
        if (row.Class - PriorityClass.Of(hints, 0) is var rest and not 0)
        {
            terms.Add(new PriorityTerm("importance", rest, rest < 0 ? "links from important pages, or its sitemap, moved it ahead" : "its sitemap or an earlier visit moved it back"));
        }
        return new ExplainedQueue(row.Class, facts.Place, terms, At(row.DueAt), row.Attempts);
    }

    private static PriorityTerm Boost(PriorityTerm term, IReadOnlyList<BoostRule> rules) =>
        term with { Rules = rules, Why = "boost rules of this crawl: " + string.Join(", ", rules.Select(rule => Text($"{rule.Pattern} {rule.Classes:+0;-0}"))) };

    private static ExplainedPage? Page(KnownFacts facts) => facts.Page is not { Page: var page }
        ? null
        : new ExplainedPage(
            page.Status,
            page.Fault,
            DateTimeOffset.FromUnixTimeMilliseconds(page.FetchedAt),
            page.Duplicate == DuplicateKind.None ? null : page.Duplicate.ToString().ToLowerInvariant(),
            facts.Original ?? page.Target,
            page.Noise,
            Math.Round(page.Importance, 3),
            page.Fetches,
            page.Changes,
            page.Missing,
            facts.Settings.Recrawl ? page.IntervalSeconds : null);

    private static ExplainedHost? Host(KnownFacts facts)
    {
        if (facts.Host is not { } host)
        {
            return null;
        }
        var gates = new (string Gate, long At)[] { ("host", host.NextAt), ("domain", facts.DomainGate), ("address", facts.AddressGate) }
            .Where(g => g.At > facts.Now).Select(g => new ExplainedGate(g.Gate, DateTimeOffset.FromUnixTimeMilliseconds(g.At))).ToList();
        var robots = new ExplainedRobots(
            host.RobotsAt == 0 ? null : host.RobotsStatus, At(host.RobotsAt), facts.Robots?.Allowed, facts.Robots?.Line, (int?)Math.Min(facts.CrawlDelay?.TotalMilliseconds ?? -1, int.MaxValue) is >= 0 and var delay ? delay : null);
        return new ExplainedHost(
            host.Origin,
            host.Domain,
            host.Waiting,
            host.Fetched,
            host.Parked,
            HostDelay.Delay(facts.Settings, facts.CrawlDelay, host.LatencyMs),
            host.LatencyMs,
            host.Errors,
            host.Block,
            gates.Count == 0 ? null : gates.Max(g => g.OpensAt),
            gates,
            robots);
    }

    private static ExplainedBudget? Budget(KnownFacts facts)
    {
        if (facts.Template is null && facts.Domain is null)
        {
            return null;
        }
        int? references = facts.Domain is { } domain ? domain.References is { } bitmap ? ReferenceBitmap.Estimate(bitmap) : 0 : null;
        return new ExplainedBudget(
            facts.Template?.Template ?? "",
            facts.Template?.Fetched ?? 0,
            facts.Template?.Duplicates ?? 0,
            facts.Domain?.Fetched,
            references is { } count ? facts.Settings.DomainBudget + ((long)facts.Settings.BudgetPerReference * count) : null,
            references);
    }

    private static string Times(int times) => times == 1 ? "once" : Text($"{times} times");

    private static DateTimeOffset? At(long milliseconds) => milliseconds <= 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

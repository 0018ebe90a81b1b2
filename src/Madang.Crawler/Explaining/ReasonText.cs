using System.Globalization;
using Madang.Crawler.Admission;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Explaining;

/// <summary>Each refusal in words.</summary>
internal static class ReasonText
{
    public static string Of(RefusalReason reason, KnownFacts facts) => reason switch
    {
        RefusalReason.NotHttp => "Only http and https are crawled.",
        RefusalReason.BadUrl => "It is no URL.",
        RefusalReason.OutOfScope => Text($"It lies outside of the crawl's scope, which is the {facts.Settings.Scope switch { CrawlScope.Host => "hosts", CrawlScope.Domain => "registrable domains", _ => "paths" }} of its seeds."),
        RefusalReason.TooDeep => Text($"It is more than {facts.Settings.MaxDepth} links away from a seed."),
        RefusalReason.TooLong => Text($"It is longer than {LengthPolicy.Most} bytes."),
        RefusalReason.Nofollow => "Whoever links to it asks that the link is not followed.",
        RefusalReason.UnwantedExtension => "Its ending is that of a picture, an archive or the like; this crawl takes documents only.",
        RefusalReason.Robots => facts.Robots is { Allowed: false, Line: { } line } ? Text($"The host's robots.txt forbids it in line {line}.") : "The host's robots.txt forbids it.",
        RefusalReason.RobotsUnreachable => "The host's robots.txt could not be reached, so that nothing of the host may be fetched.",
        RefusalReason.CrawlDelayTooLong => Text($"The host's robots.txt asks for a longer delay than the {facts.Settings.MaxDelayMs} ms that this crawl will wait."),
        RefusalReason.AddressRefused => "Its host has an address that this crawl may not enter.",
        RefusalReason.RepeatedSegments => "Its path goes in circles.",
        RefusalReason.TooManySegments => Text($"Its path has more than {SegmentPolicy.Most} segments."),
        RefusalReason.Calendar => "It is a day of a calendar, far away or found by going from day to day.",
        RefusalReason.TooManyParameters => Text($"It has more than {ParameterPolicy.Most} parameters."),
        RefusalReason.Policy => "A policy of this server leaves it alone.",
        RefusalReason.DomainBudget => "Its domain has had as many pages as it may; each further domain that links to it gives it more.",
        RefusalReason.TemplateBudget => facts.Template is { } template
            ? Text($"Pages like {template.Template} mostly repeat others: {template.Duplicates} of {template.Fetched} did.")
            : "Pages of its kind mostly repeat others.",
        RefusalReason.Spam => "Pages of its kind are noise.",
        RefusalReason.QueueFull => "Its host's queue is full.",
        RefusalReason.Failed => facts.Page is { Page: { Fault: { } fault } } ? $"It could not be fetched ({fault})." : facts.Page is { Page.Status: > 0 and var status } ? Text($"It could not be fetched (status {status}).") : "It could not be fetched.",
        RefusalReason.NotFound => "It does not exist.",
        RefusalReason.MaxPages => "The crawl has as many pages as it was to have.",
        _ => "Nothing speaks against it.",
    };

    /// <summary>What the sentence tells; null where the code says it all.</summary>
    public static ReasonFacts? Facts(RefusalReason reason, KnownFacts facts) => reason switch
    {
        RefusalReason.OutOfScope => new(Scope: facts.Settings.Scope),
        RefusalReason.TooDeep => new(Limit: facts.Settings.MaxDepth),
        RefusalReason.TooLong => new(Limit: LengthPolicy.Most),
        RefusalReason.Robots when facts.Robots is { Allowed: false, Line: { } line } => new(Line: line),
        RefusalReason.CrawlDelayTooLong => new(Limit: facts.Settings.MaxDelayMs),
        RefusalReason.TooManySegments => new(Limit: SegmentPolicy.Most),
        RefusalReason.TooManyParameters => new(Limit: ParameterPolicy.Most),
        RefusalReason.TemplateBudget when facts.Template is { } template => new(Template: template.Template, Count: template.Duplicates, Of: template.Fetched),
        RefusalReason.Failed when facts.Page is { Page: { Fault: { } fault } } => new(Fault: fault),
        RefusalReason.Failed when facts.Page is { Page.Status: > 0 and var status } => new(Status: status),
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

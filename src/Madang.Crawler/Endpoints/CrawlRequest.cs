using Madang.Api;
using Madang.Crawler.Priority;

namespace Madang.Crawler.Endpoints;

/// <summary>The body of <c>POST /v1/crawls</c>: <see cref="CrawlSettings"/>, of which all but the seeds may be left out, and a name. Whole numbers are read wide, so that one too large is a refusal of its field.</summary>
public sealed record CrawlRequest(
    string? Name,
    IReadOnlyList<string?>? Seeds,
    string? Scope,
    long? MaxPages,
    long? MaxDepth,
    long? DelayMs,
    long? DomainDelayMs,
    long? AddressDelayMs,
    double? LatencyFactor,
    long? MaxDelayMs,
    string? Agent,
    IReadOnlyList<string?>? Allow,
    bool? ObeyNofollow,
    bool? Recrawl,
    long? MinRecrawlSeconds,
    long? MaxRecrawlSeconds,
    long? MaxPageBytes,
    bool? Archive,
    bool? Search,
    long? Concurrency,
    long? DomainBudget,
    long? BudgetPerReference,
    bool? DocumentsOnly,
    bool? FollowImportance,
    IReadOnlyList<BoostRequest?>? Boosts)
{
    /// <summary>The settings, or the refusal of every field that is wrong.</summary>
    internal Result<(CrawlSettings Settings, string? Name)> Read()
    {
        var name = Text.Line(Name, "name", 100, required: false);
        var defaults = new CrawlSettings { Seeds = [] };
        var scope = Scopes(Scope);
        var settings = defaults with
        {
            Seeds = [.. (Seeds ?? []).Select(seed => (seed ?? "").Trim())],
            // A number that no scope has is told as the fault that it is.
            Scope = Scope is null ? defaults.Scope : scope ?? (CrawlScope)(-1),
            MaxPages = MaxPages,
            MaxDepth = Narrow(MaxDepth) ?? defaults.MaxDepth,
            DelayMs = Narrow(DelayMs) ?? defaults.DelayMs,
            DomainDelayMs = Narrow(DomainDelayMs),
            AddressDelayMs = Narrow(AddressDelayMs),
            LatencyFactor = LatencyFactor ?? defaults.LatencyFactor,
            MaxDelayMs = Narrow(MaxDelayMs) ?? defaults.MaxDelayMs,
            Agent = Agent?.Trim() ?? defaults.Agent,
            Allow = [.. (Allow ?? []).Select(network => (network ?? "").Trim())],
            ObeyNofollow = ObeyNofollow ?? defaults.ObeyNofollow,
            Recrawl = Recrawl ?? defaults.Recrawl,
            MinRecrawlSeconds = Narrow(MinRecrawlSeconds) ?? defaults.MinRecrawlSeconds,
            MaxRecrawlSeconds = Narrow(MaxRecrawlSeconds) ?? defaults.MaxRecrawlSeconds,
            MaxPageBytes = Narrow(MaxPageBytes) ?? defaults.MaxPageBytes,
            Archive = Archive ?? defaults.Archive,
            Search = Search ?? defaults.Search,
            Concurrency = Narrow(Concurrency) ?? defaults.Concurrency,
            DomainBudget = Narrow(DomainBudget) ?? defaults.DomainBudget,
            BudgetPerReference = Narrow(BudgetPerReference) ?? defaults.BudgetPerReference,
            DocumentsOnly = DocumentsOnly ?? defaults.DocumentsOnly,
            FollowImportance = FollowImportance ?? defaults.FollowImportance,
            Boosts = [.. (Boosts ?? []).Select(boost => new BoostRule((boost?.Pattern ?? "").Trim(), Narrow(boost?.Classes) ?? 0))],
        };
        FieldError[] faults = [.. name.Error?.Fields ?? [], .. CrawlSettingsRules.Check(settings)];
        return faults.Length == 0 ? (settings, name.Value is { Length: > 0 } given ? given : null) : ApiErrors.InvalidFields with { Fields = faults };
    }

    /// <summary>What lies beyond an int lies beyond every bound, so its nearest int is refused just the same.</summary>
    private static int? Narrow(long? value) => value is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    private static CrawlScope? Scopes(string? word) => word switch
    {
        "host" => CrawlScope.Host,
        "domain" => CrawlScope.Domain,
        "prefix" => CrawlScope.Prefix,
        "any" => CrawlScope.Any,
        _ => null,
    };
}

/// <param name="Pattern">The beginning of a URL, or of its path when it starts with a slash; <c>*</c> is any text and a last <c>$</c> the end.</param>
/// <param name="Classes">1 to 15 is sooner, -1 to -15 later.</param>
public sealed record BoostRequest(string? Pattern, long? Classes);

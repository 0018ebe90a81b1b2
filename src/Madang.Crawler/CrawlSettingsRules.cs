using System.Globalization;
using Madang.Api;
using Madang.Crawler.Priority;
using Madang.Crawler.Urls;
using Madang.Outbound.Addresses;

namespace Madang.Crawler;

/// <summary>What settings of a crawl may hold. Fields are called as on the wire, an entry of a list by its index: <c>seeds.2</c>.</summary>
internal static class CrawlSettingsRules
{
    public const int MaxSeeds = 1_000;
    public const int MaxSeedLength = 8_192;
    public const int MaxAllow = 100;
    public const int MaxAgentLength = 64;
    public const int MaxPatternLength = 512;
    public const int HourMs = 3_600_000;
    public const int DayMs = 24 * HourMs;
    public const int YearSeconds = 366 * 86_400;
    public const int MostPageBytes = 256 * 1024 * 1024;
    public const int MostConcurrency = 10_000;

    /// <summary>Everything that is wrong with them, or nothing.</summary>
    public static IReadOnlyList<FieldError> Check(CrawlSettings settings)
    {
        var faults = new List<FieldError>();
        Seeds(settings.Seeds, faults);
        if (!Enum.IsDefined(settings.Scope))
        {
            faults.Add(new("scope", "unknown_value", "scope is host, domain, prefix or any."));
        }

        Agent(settings.Agent, faults);
        Allow(settings.Allow, faults);
        Boosts(settings.Boosts, faults);
        Range("max_pages", settings.MaxPages, 1, 1_000_000_000_000, faults);
        Range("max_depth", settings.MaxDepth, 0, 1_000_000, faults);
        Range("delay_ms", settings.DelayMs, 0, DayMs, faults);
        Range("domain_delay_ms", settings.DomainDelayMs, 0, DayMs, faults);
        Range("address_delay_ms", settings.AddressDelayMs, 0, DayMs, faults);
        Range("max_delay_ms", settings.MaxDelayMs, 0, DayMs, faults);
        if (!(settings.LatencyFactor is >= 0 and <= 1_000))
        {
            faults.Add(new("latency_factor", "out_of_range", "latency_factor is 0 to 1000."));
        }

        Range("min_recrawl_seconds", settings.MinRecrawlSeconds, 1, YearSeconds, faults);
        Range("max_recrawl_seconds", settings.MaxRecrawlSeconds, Math.Clamp(settings.MinRecrawlSeconds, 1, YearSeconds), YearSeconds, faults);
        Range("max_page_bytes", settings.MaxPageBytes, 1_024, MostPageBytes, faults);
        Range("concurrency", settings.Concurrency, 1, MostConcurrency, faults);
        Range("domain_budget", settings.DomainBudget, 1, 1_000_000_000, faults);
        Range("budget_per_reference", settings.BudgetPerReference, 0, 1_000_000_000, faults);
        return faults;
    }

    private static void Seeds(IReadOnlyList<string> seeds, List<FieldError> faults)
    {
        if (seeds.Count == 0)
        {
            faults.Add(new("seeds", "required", "A crawl needs at least one URL to begin with."));
        }
        else if (seeds.Count > MaxSeeds)
        {
            faults.Add(new("seeds", "too_long", string.Create(CultureInfo.InvariantCulture, $"seeds holds at most {MaxSeeds} URLs; a sitemap or a page of links may hold more.")));
            return;
        }

        for (var i = 0; i < seeds.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"seeds.{i}");
            if (string.IsNullOrWhiteSpace(seeds[i]))
            {
                faults.Add(new(field, "required", "A seed must not be empty."));
            }
            else if (seeds[i].Length > MaxSeedLength)
            {
                faults.Add(new(field, "too_long", string.Create(CultureInfo.InvariantCulture, $"A seed holds at most {MaxSeedLength} characters.")));
            }
            else if (!Url.TryParse(seeds[i], null, out var url) || url.Kind is not (UrlScheme.Http or UrlScheme.Https))
            {
                faults.Add(new(field, "invalid", "A seed is a whole http or https URL."));
            }
        }
    }

    /// <summary>A product token (RFC 9309 §2.2.1), with digits: it begins the User-Agent, so nothing that ends a header may stand in it.</summary>
    private static void Agent(string agent, List<FieldError> faults)
    {
        if (string.IsNullOrEmpty(agent))
        {
            faults.Add(new("agent", "required", "agent is the name that sites know the crawler by."));
        }
        else if (agent.Length > MaxAgentLength)
        {
            faults.Add(new("agent", "too_long", string.Create(CultureInfo.InvariantCulture, $"agent holds at most {MaxAgentLength} characters.")));
        }
        else if (!agent.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            faults.Add(new("agent", "invalid", "agent holds letters, digits, - and _."));
        }
    }

    private static void Allow(IReadOnlyList<string> allow, List<FieldError> faults)
    {
        if (allow.Count > MaxAllow)
        {
            faults.Add(new("allow", "too_long", string.Create(CultureInfo.InvariantCulture, $"allow holds at most {MaxAllow} networks.")));
            return;
        }

        for (var i = 0; i < allow.Count; i++)
        {
            // The policy takes lists; here an entry is one network.
            if (string.IsNullOrWhiteSpace(allow[i]) || allow[i].AsSpan().ContainsAny(',', ';') || !AddressPolicy.TryParse(allow[i], out _))
            {
                faults.Add(new(string.Create(CultureInfo.InvariantCulture, $"allow.{i}"), "invalid", "An entry is a network such as 10.1.0.0/16, or an address."));
            }
        }
    }

    private static void Boosts(IReadOnlyList<BoostRule> boosts, List<FieldError> faults)
    {
        if (boosts.Count > BoostRules.MostRules)
        {
            faults.Add(new("boosts", "too_long", string.Create(CultureInfo.InvariantCulture, $"boosts holds at most {BoostRules.MostRules} rules.")));
            return;
        }

        for (var i = 0; i < boosts.Count; i++)
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"boosts.{i}");
            var pattern = boosts[i].Pattern;
            if (pattern.Length == 0)
            {
                faults.Add(new($"{field}.pattern", "required", "A rule needs a pattern, such as /news/*."));
            }
            else if (pattern.Length > MaxPatternLength)
            {
                faults.Add(new($"{field}.pattern", "too_long", string.Create(CultureInfo.InvariantCulture, $"A pattern holds at most {MaxPatternLength} characters.")));
            }
            else if (!(pattern[0] is '/' or '*' || pattern.StartsWith("http", StringComparison.Ordinal)) || pattern.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || char.IsSurrogate(letter)))
            {
                faults.Add(new($"{field}.pattern", "invalid", "A pattern begins with a slash, a star or http, and holds no spaces."));
            }

            if (boosts[i].Classes is 0 or < -PriorityClass.Last or > PriorityClass.Last)
            {
                faults.Add(new($"{field}.classes", "out_of_range", "classes is 1 to 15 for sooner, -1 to -15 for later."));
            }
        }
    }

    private static void Range(string field, long? value, long least, long most, List<FieldError> faults)
    {
        if (value < least || value > most)
        {
            faults.Add(new(field, "out_of_range", string.Create(CultureInfo.InvariantCulture, $"{field} is {least} to {most}.")));
        }
    }
}

using Madang.Crawler.Frontier;
using Madang.Crawler.Robots;

namespace Madang.Crawler.Explaining;

/// <summary>All that <see cref="Explainer"/> looks at, read from the books beforehand.</summary>
internal sealed record KnownFacts
{
    /// <summary>Normalised.</summary>
    public required string Url { get; init; }

    public required CrawlSettings Settings { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long Now { get; init; }

    /// <summary>What the admission policy says of the URL as such.</summary>
    public RefusalReason Admission { get; init; }

    public UrlRow? Row { get; init; }

    public StoredPage? Page { get; init; }

    public HostRow? Host { get; init; }

    /// <summary><see cref="IPageStore.PlaceAsync"/>.</summary>
    public long? Place { get; init; }

    /// <summary>What the host's robots.txt says of this path; null when it was never read.</summary>
    public RobotsVerdict? Robots { get; init; }

    public TimeSpan? CrawlDelay { get; init; }

    /// <summary>Unix milliseconds; 0 when open.</summary>
    public long DomainGate { get; init; }

    public long AddressGate { get; init; }

    /// <summary>Where it was found.</summary>
    public string? Referrer { get; init; }

    /// <summary>Of the page that it repeats.</summary>
    public string? Original { get; init; }

    /// <summary>The template's books; null when there are none.</summary>
    public TemplateRow? Template { get; init; }

    public DomainRow? Domain { get; init; }
}

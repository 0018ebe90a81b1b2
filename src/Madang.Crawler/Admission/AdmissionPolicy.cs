using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>What a crawl takes up of the URLs that it finds: all policies in their order, the first refusal counts. Any number of threads ask.</summary>
internal sealed class AdmissionPolicy
{
    private readonly IUrlPolicy[] _policies;

    /// <param name="more">Asked after the ones that are built in.</param>
    public AdmissionPolicy(CrawlSettings settings, TimeProvider time, params IEnumerable<IUrlPolicy> more)
    {
        Scope = new ScopePolicy(settings.Scope, settings.Seeds);
        _policies =
        [
            new SchemePolicy(),                                // 1 http and https
            new LengthPolicy(),                                // 2 nobody's address is longer
            Scope,                                             // 3 where the crawl was told to stay
            new DepthPolicy(settings.MaxDepth),                // 4 and how far to go
            new ExtensionPolicy(settings.DocumentsOnly),       // 5 pictures, archives and the like
            new SegmentPolicy(),                               // 6 paths that go in circles
            new ParameterPolicy(),                             // 7 queries of many parts
            new CalendarPolicy(time),                          // 8 days far away
            .. more,
        ];
    }

    /// <summary>The seeds; grows by what a seed redirects to.</summary>
    public ScopePolicy Scope { get; }

    /// <inheritdoc cref="IUrlPolicy.Check"/>
    public RefusalReason Check(Url url, int depth)
    {
        foreach (var policy in _policies)
        {
            if (policy.Check(url, depth) is var reason and not RefusalReason.None)
            {
                return reason;
            }
        }
        return RefusalReason.None;
    }
}

using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Traps;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>Where a crawl was told to stay (<see cref="CrawlScope"/>). The scheme does not matter, so that a site may redirect to https; a port that is not the scheme's own does.</summary>
internal sealed class ScopePolicy : IUrlPolicy
{
    private readonly CrawlScope _scope;
    private readonly Lock _gate = new();

    // Hosts with their ports, or registrable domains; with the beginnings of paths where the scope is a prefix. Replaced whole, since others read it meanwhile.
    private Dictionary<string, byte[][]> _places = new(DomainNames.Instance);

    /// <param name="seeds">Those that are no URLs are passed over.</param>
    public ScopePolicy(CrawlScope scope, IReadOnlyList<string> seeds)
    {
        _scope = scope;
        foreach (var seed in seeds)
        {
            if (Url.TryParse(seed, null, out var url))
            {
                Put(_places, url);
            }
        }
    }

    /// <summary>The crawl may also go where this URL leads: what a seed redirects to.</summary>
    public void Include(Url url)
    {
        lock (_gate)
        {
            var places = new Dictionary<string, byte[][]>(_places, DomainNames.Instance);
            Put(places, url);
            Volatile.Write(ref _places, places);
        }
    }

    public RefusalReason Check(Url url, int depth)
    {
        if (_scope == CrawlScope.Any)
        {
            return RefusalReason.None;
        }
        return Volatile.Read(ref _places).GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(Place(url), out var prefixes) && (_scope != CrawlScope.Prefix || StartsWithAny(url.Path, prefixes))
            ? RefusalReason.None
            : RefusalReason.OutOfScope;
    }

    private void Put(Dictionary<string, byte[][]> places, Url url)
    {
        var place = Encoding.UTF8.GetString(Place(url));
        var prefixes = places.GetValueOrDefault(place, []);
        if (_scope == CrawlScope.Prefix && !StartsWithAny(url.Path, prefixes))
        {
            prefixes = [.. prefixes, url.Path[..(url.Path.LastIndexOf((byte)'/') + 1)].ToArray()];
        }
        places[place] = prefixes;
    }

    private ReadOnlySpan<byte> Place(Url url) => _scope == CrawlScope.Domain ? PublicSuffixes.RegistrableDomain(url.Host) : url.HostAndPort;

    private static bool StartsWithAny(ReadOnlySpan<byte> path, byte[][] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (path.StartsWith(prefix))
            {
                return true;
            }
        }
        return false;
    }
}

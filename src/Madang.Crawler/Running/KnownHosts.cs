using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Running;

/// <summary>Hosts whose rows were written already: a bounded memory, since writing one again changes nothing.</summary>
internal sealed class KnownHosts
{
    private const int Most = 1_000_000;

    private readonly HashSet<long> _ids = [];

    /// <summary>True when its row must be written.</summary>
    public bool Add(long id)
    {
        if (_ids.Count >= Most)
        {
            _ids.Clear();
        }

        return _ids.Add(id);
    }

    public static NewHost Row(LinkTable links, Link link, RegionRules regions)
    {
        var name = links.HostName(link);
        return new NewHost(link.Key.Host, links.Origin(link), Encoding.ASCII.GetString(PublicSuffixes.RegistrableDomain(name)), regions.Of(Encoding.ASCII.GetString(name)));
    }
}

using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Hosts of very unequal sizes with pages like those of real sites. The pages of a host are a tree with many links across; the roots of the hosts
/// are a tree too, so that the first root leads to everything. No page is like another.
/// </summary>
internal sealed class CleanWeb : IWeb
{
    /// <summary>Children of a page in the tree of its host, and of a host in the tree of hosts.</summary>
    private const int Branches = 10;

    private static readonly int[] RedirectCodes = [301, 302, 303, 307, 308];
    private static readonly string[] Sections = ["news", "sports", "culture", "science", "opinion", "people", "world", "travel", "food", "archive"];

    private readonly ulong _seed;
    private readonly int[] _pages;

    /// <param name="skew">0: all hosts are of one size; 0.6: the first of 200 holds a twentieth of all pages.</param>
    public CleanWeb(ulong seed, int pages, int hosts, int port, double skew = 0.6)
    {
        _seed = Seeded.Mix(seed);
        Prose = new Prose(_seed);
        Hosts = [.. Enumerable.Range(0, hosts).Select(index => SiteHost.OnItsOwnAddress(index, port))];
        _pages = Share(pages, hosts, skew);
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [Hosts[0].Origin + "/"];

    public Prose Prose { get; }

    public int PagesOf(int host) => _pages[host];

    public HostRules RulesOf(int host) => new(TimeSpan.Zero, ["/private/"]);

    public void Answer(SiteRequest request, Reply reply)
    {
        var target = request.Target;
        if (target.SequenceEqual("/robots.txt"u8))
        {
            reply.ContentType = "text/plain";
            reply.Write("User-agent: *\nDisallow: /private/\nSitemap: "u8).Write(Hosts[request.Host].Origin).Write("/sitemap.xml\n"u8);
            return;
        }

        if (target.SequenceEqual("/sitemap.xml"u8))
        {
            WriteSitemap(request.Host, reply);
            return;
        }

        var page = SiteRequest.TrailingNumber(target);
        if (target.SequenceEqual("/"u8))
        {
            page = 0;
        }
        else if (target.StartsWith("/go/"u8) && page > 0 && page < _pages[request.Host])
        {
            reply.Redirect(RedirectCodes[page % RedirectCodes.Length], PathOf(request.Host, page));
            return;
        }
        else if (page <= 0 || page >= _pages[request.Host] || !target.SequenceEqual(Encoding.ASCII.GetBytes(PathOf(request.Host, page))))
        {
            reply.NotFound();
            return;
        }

        if (!reply.IsKnown(request, $"\"{Seeded.Mix(_seed, (ulong)request.Host, (ulong)page):x}\""))
        {
            reply.Header("Last-Modified", "Sun, 01 Nov 2026 09:00:00 GMT");
            new CleanPage(this, request.Host, page, Random(request.Host, page, 1)).Write(reply);
        }
    }

    public IEnumerable<Promised> Promises()
    {
        for (var host = 0; host < Hosts.Count; host++)
        {
            for (var page = 0; page < _pages[host]; page++)
            {
                yield return new Promised(host, PathOf(host, page), Role.Page);
                if (PassageOf(host, page) is { } passage)
                {
                    yield return new Promised(host, passage, Role.Passage);
                }
            }
        }
    }

    /// <summary>Path and query of a page; ASCII, since Korean is percent-encoded.</summary>
    public string PathOf(int host, int page)
    {
        if (page == 0)
        {
            return "/";
        }

        var random = Random(host, page, 0);
        var section = Sections[Seeded.Below(random, Sections.Length)];
        return (random & 15) switch
        {
            0 => $"/{section}/view?id={page}",
            1 => $"/{section}/%EB%A7%88%EB%8B%B9-{Prose.Words[Seeded.Below(Seeded.Mix(random), Prose.Words.Count)]}-{page}",
            _ => $"/{section}/{Prose.Slug(random)}-{page}",
        };
    }

    /// <summary>Tree links of a page: its children here, and from a root the roots of other hosts.</summary>
    public IEnumerable<(int Host, int Page)> ChildrenOf(int host, int page)
    {
        for (var child = page * Branches + 1; child <= page * Branches + Branches && child < _pages[host]; child++)
        {
            yield return (host, child);
        }

        for (var child = host * Branches + 1; page == 0 && child <= host * Branches + Branches && child < Hosts.Count; child++)
        {
            yield return (child, 0);
        }
    }

    /// <summary>A redirect or a dead link that this page holds.</summary>
    public string? PassageOf(int host, int page) => Seeded.Below(Random(host, page, 2), 100) switch
    {
        < 4 when page > 0 => $"/go/{page}",
        4 => $"/lost/{page}",
        _ => null,
    };

    public ulong Random(int host, int page, ulong purpose) => Seeded.Mix(_seed, (ulong)host, (ulong)page, purpose);

    private void WriteSitemap(int host, Reply reply)
    {
        reply.ContentType = "application/xml";
        reply.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"u8);
        for (var page = 0; page < Math.Min(_pages[host], 200); page++)
        {
            reply.Write("<url><loc>"u8).Write(Hosts[host].Origin).Write(PathOf(host, page)).Write("</loc><lastmod>2026-11-01</lastmod></url>\n"u8);
        }

        reply.Write("</urlset>\n"u8);
    }

    private static int[] Share(int pages, int hosts, double skew)
    {
        var weights = Enumerable.Range(0, hosts).Select(host => Math.Pow(host + 1, -skew)).ToArray();
        var sum = weights.Sum();
        var shares = weights.Select(weight => Math.Max(1, (int)(pages * weight / sum))).ToArray();
        shares[0] += pages - shares.Sum();
        return shares;
    }
}

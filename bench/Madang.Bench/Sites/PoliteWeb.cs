using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Named hosts that ask for politeness: three to a domain, two domains to an address; some slow, some with a crawl delay, some that refuse a page once
/// with 429 or 503 and say when to come again. Small pages, so that only the pauses count.
/// </summary>
internal sealed class PoliteWeb : IWeb
{
    private static readonly string[] Labels = ["www", "news", "blog"];

    private readonly ulong _seed;
    private readonly int _pages;
    private readonly ConcurrentDictionary<(int Host, int Page), bool> _refused = new();

    /// <param name="pages">Of each host.</param>
    public PoliteWeb(ulong seed, int pages, int hosts, int port)
    {
        (_seed, _pages) = (Seeded.Mix(seed), pages);
        Hosts = [.. Enumerable.Range(0, hosts).Select(i => new SiteHost(i, $"{Labels[i % 3]}.d{i / 3}.test", new IPAddress([127, 1, 100, (byte)(1 + i / 6)]), port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [.. Hosts.Select(host => host.Origin + "/")];

    /// <summary>Every fifth host asks for a second between requests.</summary>
    public HostRules RulesOf(int host) => new(host % 5 == 4 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero, ["/private/"]);

    public void Answer(SiteRequest request, Reply reply)
    {
        var host = request.Host;
        // Every seventh host is slow.
        reply.Delay = host % 7 == 6 ? TimeSpan.FromMilliseconds(60) : TimeSpan.Zero;
        if (request.Target.SequenceEqual("/robots.txt"u8))
        {
            reply.ContentType = "text/plain";
            reply.Write("User-agent: *\nDisallow: /private/\n"u8).Write(RulesOf(host).CrawlDelay > TimeSpan.Zero ? "Crawl-delay: 1\n"u8 : ""u8);
            return;
        }

        var page = request.Target.SequenceEqual("/"u8) ? 0 : SiteRequest.TrailingNumber(request.Target);
        if (page < 0 || page >= _pages || !request.Target.SequenceEqual(Encoding.ASCII.GetBytes(PathOf(page))))
        {
            reply.NotFound();
            return;
        }

        var random = Seeded.Mix(_seed, (ulong)host, (ulong)page);
        if (page > 0 && Seeded.Below(random, 40) == 0 && _refused.TryAdd((host, page), true))
        {
            reply.Later((random & 1) == 0 ? 429 : 503, TimeSpan.FromSeconds(1 + Seeded.Below(Seeded.Mix(random), 2)));
            return;
        }

        reply.Write("<!DOCTYPE html><html lang=en><title>Polite "u8).Write(host).Write("."u8).Write(page).Write("</title><p>"u8).Write((long)(random >> 1)).Write("</p><a href=/private/x>no</a>"u8);
        for (var child = page * 8 + 1; child <= page * 8 + 8 && child < _pages; child++)
        {
            reply.Write("<a href="u8).Write(PathOf(child)).Write(">on</a> "u8);
        }
    }

    public IEnumerable<Promised> Promises() =>
        from host in Hosts
        from page in Enumerable.Range(0, _pages)
        select new Promised(host.Index, PathOf(page), Role.Page);

    private static string PathOf(int page) => page == 0 ? "/" : $"/page/{page}";
}

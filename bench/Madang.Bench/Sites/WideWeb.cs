using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Far more URLs than anybody will fetch: the first page of every host names all of the host's pages at once, and every page names twenty others, half of them on other hosts. After one page of
/// each host the crawler knows them all.
/// </summary>
internal sealed class WideWeb : IWeb
{
    private const int Sentences = 12;
    private const int Links = 20;

    private readonly ulong _seed;
    private readonly int _pages;
    private readonly Prose _prose;

    /// <param name="pages">Of each host; no page may have more than 50,000 links.</param>
    public WideWeb(ulong seed, int pages, int hosts, int port)
    {
        (_seed, _pages, _prose) = (Seeded.Mix(seed), pages, new Prose(seed));
        Hosts = [.. Enumerable.Range(0, hosts).Select(index => SiteHost.OnItsOwnAddress(index, port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [Hosts[0].Origin + "/"];

    public void Answer(SiteRequest request, Reply reply)
    {
        var page = request.Target.SequenceEqual("/"u8) ? 0 : SiteRequest.TrailingNumber(request.Target);
        if (page < 0 || page >= _pages || !request.Target.SequenceEqual(Encoding.ASCII.GetBytes(PathOf(page))))
        {
            reply.NotFound();
            return;
        }

        var state = Seeded.Mix(_seed, (ulong)request.Host, (ulong)page);
        reply.Write("<!DOCTYPE html><html lang=en><title>Wide "u8).Write(request.Host).Write("."u8).Write(page).Write("</title><p>"u8);
        for (var i = 0; i < Sentences; i++)
        {
            reply.Write(_prose.Sentence(korean: false, Seeded.Next(ref state)));
        }

        for (var i = 0; i < Links; i++)
        {
            var host = i % 2 == 0 ? request.Host : Seeded.Below(Seeded.Next(ref state), Hosts.Count);
            reply.Write("<a href=\""u8).Write(Hosts[host].Origin).Write(PathOf(Seeded.Below(Seeded.Next(ref state), _pages))).Write("\">there</a>\n"u8);
        }

        for (var i = 1; page == 0 && i < _pages; i++)
        {
            reply.Write("<a href="u8).Write(PathOf(i)).Write(">x</a>\n"u8);
        }

        for (var host = 1; page == 0 && request.Host == 0 && host < Hosts.Count; host++)
        {
            reply.Write("<a href="u8).Write(Hosts[host].Origin).Write("/>host</a>\n"u8);
        }
    }

    public IEnumerable<Promised> Promises() =>
        from host in Hosts
        from page in Enumerable.Range(0, _pages)
        select new Promised(host.Index, PathOf(page), Role.Page);

    private static string PathOf(int page) => page == 0 ? "/" : $"/articles/{page}";
}

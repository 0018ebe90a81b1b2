using System.Globalization;
using System.Net;

namespace Madang.Bench.Sites.Hostile;

/// <summary>
/// An allowed site that tries to send its visitors inside, through every channel that carries a URL: links of all kinds, headers, redirects,
/// robots.txt and sitemaps. Each host has a door of <see cref="PrivateDoors"/> of its own.
/// </summary>
internal sealed class SsrfWeb : IWeb
{
    private static readonly string[] Pages = ["/", "/after", "/based", "/headed"];

    private readonly IReadOnlyList<string> _doors;

    public SsrfWeb(int port, IReadOnlyList<string> doors)
    {
        _doors = doors;
        Hosts = [.. Enumerable.Range(0, doors.Count * 2).Select(i => new SiteHost(i, $"127.1.150.{i + 1}", new IPAddress([127, 1, 150, (byte)(i + 1)]), port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [.. Hosts.Select(host => host.Origin + "/")];

    /// <summary>Doors times channels.</summary>
    public int Cases => _doors.Count * 10;

    // The second half of the hosts are those whose robots.txt itself leads inside.
    private bool RobotsLeadInside(int host) => host >= _doors.Count;

    public void Answer(SiteRequest request, Reply reply)
    {
        var door = _doors[request.Host % _doors.Count];
        var origin = Hosts[request.Host].Origin;
        switch (System.Text.Encoding.ASCII.GetString(request.Target))
        {
            case "/robots.txt" when RobotsLeadInside(request.Host):
                reply.Redirect(301, Ascii(door));
                break;
            case "/robots.txt":
                reply.ContentType = "text/plain";
                reply.Write("User-agent: *\nAllow: /\nSitemap: "u8).Write(door).Write("\nSitemap: "u8).Write(origin).Write("/sitemap.xml\nSitemap: "u8).Write(origin).Write("/index.xml\nSitemap: "u8).Write(origin).Write("/moved.xml\n"u8);
                break;
            case "/sitemap.xml":
                reply.ContentType = "application/xml";
                reply.Write("<urlset><url><loc>"u8).Write(door).Write("</loc></url><url><loc>"u8).Write(origin).Write("/after</loc></url></urlset>"u8);
                break;
            case "/index.xml":
                reply.ContentType = "application/xml";
                reply.Write("<sitemapindex><sitemap><loc>"u8).Write(door).Write("</loc></sitemap></sitemapindex>"u8);
                break;
            case "/moved.xml" or "/moved":
                reply.Redirect(302, Ascii(door));
                break;
            case "/feed":
                reply.ContentType = "application/rss+xml";
                reply.Write("<rss version='2.0'><channel><item><link>"u8).Write(door).Write("</link></item></channel></rss>"u8);
                break;
            case "/based":
                reply.Write("<!DOCTYPE html><title>based</title><base href=\""u8).Write(door).Write("\"><a href='secret'>in</a>"u8);
                break;
            case "/headed":
                reply.Header("Link", $"<{Ascii(door)}>; rel=\"canonical\"").Header("Refresh", $"0; url={Ascii(door)}").Header("Content-Location", Ascii(door)).Write("<title>headed</title>"u8);
                break;
            case "/":
                reply.Write("<!DOCTYPE html><title>door</title><a href=\""u8).Write(door).Write("\">in</a><link rel=canonical href=\""u8).Write(door)
                    .Write("\"><meta http-equiv=refresh content=\"0; url="u8).Write(door).Write("\"><iframe src=\""u8).Write(door).Write("\"></iframe><link rel=alternate type='application/rss+xml' href='/feed'><form action=\""u8).Write(door)
                    .Write("\"></form><a href=/moved>moved</a> <a href=/based>based</a> <a href=/headed>headed</a> <a href=/after>after</a>"u8);
                break;
            case "/after":
                reply.Write("<!DOCTYPE html><title>after</title><p>Still here: "u8).Write(request.Host).Write(" "u8).Write(origin);
                break;
            default:
                reply.NotFound();
                break;
        }
    }

    public IEnumerable<Promised> Promises() => Hosts.SelectMany(host => Pages
        .Select(target => new Promised(host.Index, target, RobotsLeadInside(host.Index) ? Role.Passage : Role.Page)));

    // A header carries bytes, not letters: what is no ASCII goes as its percent-encoded UTF-8.
    private static string Ascii(string url) => string.Concat(url.EnumerateRunes().Select(rune =>
        rune.IsAscii ? rune.ToString() : string.Concat(System.Text.Encoding.UTF8.GetBytes(rune.ToString()).Select(unit => "%" + unit.ToString("X2", CultureInfo.InvariantCulture)))));
}

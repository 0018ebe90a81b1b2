using System.IO.Compression;
using System.Text;

namespace Madang.Bench.Sites.Hostile;

/// <summary>Harm in what is sent properly: bombs, pages that break parsers, links without end, robots.txt and sitemaps gone wrong.</summary>
internal static class PageCases
{
    private const int Megabyte = 1 << 20;

    private static readonly Lazy<byte[]> GzipBomb = new(() => Bomb(stream => new GZipStream(stream, CompressionLevel.Optimal)));
    private static readonly Lazy<byte[]> DeflateBomb = new(() => Bomb(stream => new ZLibStream(stream, CompressionLevel.Optimal)));
    private static readonly Lazy<byte[]> BrotliBomb = new(() => Bomb(stream => new BrotliStream(stream, CompressionLevel.Fastest)));

    public static IEnumerable<HostileCase> All => [.. Bombs, .. Pages, .. Journeys, .. Files];

    private static IEnumerable<HostileCase> Bombs =>
    [
        Coded("gzip bomb", "gzip", () => GzipBomb.Value),
        Coded("gzip bomb of many members", "gzip", () => [.. Enumerable.Repeat(GzipBomb.Value, 16).SelectMany(bomb => bomb)]),
        Coded("deflate bomb", "deflate", () => DeflateBomb.Value),
        Coded("brotli bomb", "br", () => BrotliBomb.Value),
        Coded("coded ten times", string.Join(", ", Enumerable.Repeat("gzip", 10)), () => GzipBomb.Value),
        Coded("gzip that is none", "gzip", () => "<p>plain</p>"u8.ToArray()),
        Coded("gzip cut off", "gzip", () => GzipBomb.Value[..200]),
        Coded("brotli that is none", "br", () => "<p>plain</p>"u8.ToArray()),
        Coded("unknown coding", "rot13", () => "<p>cynva</p>"u8.ToArray()),
    ];

    private static IEnumerable<HostileCase> Pages =>
    [
        Repeated("ten megabytes of <", "", "<", 10 * Megabyte),
        Repeated("deep nesting", "", "<div>", Megabyte),
        Repeated("deep tables", "", "<table><tr><td>", Megabyte),
        Repeated("comment without an end", "<!--", "-- ", 5 * Megabyte),
        Repeated("script without an end", "<script>", "</scrip ", 5 * Megabyte),
        Repeated("escaped script without an end", "<script><!--<script>", "<script ", 5 * Megabyte),
        Repeated("title without an end", "<title>", "title ", 5 * Megabyte),
        Repeated("attribute without an end", "<a href=\"", "x", 5 * Megabyte),
        Repeated("href of a megabyte", "<a href=\"/", "x/", Megabyte),
        Repeated("references", "<p>", "&CounterClockwiseContourIntegral;", 3 * Megabyte),
        Repeated("references without an end", "<p>", "&#9999999999999999999", 3 * Megabyte),
        Repeated("ampersands", "<p>", "&", 5 * Megabyte),
        Repeated("CDATA", "<svg>", "<![CDATA[", 3 * Megabyte),
        Repeated("doctypes", "", "<!DOCTYPE html PUBLIC \"", 3 * Megabyte),
        Repeated("words without spaces", "<p>", "가", 5 * Megabyte),
        Repeated("combining marks", "<p>a", "\u0301", 3 * Megabyte),
        Repeated("control characters", "<p>", "\0\u0001\u000b\u007f", 2 * Megabyte),
        HostileCase.Page("a million attributes", reply => Each(reply.Write("<a "u8), 400_000, (page, i) => page.Write("a"u8).Write(i).Write("=1 "u8)).Write(">"u8)),
        new("a hundred thousand links", "/trap", (_, _, reply) => Each(reply, 100_000, (page, i) => page.Write("<a href=/no/"u8).Write(i).Write(">x</a>"u8))) { Robots = "User-agent: *\nDisallow: /no/\n" },
        HostileCase.Page("links to five thousand hosts", reply => Each(reply, 5_000, (page, i) => page.Write("<a href=http://h"u8).Write(i).Write(".invalid/>x</a>"u8))),
        HostileCase.Page("links that are no links", reply => reply.Write("<a href='http://['>a</a><a href='http://%'>a</a><a href='http://a:99999/'>a</a><a href='//'>a</a><a href='http:///'>a</a><a href='\\\\\\'>a</a><a href='data:text/html,<a href=/x>'>a</a><a href='ws://127.1.0.1/'>a</a><a href='file:///etc/passwd'>a</a><a href='http://\u0000/'>a</a><base href='::'><base href='javascript:1'>"u8)),
        Typed("binary as HTML", "text/html", Random(2 * Megabyte)),
        Typed("UTF-8 called UTF-16", "text/html; charset=utf-16", Encoding.UTF8.GetBytes("<a href=/after>가나다</a>")),
        Typed("unknown charset", "text/html; charset=klingon", Encoding.UTF8.GetBytes("<a href=/after>가나다</a>")),
        Typed("halves of characters", "text/html; charset=utf-8", [.. "<p>"u8, .. Enumerable.Repeat((byte)0xE0, Megabyte)]),
        Typed("EUC-KR halves", "text/html; charset=euc-kr", [.. "<p>"u8, .. Enumerable.Repeat((byte)0xB0, Megabyte + 1)]),
        Typed("ISO-2022-JP escapes", "text/html; charset=iso-2022-jp", [.. Enumerable.Repeat("\u001b$B\u001b(B"u8.ToArray(), 100_000).SelectMany(escape => escape)]),
        Typed("no type", "", "<a href=/after>x</a>"u8.ToArray()),
        Typed("type of nonsense", ";;;=,\"", "<a href=/after>x</a>"u8.ToArray()),
        HostileCase.Page("refresh to itself", reply => reply.Write("<meta http-equiv=refresh content='0;url=/trap'><meta http-equiv=refresh content='99999999999999999;;url='>"u8)),
        HostileCase.Page("canonical chaos", reply => reply.Write("<link rel=canonical href=''><link rel=canonical href='http://['><link rel=canonical href='/after'><p>text"u8)),
        HostileCase.Page("JSON-LD nested", reply => Each(Each(reply.Write("<script type='application/ld+json'>"u8), 50_000, (page, _) => page.Write("{\"a\":["u8)), 1, (page, _) => page.Write("</script>"u8))),
    ];

    private static IEnumerable<HostileCase> Journeys =>
    [
        new("redirect to itself", "/trap", (_, _, reply) => reply.Redirect(301, "/trap")),
        new("redirects in a ring", "/trap", (_, request, reply) => reply.Redirect(302, request.Target.EndsWith("/b"u8) ? "/trap/a" : "/trap/b")),
        new("redirects without end", "/trap", (_, request, reply) => reply.Redirect(302, $"/trap/{SiteRequest.TrailingNumber(request.Target) + 1}")),
        new("redirect to nowhere", "/trap", (_, _, reply) => reply.Redirect(301, "http://[")),
        new("redirect to a script", "/trap", (_, _, reply) => reply.Redirect(301, "javascript:alert(1)")),
        new("redirect to a file", "/trap", (_, _, reply) => reply.Redirect(301, "file:///etc/passwd")),
        new("redirect without a place", "/trap", (_, _, reply) => reply.Empty(301)),
        HostileCase.Saying("redirect of a megabyte", "HTTP/1.1 301 Moved\r\nLocation: /" + new string('x', Megabyte) + "\r\nContent-Length: 0\r\n\r\n"),
        new("ever deeper", "/trap/", (_, request, reply) => reply.Write("<p>"u8).Write(request.Target).Write("</p><a href='deeper/'>on</a><a href='further/'>on</a>"u8)),
        new("ever longer query", "/trap?q=1", (_, request, reply) => reply.Write("<a href='"u8).Write(request.Target).Write("&amp;q="u8).Write(request.Target.Length).Write("'>on</a>"u8)),
        new("ever another session", "/trap/1", (_, request, reply) => reply.Write("<p>the same<a href='/trap/"u8).Write((long)(Seeded.Mix((ulong)request.Target.Length, (ulong)SiteRequest.TrailingNumber(request.Target)) >> 34)).Write("'>on</a>"u8)),
    ];

    private static IEnumerable<HostileCase> Files =>
    [
        File("robots.txt without end", "/robots.txt", (_, reply) => reply.Takeover = EndlessRobots) with { KeepsItsPages = false },
        File("robots.txt of a megabyte", "/robots.txt", (_, reply) => Each(reply.Write("User-agent: *\nDisallow: /no/\n"u8), 60_000, (page, i) => page.Write("Disallow: /x/"u8).Write(i).Write("\n"u8))),
        File("robots.txt that explodes patterns", "/robots.txt", (_, reply) => reply.Write("User-agent: *\nDisallow: /"u8).Write(string.Concat(Enumerable.Repeat("*a", 2_000))).Write("*$\nDisallow: /"u8).Write(new string('*', 5_000)).Write("b$\n"u8)),
        File("robots.txt of bytes", "/robots.txt", (_, reply) => reply.Write(Random(Megabyte))),
        File("robots.txt as a bomb", "/robots.txt", (_, reply) => reply.Header("Content-Encoding", "gzip").Write(GzipBomb.Value)) with { KeepsItsPages = false },
        File("robots.txt in a ring", "/robots.txt", (_, reply) => reply.Redirect(301, "/robots.txt")) with { KeepsItsPages = false },
        File("robots.txt silent", "/robots.txt", (_, reply) => reply.Takeover = (_, cancelled) => Task.Delay(TimeSpan.FromMinutes(10), cancelled)) with { KeepsItsPages = false },
        Sitemap("sitemap index of itself", "<sitemapindex><sitemap><loc>{origin}/sitemap.xml</loc></sitemap><sitemap><loc>{origin}/sitemap.xml?1</loc></sitemap></sitemapindex>"),
        Sitemap("sitemap of entities", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><urlset><url><loc>{origin}/&c;</loc></url></urlset>"),
        Sitemap("sitemap of a file", "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><urlset><url><loc>{origin}/&f;</loc></url></urlset>"),
        Sitemap("sitemap that breaks off", "<urlset><url><loc>{origin}/aft"),
        new("sitemap as a bomb", "/sitemap.xml", (_, _, reply) => Xml(reply).Header("Content-Encoding", "gzip").Write(GzipBomb.Value)) { Robots = "User-agent: *\nAllow: /\nSitemap: {origin}/sitemap.xml\n" },
        new("sitemap of a hundred thousand", "/sitemap.xml", (host, _, reply) => Each(Xml(reply).Write("<urlset>"u8), 100_000, (page, i) => page.Write("<url><loc>"u8).Write(host.Origin).Write("/no/"u8).Write(i).Write("</loc></url>"u8)).Write("</urlset>"u8)) { Robots = "User-agent: *\nDisallow: /no/\nSitemap: {origin}/sitemap.xml\n" },
        new("sitemaps without end", "/sitemap", (host, request, reply) => Xml(reply).Write("<sitemapindex><sitemap><loc>"u8).Write(host.Origin).Write("/sitemap/"u8).Write(SiteRequest.TrailingNumber(request.Target) + 1).Write("</loc></sitemap></sitemapindex>"u8)) { Robots = "User-agent: *\nAllow: /\nSitemap: {origin}/sitemap\n" },
    ];

    private static async Task EndlessRobots(System.Net.Sockets.Socket socket, CancellationToken cancelled)
    {
        await HostileCase.SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\n", cancelled);
        var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Disallow: /nothing\n", 3000)));
        for (var i = 0; i < 20_000; i++)
        {
            await HostileCase.SayAsync(socket, block, cancelled);
        }
    }

    private static HostileCase Coded(string name, string coding, Func<byte[]> body) =>
        HostileCase.Page(name, reply => reply.Header("Content-Encoding", coding).Write(body()));

    private static HostileCase Repeated(string name, string start, string again, int size) => HostileCase.Page(name, reply =>
    {
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(again, 64 * 1024 / again.Length)));
        reply.Write(start);
        while (reply.BodyLength < size)
        {
            reply.Write(block);
        }
    });

    private static HostileCase Typed(string name, string type, byte[] body) => HostileCase.Page(name, reply =>
    {
        reply.ContentType = type;
        reply.Write(body);
    });

    private static HostileCase File(string name, string target, Action<SiteHost, Reply> answer) => new(name, target, (host, _, reply) =>
    {
        reply.ContentType = "text/plain";
        answer(host, reply);
    });

    private static HostileCase Sitemap(string name, string body) => new(name, "/sitemap.xml", (host, _, reply) =>
    {
        reply.ContentType = "application/xml";
        reply.Write("<?xml version=\"1.0\"?>"u8).Write(body.Replace("{origin}", host.Origin, StringComparison.Ordinal));
    })
    { Robots = "User-agent: *\nAllow: /\nSitemap: {origin}/sitemap.xml\n" };

    private static Reply Xml(Reply reply)
    {
        reply.ContentType = "application/xml";
        return reply;
    }

    private static Reply Each(Reply reply, int count, Action<Reply, int> write)
    {
        for (var i = 0; i < count; i++)
        {
            write(reply, i);
        }

        return reply;
    }

    private static byte[] Random(int size)
    {
        var (bytes, state) = (new byte[size], 1ul);
        foreach (ref var one in bytes.AsSpan())
        {
            one = (byte)Seeded.Next(ref state);
        }

        return bytes;
    }

    /// <summary>256 MB of spaces.</summary>
    private static byte[] Bomb(Func<Stream, Stream> compress)
    {
        using var packed = new MemoryStream();
        using (var stream = compress(packed))
        {
            var block = new byte[Megabyte];
            block.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 256; i++)
            {
                stream.Write(block);
            }
        }

        return packed.ToArray();
    }
}

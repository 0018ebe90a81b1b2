using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Sites where nine links of ten lead into a trap without end: a calendar, ever deeper folders, facets in every combination, session ids in the path,
/// lists that go on for ever, and folders that repeat. The real pages are finite, different from each other, and promised.
/// </summary>
internal sealed class TrapWeb : IWeb
{
    private const int Branches = 3;
    private const int TrapLinks = 36;

    private static readonly string[] Colours = ["red", "green", "blue", "black", "white", "grey"];
    private static readonly string[] Folders = ["photos", "album", "large", "2026", "view"];

    private readonly ulong _seed;
    private readonly int _pages;
    private readonly Prose _prose;

    /// <param name="pages">Real ones, of each host.</param>
    public TrapWeb(ulong seed, int pages, int hosts, int port)
    {
        (_seed, _pages) = (Seeded.Mix(seed), pages);
        _prose = new Prose(_seed);
        Hosts = [.. Enumerable.Range(0, hosts).Select(index => SiteHost.OnItsOwnAddress(index, port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [.. Hosts.Select(host => host.Origin + "/")];

    public static bool IsTrap(string target) =>
        target.StartsWith("/calendar/", StringComparison.Ordinal) || target.StartsWith("/tree/", StringComparison.Ordinal) || target.StartsWith("/shop?", StringComparison.Ordinal) ||
        target.StartsWith("/s/", StringComparison.Ordinal) || target.StartsWith("/list?", StringComparison.Ordinal) || target.StartsWith("/photos/", StringComparison.Ordinal);

    public void Answer(SiteRequest request, Reply reply)
    {
        var target = Encoding.UTF8.GetString(request.Target);
        if (target == "/robots.txt")
        {
            reply.ContentType = "text/plain";
            reply.Write("User-agent: *\nAllow: /\n"u8);
            return;
        }

        if (IsTrap(target))
        {
            WriteTrap(reply, request.Host, target);
            return;
        }

        var page = target == "/" ? 0 : SiteRequest.TrailingNumber(request.Target);
        if (page < 0 || page >= _pages || target != PathOf(request.Host, page))
        {
            reply.NotFound();
            return;
        }

        WriteReal(reply, request.Host, page);
    }

    public IEnumerable<Promised> Promises() =>
        from host in Hosts
        from page in Enumerable.Range(0, _pages)
        select new Promised(host.Index, PathOf(host.Index, page), Role.Page);

    private string PathOf(int host, int page) =>
        page == 0 ? "/" : $"/{_prose.Words[page % 12]}/{_prose.Slug(Seeded.Mix(_seed, (ulong)host, (ulong)page))}-{page}";

    private void WriteReal(Reply reply, int host, int page)
    {
        var state = Seeded.Mix(_seed, (ulong)host, (ulong)page, 1);
        reply.Write("<!DOCTYPE html><html lang=en><title>"u8).Write(_prose.Slug(state)).Write("</title><main>"u8);
        for (var i = 0; i < 30; i++)
        {
            reply.Write(i % 6 == 0 ? "<p>"u8 : ""u8).Write(_prose.Sentence(false, Seeded.Next(ref state)));
        }

        for (var child = page * Branches + 1; child <= page * Branches + Branches && child < _pages; child++)
        {
            reply.Write("<a href=\""u8).Write(PathOf(host, child)).Write("\">on</a> "u8);
        }

        reply.Write("<a href=\""u8).Write(PathOf(host, Seeded.Below(Seeded.Next(ref state), _pages))).Write("\">across</a></main>"u8);
        WriteTrapLinks(reply, ref state, TrapLinks);
    }

    /// <summary>Little text, the same on every page of its kind but for a number, and links further in.</summary>
    private void WriteTrap(Reply reply, int host, string target)
    {
        var state = Seeded.Mix(_seed, (ulong)host, (ulong)target.Length);
        foreach (var letter in target)
        {
            state = Seeded.Mix(state ^ letter);
        }

        var kind = target.IndexOfAny(['/', '?'], 1) is var end && end > 0 ? target[1..end] : target;
        reply.Write("<!DOCTYPE html><html lang=en><title>"u8).Write(kind).Write("</title><main><h1>"u8).Write(kind).Write("</h1>"u8);
        for (var i = 0; i < 8; i++)
        {
            reply.Write("<p>"u8).Write(_prose.Sentence(false, Seeded.Mix(_seed, (ulong)kind.Length, (ulong)i)));
        }

        reply.Write("<p>"u8).Write(Seeded.Below(state, 1_000_000)).Write("</main>"u8);
        if (target.StartsWith("/tree/", StringComparison.Ordinal) || target.StartsWith("/photos/", StringComparison.Ordinal))
        {
            reply.Write("<a href=\""u8).Write(Folders[Seeded.Below(Seeded.Next(ref state), Folders.Length)]).Write("/\">deeper</a> "u8);
        }

        WriteTrapLinks(reply, ref state, 12);
        reply.Write("<a href=\"/\">home</a>"u8);
    }

    private static void WriteTrapLinks(Reply reply, ref ulong state, int count)
    {
        reply.Write("<nav>"u8);
        for (var i = 0; i < count; i++)
        {
            var random = Seeded.Next(ref state);
            var more = Seeded.Mix(random);
            var text = (i % 6) switch
            {
                0 => $"/calendar/{1900 + Seeded.Below(random, 300)}/{1 + Seeded.Below(more, 12):00}/{1 + Seeded.Below(Seeded.Mix(more), 28):00}",
                1 => $"/tree/{random % 7}/{more % 7}/{random % 5}/{more % 5}/{random % 3}/",
                2 => $"/shop?colour={Colours[Seeded.Below(random, Colours.Length)]}&amp;size={Seeded.Below(more, 50)}&amp;price={Seeded.Below(Seeded.Mix(more), 1000)}&amp;sort={random % 4}",
                3 => $"/s/{random:x16}/start",
                4 => $"/list?page={Seeded.Below(random, 100_000_000)}",
                _ => "/photos/" + string.Concat(Enumerable.Repeat("album/large/", 1 + Seeded.Below(random, 6))),
            };
            reply.Write("<a href=\""u8).Write(text).Write("\">more</a> "u8);
        }

        reply.Write("</nav>"u8);
    }
}

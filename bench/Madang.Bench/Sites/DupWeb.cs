using System.Text;

namespace Madang.Bench.Sites;

/// <summary>How two pages of a <see cref="DupWeb"/> are alike.</summary>
internal enum Likeness
{
    /// <summary>The document itself.</summary>
    Original,

    /// <summary>The same bytes under another path.</summary>
    Copy,

    /// <summary>Other markup and other words around it, with a canonical link to the original.</summary>
    Print,

    /// <summary>One to three words differ: a counter, a date, a corrected word. The truth calls it a near-duplicate.</summary>
    Near,

    /// <summary>One sentence of sixty is another. The truth calls it a near-duplicate, too.</summary>
    Edited,

    /// <summary>Half of the sentences are the same: another document.</summary>
    Half,

    /// <summary>Four fifths of the sentences are the same: still another document.</summary>
    Most,
}

/// <summary>
/// Documents that come back in many guises: under session ids and tracking parameters (one URL to a crawler that normalises), as copies, as print
/// versions, almost the same, and half the same. What each is stands in its path.
/// </summary>
internal sealed class DupWeb : IWeb
{
    private const int Branches = 8;
    private const int Sentences = 60;

    private static readonly string[] Paths = ["doc", "copy", "print", "near", "edited", "half", "most"];
    private static readonly string[] Months = ["January", "March", "May", "June", "August", "October", "December"];
    private static readonly string[] Disguises =
        ["?utm_source=mail&utm_medium=link", "?fbclid=IwAR0x9", "?PHPSESSID=0123456789abcdef0123456789abcdef", ";jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9", "?gclid=EAIaIQ", "#comments"];

    private readonly ulong _seed;
    private readonly int _documents;
    private readonly Prose _prose;

    /// <param name="pages">Of all hosts together; a seventh of them are originals.</param>
    public DupWeb(ulong seed, int pages, int hosts, int port)
    {
        _seed = Seeded.Mix(seed);
        _prose = new Prose(_seed);
        _documents = Math.Max(1, pages / hosts / Paths.Length);
        Hosts = [.. Enumerable.Range(0, hosts).Select(index => SiteHost.OnItsOwnAddress(index, port))];
    }

    public IReadOnlyList<SiteHost> Hosts { get; }

    public IReadOnlyList<string> Seeds => [.. Hosts.Select(host => $"{host.Origin}/doc/0")];

    public int Documents => _documents;

    public void Answer(SiteRequest request, Reply reply)
    {
        if (request.Target.SequenceEqual("/robots.txt"u8))
        {
            reply.ContentType = "text/plain";
            reply.Write("User-agent: *\nAllow: /\n"u8);
            return;
        }

        var target = Encoding.UTF8.GetString(request.Target);
        var plain = target.AsSpan(0, target.AsSpan().IndexOfAny('?', ';') is var cut && cut < 0 ? target.Length : cut);
        var slash = plain.LastIndexOf('/');
        var likeness = slash > 0 ? Array.IndexOf(Paths, plain[1..slash].ToString()) : -1;
        if (likeness < 0 || !int.TryParse(plain[(slash + 1)..], out var document) || document < 0 || document >= _documents)
        {
            reply.NotFound();
            return;
        }

        Write(reply, request.Host, document, (Likeness)likeness);
    }

    public IEnumerable<Promised> Promises() =>
        from host in Hosts
        from document in Enumerable.Range(0, _documents)
        from likeness in Enum.GetValues<Likeness>()
        select new Promised(host.Index, PathOf(document, likeness), likeness == Likeness.Print ? Role.Passage : Role.Page);

    public static string PathOf(int document, Likeness likeness) => $"/{Paths[(int)likeness]}/{document}";

    /// <summary>The document and the guise that a path stands for.</summary>
    public static (int Document, Likeness Likeness) Read(string path) =>
        (int.Parse(path[(path.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture), (Likeness)Array.IndexOf(Paths, path[1..path.LastIndexOf('/')]));

    /// <summary>The body of one page.</summary>
    public void Write(Reply reply, int host, int document, Likeness likeness)
    {
        var random = Seeded.Mix(_seed, (ulong)host, (ulong)document);
        var korean = random % 3 == 0;
        reply.Write("<!DOCTYPE html>\n<html lang=\""u8).Write(korean ? "ko"u8 : "en"u8).Write("\"><head><meta charset=\"utf-8\"><title>"u8).Write(_prose.Slug(random)).Write("</title>"u8);
        if (likeness == Likeness.Print)
        {
            reply.Write("<link rel=\"canonical\" href=\""u8).Write(PathOf(document, Likeness.Original)).Write("\"></head><body class=\"print\"><p>Print version of a document, for paper.</p>\n"u8);
        }
        else
        {
            reply.Write("</head><body>\n<nav><a href=\"/doc/0\">Home</a></nav>\n"u8);
        }

        WriteText(reply, random, korean, likeness);
        WriteLinks(reply, host, document, random);
        reply.Write("</body></html>\n"u8);
    }

    private void WriteText(Reply reply, ulong random, bool korean, Likeness likeness)
    {
        var near = likeness == Likeness.Near ? Seeded.Below(Seeded.Mix(random, 3), 3) : -1;
        reply.Write("<article><p>Visits: "u8).Write(1000 + Seeded.Below(random, 9000) + (near == 0 ? 17 : 0)).Write(". Updated "u8)
            .Write(1 + Seeded.Below(random, 27) + (near == 1 ? 1 : 0)).Write(" "u8).Write(Months[(Seeded.Below(random, Months.Length) + (near == 1 ? 1 : 0)) % Months.Length]).Write(" 2026.</p>\n"u8);
        for (var i = 0; i < Sentences; i++)
        {
            var isAnother = likeness switch
            {
                Likeness.Edited => i == 31,
                Likeness.Half => (i & 1) == 0,
                Likeness.Most => i % 5 == 0,
                _ => false,
            };
            var sentence = _prose.Sentence(korean, Seeded.Mix(random, (ulong)i, isAnother ? 99ul : 0));
            reply.Write(i % 6 == 0 ? "<p>"u8 : ""u8);
            // A corrected word: the first one of the seventh sentence gives way.
            reply.Write(near == 2 && i == 7 ? "Altered"u8 : ""u8).Write(near == 2 && i == 7 ? sentence[Math.Max(0, sentence.IndexOf((byte)' '))..] : sentence).Write(i % 6 == 5 ? "</p>\n"u8 : ""u8);
        }

        reply.Write("</article>\n"u8);
    }

    private void WriteLinks(Reply reply, int host, int document, ulong random)
    {
        reply.Write("<ul>"u8);
        for (var child = document * Branches + 1; child <= document * Branches + Branches && child < _documents; child++)
        {
            reply.Write("<li><a href=\""u8).Write(PathOf(child, Likeness.Original)).Write("\">"u8).Write(_prose.Slug(Seeded.Mix(_seed, (ulong)host, (ulong)child))).Write("</a>"u8);
        }

        for (var i = 1; i < Paths.Length; i++)
        {
            reply.Write("<li><a href=\""u8).Write(PathOf(document, (Likeness)i)).Write("\">"u8).Write(_prose.Words[Seeded.Below(Seeded.Mix(random, (ulong)i), 8000)]).Write("</a>"u8);
        }

        for (var i = 0; i < 12; i++)
        {
            var other = Seeded.Below(Seeded.Mix(random, 5, (ulong)i), _documents);
            reply.Write("<li><a href=\""u8).Write(PathOf(other, Likeness.Original)).Write(Disguises[i % Disguises.Length].Replace("&", "&amp;", StringComparison.Ordinal)).Write("\">"u8)
                .Write(_prose.Slug(Seeded.Mix(_seed, (ulong)host, (ulong)other))).Write("</a>"u8);
        }

        reply.Write("</ul>"u8);
    }
}

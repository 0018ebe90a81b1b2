namespace Madang.Bench.Sites;

/// <summary>One page of a <see cref="CleanWeb"/>: head, navigation, article, related links, footer; 6 to 10 KB and 25 to 40 links.</summary>
internal readonly struct CleanPage(CleanWeb web, int host, int page, ulong random)
{
    private readonly bool _korean = random % 3 == 0;

    public void Write(Reply reply)
    {
        var state = random;
        var origin = web.Hosts[host].Origin;
        reply.Write("<!DOCTYPE html>\n<html lang=\""u8).Write(_korean ? "ko"u8 : "en"u8).Write("\">\n<head>\n<meta charset=\"utf-8\">\n<title>"u8);
        WriteTitle(reply);
        reply.Write("</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"description\" content=\""u8)
            .Write(web.Prose.Sentence(_korean, Seeded.Mix(random)))
            .Write("\">\n<link rel=\"canonical\" href=\""u8).Write(origin).Write(web.PathOf(host, page))
            .Write("\">\n<style>body{margin:0;font:16px/1.6 sans-serif}nav ul{display:flex;gap:1em;list-style:none}main{max-width:60em;margin:auto}</style>\n<script>window.site={\"page\":"u8)
            .Write(page).Write(",\"html\":\"<a href='/never'>no link</a>\"};</script>\n</head>\n<body>\n<header>\n<nav>\n<ul>\n<li><a href=\"/\">"u8)
            .Write(_korean ? "처음"u8 : "Home"u8).Write("</a></li>\n"u8);
        for (var i = 1; i <= 6 && i < web.PagesOf(host); i++)
        {
            reply.Write("<li><a class=\"nav\" href=\""u8).Write(web.PathOf(host, i)).Write("\">"u8).Write(web.Prose.Words[i]).Write("</a></li>\n"u8);
        }

        reply.Write("</ul>\n</nav>\n</header>\n<main>\n<article>\n<h1>"u8);
        WriteTitle(reply);
        reply.Write("</h1>\n"u8);
        WriteArticle(reply, ref state);
        WriteList(reply, ref state);
        reply.Write("</main>\n<footer>\n<p>&copy; 2026 "u8).Write(web.Hosts[host].Name)
            .Write(" &middot; <a href=\"mailto:desk@example.test\">desk</a> &middot; <a href=\"/private/desk\" rel=\"nofollow\">login</a> &middot; <a href=\"#top\">top</a> &middot; <a href=\"javascript:void(0)\">menu</a></p>\n</footer>\n</body>\n</html>\n"u8);
    }

    private void WriteTitle(Reply reply) => reply.Write(web.Prose.Words[Seeded.Below(random, 8000)]).Write(" "u8)
        .Write(web.Prose.Words[Seeded.Below(Seeded.Mix(random, 7), 8000)]).Write(_korean ? " 마당 "u8 : " story "u8).Write(host).Write("."u8).Write(page);

    private void WriteArticle(Reply reply, ref ulong state)
    {
        var paragraphs = 5 + Seeded.Below(Seeded.Next(ref state), 3);
        for (var i = 0; i < paragraphs; i++)
        {
            reply.Write("<p>"u8);
            for (var sentences = 4 + Seeded.Below(Seeded.Next(ref state), 4); sentences > 0; sentences--)
            {
                reply.Write(web.Prose.Sentence(_korean, Seeded.Next(ref state)));
            }

            // Within the text: somewhere in this host, in one of the ways people write links.
            WriteLink(reply, host, Seeded.Below(Seeded.Next(ref state), web.PagesOf(host)), Seeded.Next(ref state));
            reply.Write("</p>\n"u8);
        }

        reply.Write("<img src=\"/logo.png\" alt=\"\">\n</article>\n"u8);
    }

    /// <summary>The tree, written plainly; then links across, a neighbour's page, and a redirect or a dead end now and then.</summary>
    private void WriteList(Reply reply, ref ulong state)
    {
        reply.Write("<aside>\n<ul>\n"u8);
        foreach (var child in web.ChildrenOf(host, page))
        {
            reply.Write("<li>"u8);
            WriteLink(reply, child.Host, child.Page, Seeded.Next(ref state) & 3);
            reply.Write("</li>\n"u8);
        }

        for (var across = 5 + Seeded.Below(Seeded.Next(ref state), 4); across > 0; across--)
        {
            reply.Write("<li>"u8);
            WriteLink(reply, host, Seeded.Below(Seeded.Next(ref state), web.PagesOf(host)), Seeded.Next(ref state));
            reply.Write("</li>\n"u8);
        }

        for (var i = 0; i < 2; i++)
        {
            var other = Seeded.Below(Seeded.Next(ref state), web.Hosts.Count);
            WriteLink(reply, other, Seeded.Below(Seeded.Next(ref state), web.PagesOf(other)), 1);
        }

        if (web.PassageOf(host, page) is { } passage)
        {
            reply.Write("<li><a href=\""u8).Write(passage).Write("\">more</a></li>\n"u8);
        }

        reply.Write("</ul>\n</aside>\n"u8);
    }

    /// <param name="way">0 to 3 are what any program reads right; the others are as common but need the standards.</param>
    private void WriteLink(Reply reply, int toHost, int toPage, ulong way)
    {
        var path = web.PathOf(toHost, toPage);
        var origin = web.Hosts[toHost].Origin;
        var kind = toHost != host ? (way & 1) == 0 ? 1 : 2 : (int)(way & 15);
        switch (kind)
        {
            case 1: reply.Write("<a href=\""u8).Write(origin).Write(path).Write("\">"u8); break;
            case 2: reply.Write("<a href=\"//"u8).Write(origin.AsSpan(7).ToString()).Write(path).Write("\">"u8); break;
            case 3 when page > 0: reply.Write("<a href=\".."u8).Write(path).Write("\">"u8); break;
            case 4: reply.Write("<a href=\""u8).Write(path).Write("#part-2\">"u8); break;
            case 5: reply.Write("<a href='"u8).Write(path).Write("'>"u8); break;
            case 6: reply.Write("<a href="u8).Write(path).Write(">"u8); break;
            case 7: reply.Write("<A\n  class=more\n  HREF = \"\n  "u8).Write(path).Write(" \">"u8); break;
            case 8 when (way & 0x70) == 0: reply.Write("<a data-x='>' href=\"&#x2F;"u8).Write(path.AsSpan(1).ToString()).Write("\">"u8); break;
            case 9: reply.Write("<a rel=\"nofollow\" href=\""u8).Write(path).Write("\">"u8); break;
            case 10: reply.Write("<a href=\"/news/./../"u8).Write(path.AsSpan(1).ToString()).Write("\">"u8); break;
            case 11: reply.Write("<a href=\"HTTP://"u8).Write(origin.AsSpan(7).ToString()).Write(path).Write("\">"u8); break;
            default: reply.Write("<a href=\""u8).Write(path).Write("\">"u8); break;
        }

        reply.Write(web.Prose.Words[Seeded.Below(way ^ random, 8000)]).Write("</a> "u8);
    }
}

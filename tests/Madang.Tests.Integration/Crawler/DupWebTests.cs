using System.Numerics;
using System.Text;
using Madang.Bench.Sites;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Integration.Crawler;

/// <summary>The generator's truth about likeness holds, and the crawler's fingerprint finds what it calls near.</summary>
public sealed class DupWebTests
{
    private static readonly DupWeb Web = new(11, 2100, 2, 8000);

    [Fact]
    public void A_copy_is_the_same_bytes_and_a_near_page_differs_in_few_words()
    {
        for (var document = 0; document < 30; document++)
        {
            Assert.Equal(Body(0, document, Likeness.Original), Body(0, document, Likeness.Copy));
            Assert.InRange(WordsApart(document, Likeness.Near), 1, 3);
            Assert.InRange(WordsApart(document, Likeness.Edited), 3, 20);
            Assert.InRange(WordsApart(document, Likeness.Most), 60, 250);
            Assert.InRange(WordsApart(document, Likeness.Half), 200, 600);
        }
    }

    [Fact]
    public void Fingerprints_within_three_bits_find_the_near_duplicates_and_hardly_anything_else()
    {
        using var page = new ParsedPage();
        var prints = (from host in Web.Hosts
                      from document in Enumerable.Range(0, Web.Documents)
                      from likeness in new[] { Likeness.Original, Likeness.Near, Likeness.Edited, Likeness.Half, Likeness.Most }
                      select (Host: host.Index, Document: document, Likeness: likeness, Print: Print(page, host.Index, document, likeness))).ToList();
        var (right, wrong) = (0, 0);
        for (var i = 0; i < prints.Count; i++)
        {
            for (var j = i + 1; j < prints.Count; j++)
            {
                if (BitOperations.PopCount(prints[i].Print ^ prints[j].Print) <= 3)
                {
                    var isNear = (prints[i].Host, prints[i].Document) == (prints[j].Host, prints[j].Document)
                        && IsTrulyNear(prints[i].Likeness) && IsTrulyNear(prints[j].Likeness);
                    _ = isNear ? right++ : wrong++;
                }
            }
        }

        var truth = Web.Hosts.Count * Web.Documents * 3;
        var (precision, recall) = (right / (double)(right + wrong), right / (double)truth);
        TestContext.Current.TestOutputHelper?.WriteLine($"precision {precision:0.0000}, recall {recall:0.0000} of {truth} pairs");
        Assert.True(precision >= 0.98 && recall >= 0.95, $"precision {precision:0.0000}, recall {recall:0.0000}");
    }

    [Fact]
    public async Task Every_promised_page_answers_and_every_disguise_shows_the_original()
    {
        await using var server = Mixes.Start(new MixSettings("dup", 240, 2, 3), 0);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var promise in server.Web.Promises())
        {
            var url = server.Web.Hosts[promise.Host].Origin + promise.Target;
            var body = await http.GetStringAsync(url, TestContext.Current.CancellationToken);
            if (DupWeb.Read(promise.Target).Likeness == Likeness.Original)
            {
                Assert.Equal(body, await http.GetStringAsync(url + "?utm_source=mail&utm_medium=link", TestContext.Current.CancellationToken));
                Assert.Equal(body, await http.GetStringAsync(url + ";jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9", TestContext.Current.CancellationToken));
            }
        }
    }

    [Fact]
    public async Task Nine_links_of_ten_on_a_trap_site_lead_into_traps_and_the_rest_to_all_real_pages()
    {
        await using var server = Mixes.Start(new MixSettings("trap", 200, 2, 3), 0);
        var found = await PlainCrawl.FollowAsync(server.Web.Seeds, url => !TrapWeb.IsTrap(url.PathAndQuery), TestContext.Current.CancellationToken);
        Assert.Equal(server.Web.Promises().Select(promise => server.Web.Hosts[promise.Host].Origin + promise.Target).Order(), found.Keys.Order());

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var page = new ParsedPage();
        PageParser.Default.Parse(await http.GetByteArrayAsync(server.Web.Seeds[0], TestContext.Current.CancellationToken), "text/html", page);
        var traps = page.Links.ToArray().Count(link => TrapWeb.IsTrap(Encoding.UTF8.GetString(page.Href(link))));
        Assert.InRange(traps / (double)page.Links.Length, 0.88, 0.92);
    }

    private static bool IsTrulyNear(Likeness likeness) => likeness is Likeness.Original or Likeness.Near or Likeness.Edited;

    private static ulong Print(ParsedPage page, int host, int document, Likeness likeness)
    {
        PageParser.Default.Parse(Body(host, document, likeness), "text/html; charset=utf-8", page);
        return page.SimHash;
    }

    private static byte[] Body(int host, int document, Likeness likeness)
    {
        using var reply = new Reply();
        Web.Write(reply, host, document, likeness);
        return reply.Body.ToArray();
    }

    private static int WordsApart(int document, Likeness likeness)
    {
        var first = Encoding.UTF8.GetString(Body(0, document, Likeness.Original)).Split(' ');
        var second = Encoding.UTF8.GetString(Body(0, document, likeness)).Split(' ').ToList();
        return first.Count(word => !second.Remove(word));
    }
}

using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Madang.Tests.Integration.Feeds;

/// <summary>A home feed under a secret address, as a feed reader reads it.</summary>
public sealed class HomeTokenTests
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_feed_reader_reads_what_its_person_may_see_now_and_nothing_when_nothing_changed(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        var (mina, jun, sora) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"), await host.PersonAsync("sora"));
        _ = await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/follows/{mina.Id}", null);
        _ = await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/follows/{sora.Id}", null);
        var (open, close) = (await WriteAsync(mina, "모두에게", "public"), await WriteAsync(mina, "팔로워에게", "followers"));
        await WriteAsync(mina, "친구에게", "friends");
        _ = await MadangHost.PostAsync(sora.Http, $"/v1/posts/{open}/share", new JsonObject { ["client_id"] = "s1", ["text"] = "보세요" });
        var made = await MadangHost.PostAsync(jun.Http, "/v1/me/feed-token", new JsonObject());
        var (atom, json) = ((string)made["atom_url"]!, (string)made["json_url"]!);
        var reader = host.Client();

        using var first = await reader.GetAsync(atom, Cancel);
        Assert.Equal("application/atom+xml", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("no-referrer", "noindex"), (string.Join(',', first.Headers.GetValues("Referrer-Policy")), string.Join(',', first.Headers.GetValues("X-Robots-Tag"))));
        Assert.True(first.Headers.CacheControl is { Private: true, NoCache: true });
        var feed = XDocument.Parse(await first.Content.ReadAsStringAsync(Cancel)).Root!;
        Assert.Equal([$"보세요\n\n{host.Address}posts/{open}", "팔로워에게", "모두에게"], feed.Elements(Atom + "entry").Select(entry => (string)entry.Element(Atom + "content")!));
        Assert.DoesNotContain((string)made["token"]!, (string)feed.Element(Atom + "id")!, StringComparison.Ordinal);
        Assert.Equal(3, JsonNode.Parse(await reader.GetStringAsync(json, Cancel))!["items"]!.AsArray().Count);

        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(reader, atom, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!)));
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(reader, atom, request => request.Headers.IfModifiedSince = first.Content.Headers.LastModified));
        // Once the block commits nothing of hers goes out, and what a reader holds is out of date.
        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/blocks/{jun.Id}", null);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(reader, atom, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!)));
        Assert.Empty(XDocument.Parse(await reader.GetStringAsync(atom, Cancel)).Root!.Elements(Atom + "entry"));
        Assert.True(close.Length > 0);
    }

    [Fact]
    public async Task The_address_is_shown_once_and_leads_nowhere_when_it_was_renewed_deleted_or_its_person_is_gone()
    {
        await using var host = await MadangHost.StartAsync();
        var (admin, mina) = (await host.AdminAsync(), await host.PersonAsync("mina"));
        var reader = host.Client();
        await Problems.AssertAsync(await mina.Http.GetAsync("/v1/me/feed-token", Cancel), HttpStatusCode.NotFound, "not_found");
        var one = await MadangHost.PostAsync(mina.Http, "/v1/me/feed-token", new JsonObject());
        var shown = await MadangHost.GetAsync(mina.Http, "/v1/me/feed-token");
        Assert.Equal((string)one["created_at"]!, (string)shown["created_at"]!);
        Assert.Null(shown["token"]);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(reader, (string)one["atom_url"]!));

        // It opens nothing else.
        using var other = host.Client((string)one["token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/v1/feed", Cancel)).StatusCode);
        var two = await MadangHost.PostAsync(mina.Http, "/v1/me/feed-token", new JsonObject());
        await Problems.AssertAsync(await reader.GetAsync((string)one["atom_url"]!, Cancel), HttpStatusCode.NotFound, "not_found");
        _ = await MadangHost.SendAsync(admin.Http, HttpMethod.Patch, $"/v1/admin/users/{mina.Id}", new JsonObject { ["disabled"] = true });
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(reader, (string)two["json_url"]!));
        _ = await MadangHost.SendAsync(admin.Http, HttpMethod.Patch, $"/v1/admin/users/{mina.Id}", new JsonObject { ["disabled"] = false });
        Assert.Equal(HttpStatusCode.OK, await AskAsync(reader, (string)two["json_url"]!));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync(reader, (string)two["json_url"]! + "?cursor=x"));

        var again = (await host.AdminAsync()).Http;
        Assert.Equal(HttpStatusCode.NoContent, (await again.DeleteAsync("/v1/me/feed-token", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(reader, (string)two["json_url"]!));
        foreach (var path in new[] { "/v1/f/mdf_x/home.atom", $"/v1/f/{new string('x', 4_000)}/home.atom" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(reader, path));
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient reader, string url, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        with?.Invoke(request);
        using var answer = await reader.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static async Task<string> WriteAsync(Person author, string text, string audience) => (string)(await MadangHost.PostAsync(
        author.Http, "/v1/posts", new JsonObject { ["client_id"] = Guid.CreateVersion7().ToString(), ["text"] = text, ["audience"] = audience }))["id"]!;
}

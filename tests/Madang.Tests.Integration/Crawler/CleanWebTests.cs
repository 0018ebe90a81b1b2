using System.Net;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary>The generated internet keeps its own promises; otherwise it could not judge a crawler.</summary>
public sealed class CleanWebTests
{
    [Fact]
    public async Task Following_every_link_from_the_seeds_finds_what_is_promised_and_nothing_else()
    {
        await using var server = Mixes.Start(new MixSettings("clean", 400, 12, 5), 0);
        var found = await PlainCrawl.FollowAsync(
            server.Web.Seeds, url => !url.AbsolutePath.StartsWith("/private/", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var promised = server.Web.Promises().ToLookup(promise => promise.Role, promise => server.Web.Hosts[promise.Host].Origin + promise.Target);
        Assert.Equal(promised[Role.Page].Order(), found.Where(url => url.Value == HttpStatusCode.OK).Select(url => url.Key).Order());
        Assert.Equal(promised[Role.Passage].Order(), found.Where(url => url.Value != HttpStatusCode.OK).Select(url => url.Key).Order());
        Assert.Equal(400, promised[Role.Page].Count());
        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check.IsExact, check.ToString());
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_internet_and_another_seed_another()
    {
        var first = await TextsAsync(7);
        Assert.Equal(first, await TextsAsync(7));
        Assert.NotEqual(first, await TextsAsync(8));
        Assert.All(first.Skip(1), page => Assert.InRange(page.Length, 4_000, 12_000));
    }

    [Fact]
    public async Task A_version_that_the_visitor_has_is_answered_with_304_and_no_body()
    {
        await using var server = Mixes.Start(new MixSettings("clean", 10, 2, 1), 0);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var url = server.Web.Seeds[0];
        using var first = await http.GetAsync(url, TestContext.Current.CancellationToken);
        using var asking = new HttpRequestMessage(HttpMethod.Get, url);
        asking.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.SendAsync(asking, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal([200, 304], server.Log.Read().Select(request => request.Status));
    }

    [Fact]
    public void What_was_not_fetched_fetched_twice_or_never_promised_is_told()
    {
        var web = Mixes.Make(new MixSettings("clean", 20, 2, 1), [8000]);
        var log = web.Promises().Select((promise, i) => new LoggedRequest(i, i + 1, 1, promise.Host, promise.Target, promise.Role == Role.Page ? 200 : 404, 9, 0)).ToList();
        Assert.True(PageSetCheck.Of(web, log).IsExact);

        var lost = log.First(request => request.Status == 200);
        var check = PageSetCheck.Of(web, [.. log.Where(request => request != lost), log.Last(request => request.Status == 200), lost with { Target = "/never" }, lost with { Target = "/private/desk" }]);
        Assert.Equal((1, 1, 1, 1), (check.Lost.Count, check.Refetched.Count, check.Strange.Count, check.Forbidden.Count));
        Assert.Equal(web.Hosts[lost.Host].Origin + lost.Target, check.Lost[0]);
    }

    private static async Task<IReadOnlyList<string>> TextsAsync(ulong seed)
    {
        // The port stands in the links, so the servers are asked for their text without it.
        await using var server = Mixes.Start(new MixSettings("clean", 30, 3, seed), 0);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var texts = new List<string>();
        foreach (var promise in server.Web.Promises().Where(promise => promise.Role == Role.Page).Take(10))
        {
            var url = server.Web.Hosts[promise.Host].Origin + promise.Target;
            texts.Add((await http.GetStringAsync(url, TestContext.Current.CancellationToken)).Replace($":{server.Ports[0]}", "", StringComparison.Ordinal));
        }

        return texts;
    }
}

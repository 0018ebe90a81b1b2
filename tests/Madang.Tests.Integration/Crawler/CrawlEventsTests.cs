using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Following a crawl: what is told, and when a stream ends.</summary>
public sealed class CrawlEventsTests
{
    [Fact]
    public async Task The_state_comes_first_then_progress_and_each_change_of_state()
    {
        await using var host = await CrawlingHost.StartAsync();
        await using var site = await SmallSite.StartAsync(CrawlHttpTests.Garden());
        var admin = (await host.AdminAsync()).Http;
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site, new() { ["delay_ms"] = 1_500 }))["id"]!;
        await using var stream = await CrawlEventStream.OpenAsync(admin, id);

        var (first, crawl) = (await stream.NextAsync())!.Value;
        Assert.Equal(("state", "running"), (first, (string)crawl["state"]!));
        var (second, progress) = (await stream.NextAsync())!.Value;
        Assert.Equal("progress", second);
        Assert.NotNull(progress["fetched"]);

        await MadangHost.PostAsync(admin, $"/v1/crawls/{id}/pause", new JsonObject());
        Assert.Equal("paused", (string)(await NextStateAsync(stream))["state"]!);
        await MadangHost.PostAsync(admin, $"/v1/crawls/{id}/stop", new JsonObject());
        Assert.Equal("stopped", (string)(await NextStateAsync(stream))["state"]!);
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task A_stream_ends_within_seconds_when_its_credential_is_revoked()
    {
        await using var host = await CrawlingHost.StartAsync();
        await using var site = await SmallSite.StartAsync(CrawlHttpTests.Garden());
        var admin = (await host.AdminAsync()).Http;
        var other = await host.PersonAsync("other", "admin");
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site, new() { ["delay_ms"] = 60_000 }))["id"]!;
        await using var stream = await CrawlEventStream.OpenAsync(other.Http, id);
        Assert.NotNull(await stream.NextAsync());

        await MadangHost.SendAsync(admin, HttpMethod.Delete, $"/v1/admin/users/{other.Id}/sessions", null);
        await stream.AllAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_stops_lets_go_of_its_readers_and_says_when_to_return()
    {
        var host = await CrawlingHost.StartAsync();
        await using var site = await SmallSite.StartAsync(CrawlHttpTests.Garden());
        var admin = (await host.AdminAsync()).Http;
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site, new() { ["delay_ms"] = 60_000 }))["id"]!;
        using var answer = await admin.GetAsync($"/v1/crawls/{id}/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var text = answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Matches(@"\nretry: [0-9]+\n\n$", await text);
    }

    [Fact]
    public async Task One_credential_follows_so_many_and_no_more()
    {
        await using var host = await CrawlingHost.StartAsync();
        await using var site = await SmallSite.StartAsync(CrawlHttpTests.Garden());
        var admin = (await host.AdminAsync()).Http;
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site, new() { ["delay_ms"] = 60_000 }))["id"]!;
        var streams = new List<CrawlEventStream>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                streams.Add(await CrawlEventStream.OpenAsync(admin, id));
                Assert.Equal(HttpStatusCode.OK, streams[^1].Status);
                Assert.NotNull(await streams[^1].NextAsync());
            }

            using var refused = await admin.GetAsync($"/v1/crawls/{id}/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("too_many_streams", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!);
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task What_does_not_exist_cannot_be_followed()
    {
        await using var host = await CrawlingHost.StartAsync();
        var admin = (await host.AdminAsync()).Http;
        using var answer = await admin.GetAsync("/v1/crawls/77/events", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<JsonNode> NextStateAsync(CrawlEventStream stream)
    {
        while (true)
        {
            var (name, data) = (await stream.NextAsync())!.Value;
            if (name == "state")
            {
                return data;
            }
        }
    }
}

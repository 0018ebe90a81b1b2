using System.Text.Json.Nodes;
using Madang.Feeds.Timelines;
using Madang.Feeds.Timelines.Keeping;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Feeds;

/// <summary>A real server that is stopped and started again, and the timelines of who comes back.</summary>
public sealed class KeptTimelineTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_comes_back_after_a_restart_finds_a_ring_and_everything_that_holds_by_then(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Feeds:KeepTimelinesMegabytes"] = "4" }, postgres);
        var (mina, sora) = (await host.PersonAsync("mina"), await host.PersonAsync("sora"));
        List<Person> readers = [await host.PersonAsync("jun"), await host.PersonAsync("bora"), await host.PersonAsync("hana")];
        foreach (var reader in readers)
        {
            await PutAsync(reader, $"/v1/follows/{mina.Id}");
            await PutAsync(reader, $"/v1/follows/{sora.Id}");
        }

        List<string> posts = [await WriteAsync(sora, "one"), await WriteAsync(mina, "two"), await WriteAsync(mina, "three")];
        foreach (var reader in readers)
        {
            Assert.Equal(Enumerable.Reverse(posts), await FeedAsync(reader));
        }

        // Some of these may still be on their way when the server stops.
        for (var i = 0; i < 20; i++)
        {
            posts.Add(await WriteAsync(mina, $"more {i}"));
        }

        var kept = await RestartAsync(host, 3);
        var file = Path.Combine(host.Data, "timelines.kept");
        Assert.False(File.Exists(file));
        (mina, sora, readers) = (Again(host, mina), Again(host, sora), [.. readers.Select(reader => Again(host, reader))]);
        posts.Add(await WriteAsync(sora, "after the restart"));
        Assert.Equal(Enumerable.Reverse(posts), await FeedAsync(readers[0]));
        Assert.Equal(2, kept.Count);
        Assert.Equal("ring", (string)(await MadangHost.GetAsync(readers[0].Http, $"/v1/feed/explain?post_id={posts[0]}"))["place"]!);

        // What changed since holds, for rings that are back and for those that are not yet.
        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/posts/{posts[1]}", null);
        posts.RemoveAt(1);
        await PutAsync(sora, $"/v1/blocks/{readers[1].Id}");
        _ = await MadangHost.SendAsync(readers[2].Http, HttpMethod.Delete, $"/v1/follows/{sora.Id}", null);
        List<string> minas = [.. posts.Where(post => post != posts[0] && post != posts[^1])];
        Assert.Equal(Enumerable.Reverse(posts), await FeedAsync(readers[0]));
        Assert.Equal(Enumerable.Reverse(minas), await FeedAsync(readers[1]));
        Assert.Equal(Enumerable.Reverse(minas), await FeedAsync(readers[2]));
        posts.Add(await WriteAsync(mina, "and on"));
        Assert.Equal(Enumerable.Reverse(posts), await FeedAsync(readers[0]));
        var timelines = host.Services.GetRequiredService<WarmTimelines>();
        foreach (var warm in timelines.Shards.SelectMany(shard => shard.Readers()))
        {
            Assert.Empty(await host.Services.GetRequiredService<Auditor>().CompareAsync(warm, TestContext.Current.CancellationToken) ?? []);
        }
    }

    /// <summary>Until what was kept waits for its readers.</summary>
    private static async Task<KeptTimelines> RestartAsync(MadangHost host, int readers)
    {
        await host.RestartAsync();
        await host.Services.GetRequiredService<Keeper>().ExecuteTask!.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        var kept = host.Services.GetRequiredService<WarmTimelines>().Kept!;
        Assert.Equal(readers, kept.Count);
        return kept;
    }

    private static Person Again(MadangHost host, Person person) => person with { Http = host.Client(person.Token) };

    private static Task<JsonNode> PutAsync(Person person, string path) => MadangHost.SendAsync(person.Http, HttpMethod.Put, path, null);

    private static async Task<string> WriteAsync(Person author, string text) =>
        (string)(await MadangHost.PostAsync(author.Http, "/v1/posts", new JsonObject { ["client_id"] = text, ["text"] = text, ["audience"] = "public" }))["id"]!;

    private static async Task<List<string>> FeedAsync(Person reader) =>
        [.. (await MadangHost.GetAsync(reader.Http, "/v1/feed?limit=100"))["items"]!.AsArray().Select(item => (string)item!["id"]!)];
}

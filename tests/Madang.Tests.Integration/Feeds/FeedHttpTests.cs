using System.Text.Json.Nodes;
using Madang.Feeds.Posts;
using Madang.Feeds.Ranking;
using Madang.Tests.Integration.Chat;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Feeds;

/// <summary>Feeds over HTTP on the real server: written, read, told live, explained.</summary>
public sealed class FeedHttpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_published_is_in_the_next_read_and_told_to_who_is_connected(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        var (mina, jun, sora) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"), await host.PersonAsync("sora"));
        await FollowAsync(jun, mina);
        await FollowAsync(sora, mina);
        Assert.Empty(Items(await MadangHost.GetAsync(jun.Http, "/v1/feed")));
        Assert.Empty(Items(await MadangHost.GetAsync(sora.Http, "/v1/feed")));
        await using var juns = await Socket.OpenAsync(host, jun);
        await using var soras = await Socket.OpenAsync(host, sora);
        // Sora is not told of what she does not want to see.
        _ = await MadangHost.SendAsync(sora.Http, HttpMethod.Put, $"/v1/mutes/{mina.Id}", null);

        var post = await WriteAsync(mina, "안녕 #마당");
        var read = await MadangHost.GetAsync(jun.Http, "/v1/feed?limit=5");
        Assert.Equal([post], Items(read));
        Assert.Equal("안녕 #마당", (string)read["items"]![0]!["text"]!);
        Assert.Equal("{\"comments\":0,\"likes\":0,\"shares\":0}", read["items"]![0]!["counts"]!.ToJsonString());
        Assert.Null((string?)read["next"]);
        var signal = await juns.NextAsync("signal");
        Assert.Equal(("feed.new", post, mina.Id), ((string)signal["type"]!, (string)signal["data"]!["post_id"]!, (string)signal["data"]!["author_id"]!));
        Assert.Empty(Items(await MadangHost.GetAsync(sora.Http, "/v1/feed")));

        _ = await MadangHost.SendAsync(sora.Http, HttpMethod.Delete, $"/v1/mutes/{mina.Id}", null);
        var second = await WriteAsync(mina, "둘");
        Assert.Equal(second, (string)(await soras.NextAsync("signal"))["data"]!["post_id"]!);
        Assert.Equal([second], Items(await MadangHost.GetAsync(jun.Http, $"/v1/feed?cursor={(string)read["prev"]!}")));
        Assert.Equal([post], Items(await MadangHost.GetAsync(jun.Http, "/v1/tags/마당/posts")));
    }

    [Fact]
    public async Task A_mark_is_where_oldest_first_goes_on_and_other_devices_hear_of_it()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"));
        await FollowAsync(jun, mina);
        var posts = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            posts.Add(await WriteAsync(mina, $"post {i}"));
        }

        Assert.Null((await MadangHost.GetAsync(jun.Http, "/v1/feed/mark"))["post_id"]);
        await using var phone = await Socket.OpenAsync(host, jun);
        _ = await MadangHost.SendAsync(jun.Http, HttpMethod.Put, "/v1/feed/mark", new JsonObject { ["post_id"] = posts[1] });
        var signal = await phone.NextAsync("signal");
        Assert.Equal(("feed.mark", posts[1]), ((string)signal["type"]!, (string)signal["data"]!["post_id"]!));
        var unread = await MadangHost.GetAsync(jun.Http, "/v1/feed?order=oldest&limit=2");
        Assert.Equal(posts[2..4], Items(unread));
        Assert.Equal(posts[4..], Items(await MadangHost.GetAsync(jun.Http, $"/v1/feed?cursor={(string)unread["next"]!}&limit=2")));
        Assert.Equal([posts[1], posts[0]], Items(await MadangHost.GetAsync(jun.Http, $"/v1/feed?cursor={(string)unread["prev"]!}&limit=2")).Reverse());
    }

    [Fact]
    public async Task Why_a_post_is_in_a_feed_is_told_to_its_reader_and_everything_to_moderators()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun, keeper) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"), await host.PersonAsync("keeper", "moderator"));
        var post = await WriteAsync(mina, "for followers", "followers");
        Assert.Equal("not_found", await CodeAsync(jun, $"/v1/feed/explain?post_id={post}"));
        await FollowAsync(jun, mina);
        var told = await MadangHost.GetAsync(jun.Http, $"/v1/feed/explain?post_id={post}");
        Assert.True((bool)told["in_feed"]!);
        Assert.Equal("[\"followee\"]", told["by"]!.ToJsonString());
        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/blocks/{jun.Id}", null);
        Assert.Equal("not_found", await CodeAsync(jun, $"/v1/feed/explain?post_id={post}"));
        Assert.Equal("forbidden", await CodeAsync(jun, $"/v1/feed/explain?post_id={post}&user_id={mina.Id}"));
        told = await MadangHost.GetAsync(keeper.Http, $"/v1/feed/explain?post_id={post}&user_id={jun.Id}");
        Assert.Equal("[\"blocked\",\"not_followed\"]", told["without"]!.ToJsonString());
    }

    [Fact]
    public async Task Odd_questions_are_refused_by_a_code()
    {
        await using var host = await MadangHost.StartAsync();
        var mina = await host.PersonAsync("mina");
        string[] invalid =
        [
            "/v1/feed?limit=0", "/v1/feed?limit=101", "/v1/feed?cursor=AQ", "/v1/feed?since=x", "/v1/feed?order=random", "/v1/feed?seen=0", "/v1/feed/explain",
            "/v1/feed/explain?post_id=0", "/v1/feed/mark?list_id=-1", "/v1/tags/madang/posts?cursor=%00",
            "/v1/feed?ranker=magic", "/v1/feed?ranker=", "/v1/feed?ranker=scored&order=oldest", "/v1/feed?ranker=scored&since=5", "/v1/feed?ranker=scored&limit=0",
            "/v1/feed?ranker=scored&cursor=x", "/v1/search/posts", "/v1/search/posts?q=", "/v1/search/posts?q=%20!%3F", "/v1/search/posts?q=a&cursor=x", "/v1/search/posts?q=a&limit=0",
        ];
        foreach (var path in invalid)
        {
            Assert.Equal((path, "invalid_fields"), (path, await CodeAsync(mina, path)));
        }

        Assert.Equal("snapshot_gone", await CodeAsync(mina, "/v1/feed?ranker=scored&cursor=" + new RankedCursor(7, 0)));
        foreach (var path in new[] { "/v1/feed/mark?list_id=5", "/v1/lists/5/feed", "/v1/lists/x/feed", "/v1/tags/%20/posts", "/v1/feed/explain?post_id=5" })
        {
            Assert.Equal((path, "not_found"), (path, await CodeAsync(mina, path)));
        }
    }

    [Fact]
    public async Task A_ranked_feed_tells_why_and_goes_on_page_by_page()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun, reader) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"), await host.PersonAsync("reader"));
        await FollowAsync(reader, mina);
        await FollowAsync(reader, jun);
        var old = await WriteAsync(mina, "old");
        _ = await MadangHost.SendAsync(reader.Http, HttpMethod.Put, $"/v1/posts/{old}/reactions/like", null);
        // Otherwise it would be counted somewhere between the first look and the last.
        await host.Services.GetRequiredService<DeedCounting>().RunAsync(TestContext.Current.CancellationToken);
        var (near, newest) = (await WriteAsync(mina, "near"), await WriteAsync(jun, "newest"));

        var first = await MadangHost.GetAsync(reader.Http, "/v1/feed?ranker=scored&limit=2");
        Assert.Equal("scored", (string)first["ranker"]!);
        // What was liked, then somebody else, then the same author again.
        Assert.Equal([old, newest], Items(first));
        var why = first["why"]![old]!;
        Assert.Equal("[\"followee\"]", why["by"]!.ToJsonString());
        Assert.Equal((double)why["score"]!, why["factors"]!.AsArray().Sum(factor => (double)factor!["points"]!), 1e-3);
        Assert.Equal(["recency", "affinity", "engagement", "tag", "repeat"], why["factors"]!.AsArray().Select(factor => (string)factor!["name"]!));
        var second = await MadangHost.GetAsync(reader.Http, $"/v1/feed?ranker=scored&limit=2&cursor={(string)first["next"]!}");
        Assert.Equal([near], Items(second));
        Assert.Null((string?)second["next"]);

        var told = (await MadangHost.GetAsync(reader.Http, $"/v1/feed/explain?post_id={near}"))["rankings"]![0]!;
        Assert.Equal(("scored", 3), ((string)told["ranker"]!, (int)told["place"]!));
        Assert.Equal([newest, near, old], Items(await MadangHost.GetAsync(reader.Http, "/v1/feed?ranker=chronological")));
    }

    [Fact]
    public async Task Posts_are_found_by_their_words_as_soon_as_the_log_was_read()
    {
        await using var host = await MadangHost.StartAsync();
        var (mina, jun) = (await host.PersonAsync("mina"), await host.PersonAsync("jun"));
        var (open, _) = (await WriteAsync(mina, "우리 마당에서 만나요"), await WriteAsync(mina, "우리 마당의 비밀", "friends"));
        await host.Services.GetRequiredService<PostLogPump>().RunAsync(TestContext.Current.CancellationToken);

        var found = await MadangHost.GetAsync(jun.Http, "/v1/search/posts?q=마당");
        Assert.Equal([open], Items(found));
        Assert.Equal("우리 마당에서 만나요", (string)found["items"]![0]!["text"]!);
        Assert.Equal(2, Items(await MadangHost.GetAsync(mina.Http, "/v1/search/posts?q=마당&limit=2")).Length);
    }

    private static async Task<string> CodeAsync(Person person, string path)
    {
        using var answer = await person.TryAsync(HttpMethod.Get, path);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!;
    }

    private static Task FollowAsync(Person follower, Person author) => MadangHost.SendAsync(follower.Http, HttpMethod.Put, $"/v1/follows/{author.Id}", null);

    private static async Task<string> WriteAsync(Person author, string text, string audience = "public") => (string)(await MadangHost.PostAsync(
        author.Http, "/v1/posts", new JsonObject { ["client_id"] = Guid.CreateVersion7().ToString(), ["text"] = text, ["audience"] = audience }))["id"]!;

    private static string[] Items(JsonNode page) => [.. page["items"]!.AsArray().Select(item => (string)item!["id"]!)];
}

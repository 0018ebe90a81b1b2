using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Feeds;

/// <summary><c>/v1/sources</c>: a feed on loopback becomes an author, and each of its items a post, once.</summary>
public abstract class SourceFacts(SourceHost server)
{
    private static int _people;
    private readonly MadangHost _host = server.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_become_posts_once_and_new_ones_follow()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "첫 소식"), ("2", "둘째 소식")];
        var person = await _host.PersonAsync("source_a");

        var source = await AddAsync(person.Http, $"{site.Address}/feed.xml");
        Assert.Equal("feed", (string)source["kind"]!);
        var author = (string)source["user_id"]!;
        Assert.Equal("우리 동네", (string)(await MadangHost.GetAsync(person.Http, $"/v1/users/{author}"))["display_name"]!);
        var posts = await PostsAsync(person.Http, author, 2);
        // The newest item of a feed stands first in it, and last in time.
        Assert.StartsWith("첫 소식", (string)posts[0]["text"]!, StringComparison.Ordinal);
        Assert.Contains($"{site.Address}/1", (string)posts[0]["text"]!, StringComparison.Ordinal);

        site.Items = [("3", "셋째 소식"), .. site.Items];
        posts = await PostsAsync(person.Http, author, 3);
        Assert.StartsWith("셋째 소식", (string)posts[0]["text"]!, StringComparison.Ordinal);

        // Asked twice more: nothing is new, so nothing is said again.
        await site.AskedAsync(site.Asked + 2, Cancel);
        Assert.Equal(3, (await PostsAsync(person.Http, author, 3)).Count);
    }

    [Fact]
    public async Task A_page_that_names_its_feed_stands_for_the_feed_and_one_address_is_one_source()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소식")];
        var person = await _host.PersonAsync("source_b");

        var one = await AddAsync(person.Http, $"{site.Address}/");
        using var again = await person.Http.PostAsJsonAsync("/v1/sources", new { url = $"{site.Address}/feed.xml#top" }, Cancel);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal((string)one["id"]!, (string)(await JsonNode.ParseAsync(await again.Content.ReadAsStreamAsync(Cancel), cancellationToken: Cancel))!["id"]!);
        Assert.Equal($"{site.Address}/feed.xml", (string)one["url"]!);
    }

    [Fact]
    public async Task A_source_that_moves_is_followed()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소식")];
        var person = await _host.PersonAsync("source_c");
        var author = (string)(await AddAsync(person.Http, $"{site.Address}/feed.xml"))["user_id"]!;
        await PostsAsync(person.Http, author, 1);

        site.MovedTo = "/new.xml";
        site.Items = [("2", "이사 소식"), .. site.Items];

        Assert.StartsWith("이사 소식", (string)(await PostsAsync(person.Http, author, 2))[0]["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_tells_that_its_site_fails()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소식")];
        var person = await _host.PersonAsync("source_j");
        var source = await AddAsync(person.Http, $"{site.Address}/feed.xml");
        Assert.Null(source["last_visit"]);
        await PostsAsync(person.Http, (string)source["user_id"]!, 1);
        Assert.Equal((true, 200), await VisitAsync(true));

        site.Failing = 503;
        Assert.Equal((false, 503), await VisitAsync(false));
        var listed = (await MadangHost.GetAsync(person.Http, "/v1/sources?limit=100"))["items"]!.AsArray().Single(item => (string)item!["id"]! == (string)source["id"]!)!;
        Assert.False((bool)listed["last_visit"]!["ok"]!);
        Assert.NotNull(listed["last_visit"]!["next_at"]);

        // Looked at until it is so: visits come once a second.
        async Task<(bool Ok, int Status)> VisitAsync(bool ok)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            late.CancelAfter(TimeSpan.FromMinutes(1));
            while (true)
            {
                late.Token.ThrowIfCancellationRequested();
                if ((await MadangHost.GetAsync(person.Http, $"/v1/sources/{source["id"]}"))["last_visit"] is { } visit && (bool)visit["ok"]! == ok)
                {
                    return (ok, (int)visit["status"]!);
                }
            }
        }
    }

    [Fact]
    public async Task Whoever_made_a_source_ends_it_and_its_posts_are_gone()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소식")];
        var (maker, other) = (await _host.PersonAsync("source_d"), await _host.PersonAsync("source_e"));
        var source = await AddAsync(maker.Http, $"{site.Address}/feed.xml");
        var (id, author) = ((string)source["id"]!, (string)source["user_id"]!);
        var post = (string)(await PostsAsync(maker.Http, author, 1))[0]["id"]!;

        await Problems.AssertAsync(await other.Http.DeleteAsync($"/v1/sources/{id}", Cancel), HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.NoContent, (await maker.Http.DeleteAsync($"/v1/sources/{id}", Cancel)).StatusCode);

        await Problems.AssertAsync(await other.Http.GetAsync($"/v1/posts/{post}", Cancel), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await other.Http.GetAsync($"/v1/sources/{id}", Cancel), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task What_cannot_be_followed_is_refused()
    {
        var person = await _host.PersonAsync("source_f");
        (string Url, string Code)[] refused =
        [
            ("", "invalid_fields"),
            ("ftp://127.0.0.1/feed", "invalid_fields"),
            ("http://user:secret@127.0.0.1/feed", "invalid_fields"),
            ("http://10.0.0.1/feed", "source_refused"),
            ("http://[::ffff:169.254.169.254]/latest", "source_refused"),
            ("http://127.0.0.1:1/", "source_refused"),
        ];
        foreach (var (url, code) in refused)
        {
            using var answer = await person.Http.PostAsJsonAsync("/v1/sources", new { url }, Cancel);
            await Problems.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, code);
        }
    }

    [Fact]
    public async Task Subscriptions_of_another_reader_become_sources_that_are_followed_and_every_row_is_answered_for()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소식")];
        var person = await _host.PersonAsync("source_g");
        var opml = $"""
            <?xml version="1.0"?><opml version="1.0"><body><outline text="folder">
            <outline text="a" xmlUrl="{site.Address}/feed.xml"/><outline xmlUrl="{site.Address}/feed.xml"/><outline xmlUrl="http://10.0.0.1/feed"/>
            <outline xmlUrl="ftp://127.0.0.1/"/><outline xmlUrl="{site.Address}/nothing"/></outline></body></opml>
            """;

        var first = await ImportAsync(person.Http, opml);
        Assert.Equal((4, 1, 3, 1), ((int)first["rows"]!, (int)first["taken"]!, (int)first["not_taken"]!, (int)first["duplicates"]!));
        Assert.Equal(
            ["1 created ", "2 refused source_refused", "3 refused invalid_fields", "4 refused source_unreachable"],
            first["items"]!.AsArray().Select(row => $"{row!["row"]} {row["outcome"]} {row["code"]}"));
        var author = (string)first["items"]![0]!["source"]!["user_id"]!;
        Assert.Contains(author, (await MadangHost.GetAsync(person.Http, "/v1/follows"))["items"]!.AsArray().Select(item => (string)item!["user"]!["id"]!));
        Assert.StartsWith("소식", (string)(await PostsAsync(person.Http, author, 1))[0]["text"]!, StringComparison.Ordinal);

        // What we write, we read; and what is so already stays.
        var asked = site.Asked;
        var own = await person.Http.GetStringAsync("/v1/sources.opml", Cancel);
        var again = await ImportAsync(person.Http, own);
        Assert.Equal(((int)again["rows"]!, 0), ((int)again["taken"]!, (int)again["not_taken"]!));
        Assert.Contains($"existing {site.Address}/feed.xml", again["items"]!.AsArray().Select(row => $"{row!["outcome"]} {row["url"]}"));
        Assert.True(asked > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("<opml><body><outline xmlUrl='http://127.0.0.1/'>")]
    [InlineData("<!DOCTYPE opml [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><opml><body><outline text=\"&b;\" xmlUrl=\"http://127.0.0.1/\"/></body></opml>")]
    [InlineData("<!DOCTYPE opml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><opml><head><title>&x;</title></head><body/></opml>")]
    public async Task What_is_no_list_of_subscriptions_is_refused(string document)
    {
        var person = await _host.PersonAsync($"source_h{Interlocked.Increment(ref _people)}");
        using var answer = await person.Http.PostAsync("/v1/sources/import", new StringContent(document, Encoding.UTF8, "text/x-opml"), Cancel);
        await Problems.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, "invalid_fields", "opml");
    }

    [Fact]
    public async Task A_list_of_subscriptions_that_is_too_large_is_refused()
    {
        var person = await _host.PersonAsync("source_i");
        using var answer = await person.Http.PostAsync("/v1/sources/import", new ByteArrayContent(new byte[(1024 * 1024) + 1]), Cancel);
        await Problems.AssertAsync(answer, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    private static async Task<JsonNode> ImportAsync(HttpClient client, string opml)
    {
        using var answer = await client.PostAsync("/v1/sources/import", new StringContent(opml, Encoding.UTF8, "text/x-opml"), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync(Cancel), cancellationToken: Cancel))!;
    }

    private static async Task<JsonNode> AddAsync(HttpClient client, string url)
    {
        using var answer = await client.PostAsJsonAsync("/v1/sources", new { url }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync(Cancel), cancellationToken: Cancel))!;
    }

    /// <summary>Newest first, once there are so many: looked at again with each post that is written.</summary>
    private async Task<List<JsonNode>> PostsAsync(HttpClient client, string author, int count)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var next = server.NextPost;
            var posts = (await MadangHost.GetAsync(client, $"/v1/users/{author}/posts"))["items"]!.AsArray().Select(item => item!).ToList();
            if (posts.Count >= count)
            {
                return posts;
            }

            await next.WaitAsync(late.Token);
        }
    }
}

public sealed class SourceTests(SourceHost server) : SourceFacts(server), IClassFixture<SourceHost>;

[Trait("engine", "postgres")]
public sealed class PostgresSourceTests(PostgresSourceHost server) : SourceFacts(server), IClassFixture<PostgresSourceHost>;

public sealed class PostgresSourceHost() : SourceHost(postgres: true);

/// <summary>A server that may enter loopback and looks at sources every second.</summary>
public class SourceHost : IAsyncLifetime
{
    private readonly bool _postgres;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SourceHost()
    {
    }

    private protected SourceHost(bool postgres) => _postgres = postgres;

    public MadangHost Host { get; private set; } = null!;

    /// <summary>Ends when the next post is committed.</summary>
    public Task NextPost => Volatile.Read(ref _next).Task;

    public async ValueTask InitializeAsync()
    {
        Host = await MadangHost.StartAsync(new() { ["Madang:Outbound:Allow"] = "127.0.0.0/8", ["Madang:Feeds:SourceIntervalSeconds"] = "1" }, _postgres);
        Host.Services.GetRequiredService<Database>().OnCommit<PostChanged>(
            _ => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
    }
}

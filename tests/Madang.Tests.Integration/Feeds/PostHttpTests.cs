using System.Net;
using System.Text.Json.Nodes;
using Madang.Tests.Integration.Chat;

namespace Madang.Tests.Integration.Feeds;

/// <summary>Posts as a client meets them: bytes in, status and bytes out.</summary>
public sealed class PostHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static int _people;
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task A_retry_answers_200_with_the_first_post_and_other_content_409()
    {
        var mina = await PersonAsync();
        using var first = await mina.TryPostAsync("/v1/posts", """{"client_id":"k","text":"안녕 \ud83d\ude00"}""");
        using var again = await mina.TryPostAsync("/v1/posts", """{"client_id":"k","text":"안녕 \ud83d\ude00"}""");
        using var byHeader = await mina.TryPostAsync("/v1/posts", """{"text":"안녕 \ud83d\ude00","media":[]}""", key: "k");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode, byHeader.StatusCode));
        var body = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/json; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        Assert.Equal($"/v1/posts/{JsonNode.Parse(body)!.Id()}", first.Headers.Location!.OriginalString);
        Assert.Equal("안녕 😀", (string)JsonNode.Parse(body)!["text"]!);
        Assert.Equal(body, await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(body, await byHeader.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Problems.AssertAsync(await mina.TryPostAsync("/v1/posts", """{"client_id":"k","text":"twice"}"""), HttpStatusCode.Conflict, "idempotency_conflict");
        await Problems.AssertAsync(await mina.TryPostAsync("/v1/posts", """{"client_id":"k","text":"x"}""", key: "other"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "client_id");
    }

    [Theory]
    [InlineData("""{"client_id":"a","text":7}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":7,"text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"a","text":""}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":" \n "}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":"\u0000"}""", 422, "invalid_fields", "text")]
    [InlineData("""{"client_id":"a","text":"\ud800"}""", 422, "invalid_fields", "text")]
    [InlineData("""{"text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"draft·1","text":"x"}""", 422, "invalid_fields", "client_id")]
    [InlineData("""{"client_id":"a","text":"x","audience":"everybody"}""", 422, "invalid_fields", "audience")]
    [InlineData("""{"client_id":"a","text":"x","audience":1}""", 422, "invalid_fields", "audience")]
    [InlineData("""{"client_id":"a","text":"x","audience":"list"}""", 422, "invalid_fields", "list_id")]
    [InlineData("""{"client_id":"a","text":"x","audience":"list","list_id":"9"}""", 422, "invalid_fields", "list_id")]
    [InlineData("""{"client_id":"a","text":"x","audience":"list","list_id":9}""", 422, "invalid_fields", "list_id")]
    [InlineData("""{"client_id":"a","text":"x","list_id":"9"}""", 422, "invalid_fields", "list_id")]
    [InlineData("""{"client_id":"a","text":"x","media":[{}]}""", 422, "invalid_fields", "media")]
    [InlineData("""{"client_id":"a","text":"x","media":"y"}""", 422, "invalid_fields", "media")]
    [InlineData("""{"client_id":"a","text":"x" """, 400, "malformed_json", null)]
    [InlineData("""[]""", 422, "invalid_fields", null)]
    public async Task What_is_no_post_is_refused(string body, int status, string code, string? field)
    {
        var mina = await PersonAsync();
        await Problems.AssertAsync(await mina.TryPostAsync("/v1/posts", body), (HttpStatusCode)status, code, field);
        Assert.Empty((await MadangHost.GetAsync(mina.Http, $"/v1/users/{mina.Id}/posts"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_text_is_bounded_in_bytes_tags_and_names()
    {
        var mina = await PersonAsync();
        await RefusedAsync(new string('가', 5462));
        await RefusedAsync(string.Join(' ', Enumerable.Range(0, 31).Select(n => $"#t{n}")));
        await RefusedAsync(string.Join(' ', Enumerable.Range(0, 21).Select(n => $"@n{n}")));
        using var most = await TryAsync(new string('가', 5461) + " ");
        Assert.Equal(HttpStatusCode.Created, most.StatusCode);
        using var tags = await TryAsync(string.Join(' ', Enumerable.Range(0, 30).Select(n => $"#t{n} #T{n}")));
        Assert.Equal(HttpStatusCode.Created, tags.StatusCode);

        async Task RefusedAsync(string text) => await Problems.AssertAsync(await TryAsync(text), HttpStatusCode.UnprocessableEntity, "invalid_fields", "text");

        Task<HttpResponseMessage> TryAsync(string text) =>
            mina.TryPostAsync("/v1/posts", new JsonObject { ["client_id"] = $"{Guid.CreateVersion7()}", ["text"] = text }.ToJsonString());
    }

    [Theory]
    [InlineData("GET", "/v1/posts/0")]
    [InlineData("GET", "/v1/posts/-1")]
    [InlineData("GET", "/v1/posts/99999999999999999999")]
    [InlineData("GET", "/v1/posts/x")]
    [InlineData("PATCH", "/v1/posts/1")]
    [InlineData("DELETE", "/v1/posts/1")]
    [InlineData("GET", "/v1/posts/1/versions")]
    [InlineData("GET", "/v1/posts/1/comments")]
    [InlineData("POST", "/v1/posts/1/comments")]
    [InlineData("POST", "/v1/posts/1/share")]
    [InlineData("PUT", "/v1/posts/1/like")]
    [InlineData("PUT", "/v1/posts/1/reactions/love")]
    [InlineData("GET", "/v1/posts/1/reactions")]
    [InlineData("PUT", "/v1/posts/1/bookmark")]
    [InlineData("GET", "/v1/me/drafts/1")]
    [InlineData("PUT", "/v1/me/drafts/1")]
    [InlineData("DELETE", "/v1/me/drafts/1")]
    [InlineData("POST", "/v1/me/drafts/1/publish")]
    public async Task What_is_not_there_is_not_found(string method, string path)
    {
        var mina = await PersonAsync();
        var body = method is "POST" or "PATCH" || path == "/v1/me/drafts/1" && method == "PUT" ? """{"client_id":"a","text":"x"}""" : null;
        await Problems.AssertAsync(await mina.TryAsync(new HttpMethod(method), path, body), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("cursor=x")]
    [InlineData("cursor=AAAAAAAAAAAA")]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=1e9")]
    public async Task A_page_that_cannot_be_is_refused(string query)
    {
        var mina = await PersonAsync();
        var post = await PostAsync(mina, "x");
        foreach (var path in new[] { $"/v1/users/{mina.Id}/posts", "/v1/me/bookmarks", "/v1/me/drafts", $"/v1/posts/{post.Id()}/comments", $"/v1/posts/{post.Id()}/reactions" })
        {
            await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Get, $"{path}?{query}"), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        }
    }

    [Fact]
    public async Task A_post_lives_through_edits_answers_and_likes_to_its_tombstone()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var post = (await PostAsync(mina, "#하나")).Id();
        using var edited = await mina.TryAsync(HttpMethod.Patch, $"/v1/posts/{post}", """{"text":"#둘","version":1}""");
        Assert.Equal(HttpStatusCode.OK, edited.StatusCode);
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Patch, $"/v1/posts/{post}", """{"text":"#셋","version":1}"""), HttpStatusCode.Conflict, "version_conflict");
        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Patch, $"/v1/posts/{post}", """{"text":"mine"}"""), HttpStatusCode.NotFound, "not_found");
        var versions = (await MadangHost.GetAsync(jun.Http, $"/v1/posts/{post}/versions"))["items"]!.AsArray();
        Assert.Equal([(2, "#둘"), (1, "#하나")], versions.Select(version => ((int)version!["version"]!, (string)version["text"]!)));

        var comment = await MadangHost.PostAsync(jun.Http, $"/v1/posts/{post}/comments", new JsonObject { ["client_id"] = "c", ["text"] = "좋아요" });
        Assert.Equal(post, (string)comment["root_id"]!);
        foreach (var path in new[] { "like", "reactions/wow", "bookmark" })
        {
            using var put = await jun.TryAsync(HttpMethod.Put, $"/v1/posts/{post}/{path}");
            Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        }

        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Put, $"/v1/posts/{post}/reactions/%F0%9F%92%A9"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "kind");
        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Put, $"/v1/posts/{post}/reactions/LIKE"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "kind");
        var share = await MadangHost.PostAsync(jun.Http, $"/v1/posts/{post}/share", new JsonObject { ["client_id"] = "s" });
        Assert.Equal("#둘", (string)share["shared"]!["text"]!);
        using var twice = await jun.TryPostAsync($"/v1/posts/{post}/share", """{"client_id":"s2"}""");
        Assert.Equal(HttpStatusCode.OK, twice.StatusCode);
        var seen = await UntilAsync(jun, $"/v1/posts/{post}", found => found["counts"]!.ToJsonString() == """{"comments":1,"likes":1,"shares":1,"reactions":{"wow":1}}""");
        Assert.Equal("""{"liked":true,"bookmarked":true,"shared":true,"reactions":["wow"]}""", seen["viewer"]!.ToJsonString());
        Assert.Equal(["like", "wow"], (await MadangHost.GetAsync(mina.Http, $"/v1/posts/{post}/reactions"))["items"]![0]!["reactions"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(post, (await MadangHost.GetAsync(jun.Http, "/v1/me/bookmarks"))["items"]![0]!.Id());

        using var deleted = await mina.TryAsync(HttpMethod.Delete, $"/v1/posts/{post}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.True((bool)(await MadangHost.GetAsync(jun.Http, $"/v1/posts/{post}"))["deleted"]!);
        Assert.Equal("좋아요", (string)(await MadangHost.GetAsync(jun.Http, $"/v1/posts/{post}/comments"))["items"]![0]!["text"]!);
        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Get, $"/v1/posts/{post}/versions"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Get, $"/v1/posts/{share.Id()}"), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_scheduled_post_appears_by_itself_and_its_draft_is_gone()
    {
        var mina = await PersonAsync();
        var at = TimeProvider.System.GetUtcNow().AddSeconds(1);
        var draft = await MadangHost.PostAsync(mina.Http, "/v1/me/drafts", new JsonObject { ["text"] = "예약", ["publish_at"] = at.ToString("O") });
        Assert.Equal("예약", (string)(await MadangHost.GetAsync(mina.Http, "/v1/me/drafts"))["items"]![0]!["text"]!);
        var profile = await UntilAsync(mina, $"/v1/users/{mina.Id}/posts", found => found["items"]!.AsArray().Count > 0);
        Assert.Equal("예약", (string)Assert.Single(profile["items"]!.AsArray())!["text"]!);
        await UntilAsync(mina, "/v1/me/drafts", found => found["items"]!.AsArray().Count == 0);
        await Problems.AssertAsync(await mina.TryAsync(HttpMethod.Get, $"/v1/me/drafts/{draft.Id()}"), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_preview_of_a_link_to_a_post_is_the_post_for_who_may_see_it()
    {
        var (mina, jun) = (await PersonAsync(), await PersonAsync());
        var open = (await PostAsync(mina, "안녕")).Id();
        var link = Uri.EscapeDataString(new Uri(_host.Address, $"/posts/{open}").ToString());
        var preview = await MadangHost.GetAsync(jun.Http, $"/v1/preview?url={link}");
        Assert.Equal((mina.Name, "안녕"), ((string)preview["title"]!, (string)preview["description"]!));
        _ = await MadangHost.SendAsync(mina.Http, HttpMethod.Patch, $"/v1/posts/{open}", new JsonObject { ["audience"] = "friends" });
        await Problems.AssertAsync(await jun.TryAsync(HttpMethod.Get, $"/v1/preview?url={link}"), HttpStatusCode.UnprocessableEntity, "preview_no_page");
    }

    private async Task<Person> PersonAsync() => await _host.PersonAsync($"poster-{Interlocked.Increment(ref _people)}");

    private static Task<JsonNode> PostAsync(Person author, string text) =>
        MadangHost.PostAsync(author.Http, "/v1/posts", new JsonObject { ["client_id"] = $"{Guid.CreateVersion7()}", ["text"] = text });

    /// <summary>What follows a moment later is asked for again until it is there.</summary>
    private static async Task<JsonNode> UntilAsync(Person viewer, string path, Func<JsonNode, bool> there)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var found = await MadangHost.GetAsync(viewer.Http, path);
            if (there(found))
            {
                return found;
            }

            await Task.Delay(50, late.Token);
        }
    }
}

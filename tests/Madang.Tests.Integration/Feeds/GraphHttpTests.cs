using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Madang.Tests.Integration.Accounts;

namespace Madang.Tests.Integration.Feeds;

/// <summary>Mutes that end, follows without shares, lists, and what people take along: over HTTP.</summary>
public sealed class GraphHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task A_mute_ends_when_it_says_so()
    {
        var (mina, jun) = (await _host.PersonAsync("mute.mina"), await _host.PersonAsync("mute.jun"));
        var end = TimeProvider.System.GetUtcNow().AddDays(1);
        var made = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/mutes/{jun.Id}", new JsonObject { ["expires_at"] = end.ToString("O") });
        Assert.Equal(end.ToUnixTimeMilliseconds(), ((DateTimeOffset)made["expires_at"]!).ToUnixTimeMilliseconds());
        Assert.Single((await MadangHost.GetAsync(mina.Http, "/v1/mutes"))["items"]!.AsArray());
        var forever = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/mutes/{jun.Id}", null);
        Assert.Null(forever["expires_at"]);
    }

    [Theory]
    [InlineData("""{"expires_at":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"expires_at":"2999-01-01T00:00:00Z"}""")]
    [InlineData("""{"expires_at":"tomorrow"}""")]
    [InlineData("""{"expires_at":5}""")]
    public async Task A_mute_without_a_sensible_end_is_refused(string body)
    {
        var mina = await _host.AdminAsync();
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, "/v1/mutes/5", body), HttpStatusCode.UnprocessableEntity, "invalid_fields", "expires_at");
    }

    [Fact]
    public async Task A_follow_says_whether_shares_are_wanted()
    {
        var (mina, jun) = (await _host.PersonAsync("follow.mina"), await _host.PersonAsync("follow.jun"));
        Assert.True((bool)(await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/follows/{jun.Id}", null))["shares"]!);
        Assert.False((bool)(await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/follows/{jun.Id}", new JsonObject { ["shares"] = false }))["shares"]!);
        Assert.False((bool)(await MadangHost.GetAsync(mina.Http, "/v1/follows"))["items"]![0]!["shares"]!);
    }

    [Fact]
    public async Task A_list_is_made_filled_renamed_and_deleted()
    {
        var (mina, jun) = (await _host.PersonAsync("list.mina"), await _host.PersonAsync("list.jun"));
        using var made = await mina.Http.TryAsync(HttpMethod.Post, "/v1/lists", new JsonObject { ["title"] = "친구들", ["exclusive"] = true });
        using var again = await mina.Http.TryAsync(HttpMethod.Post, "/v1/lists", new JsonObject { ["title"] = "친구들" });
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.StatusCode, again.StatusCode));
        var list = JsonNode.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var path = $"/v1/lists/{list["id"]}";
        await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"{path}/members/{jun.Id}", null);
        await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"{path}/members/{jun.Id}", null);
        Assert.Equal(jun.Id, (string)Assert.Single((await MadangHost.GetAsync(mina.Http, $"{path}/members"))["items"]!.AsArray())!["user_id"]!);
        var shown = Assert.Single((await MadangHost.GetAsync(mina.Http, "/v1/lists"))["items"]!.AsArray())!;
        Assert.Equal(("친구들", true, 1), ((string)shown["title"]!, (bool)shown["exclusive"]!, (int)shown["members"]!));
        Assert.Equal("동네", (string)(await MadangHost.SendAsync(mina.Http, HttpMethod.Patch, path, new JsonObject { ["title"] = "동네" }))["title"]!);
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"{path}/members/{jun.Id}", null);
        Assert.Empty((await MadangHost.GetAsync(mina.Http, $"{path}/members"))["items"]!.AsArray());
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, path, null);
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Delete, path), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("POST", "/v1/lists", "{}", 422, "invalid_fields", "title")]
    [InlineData("POST", "/v1/lists", """{"title":"a\u0000b"}""", 422, "invalid_fields", "title")]
    [InlineData("POST", "/v1/lists", """{"title":7}""", 422, "invalid_fields", "title")]
    [InlineData("POST", "/v1/lists", """{"title":""", 400, "malformed_json", null)]
    [InlineData("PATCH", "/v1/lists/x", "{}", 404, "not_found", null)]
    [InlineData("PUT", "/v1/lists/1/members/2", null, 404, "not_found", null)]
    [InlineData("GET", "/v1/lists?cursor=garbage", null, 422, "invalid_fields", "cursor")]
    [InlineData("GET", "/v1/lists/1/members?limit=0", null, 422, "invalid_fields", "limit")]
    public async Task A_bad_question_about_lists_is_refused_by_code(string method, string path, string? body, int status, string code, string? field)
    {
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Parse(method), path, body), (HttpStatusCode)status, code, field);
    }

    [Fact]
    public async Task Tags_are_followed_by_their_keys()
    {
        var mina = await _host.PersonAsync("tag.mina");
        foreach (var tag in new[] { "Madang", "madang", "마당".Normalize(NormalizationForm.FormD) })
        {
            await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/tags/{Uri.EscapeDataString(tag)}/follow", null);
        }

        Assert.Equal(["madang", "마당"], (await MadangHost.GetAsync(mina.Http, "/v1/me/tags"))["items"]!.AsArray().Select(item => (string)item!["tag"]!));
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, "/v1/tags/MADANG/follow", null);
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, "/v1/tags/%23no%20tag/follow", null);
        Assert.Equal(["마당"], (await MadangHost.GetAsync(mina.Http, "/v1/me/tags"))["items"]!.AsArray().Select(item => (string)item!["tag"]!));
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, "/v1/tags/1234/follow"), HttpStatusCode.UnprocessableEntity, "invalid_fields", "tag");
    }

    [Fact]
    public async Task Follows_are_taken_along_and_brought_in_again()
    {
        var (mina, jun) = (await _host.PersonAsync("csv.mina"), await _host.PersonAsync("csv.jun"));
        await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/follows/{jun.Id}", new JsonObject { ["shares"] = false });
        using var export = await mina.Http.GetAsync("/v1/follows/export", TestContext.Current.CancellationToken);
        Assert.Equal(("text/csv", "attachment"), (export.Content.Headers.ContentType!.MediaType, export.Content.Headers.ContentDisposition!.DispositionType));
        var file = await export.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Account address,Show boosts,Notify on new posts,Languages\r\ncsv.jun,false,false,\r\n", file);

        var hana = await _host.PersonAsync("csv.hana");
        var taken = await ImportAsync(hana, "/v1/follows/import", file + "somebody@mastodon.example,true,false,\r\n");
        Assert.Equal((2, 1, 1), ((int)taken["rows"]!, (int)taken["taken"]!, (int)taken["not_taken"]!));
        var refused = Assert.Single(taken["refused"]!.AsArray())!;
        Assert.Equal((3, "somebody@mastodon.example", "other_server"), ((int)refused["line"]!, (string)refused["address"]!, (string)refused["code"]!));
        Assert.False((bool)(await MadangHost.GetAsync(hana.Http, "/v1/follows"))["items"]![0]!["shares"]!);
        var old = await ImportAsync(hana, "/v1/lists/import?domain=old.example", "동네,csv.mina@old.example\r\n");
        Assert.Equal(1, (int)old["taken"]!);
    }

    [Fact]
    public async Task A_file_that_is_no_csv_or_too_large_is_refused()
    {
        var mina = await _host.AdminAsync();
        using var broken = await mina.Http.PostAsync("/v1/blocks/import", new StringContent("\"open", Encoding.UTF8, "text/csv"), TestContext.Current.CancellationToken);
        await Problems.AssertAsync(broken, HttpStatusCode.UnprocessableEntity, "invalid_csv");
        using var binary = await mina.Http.PostAsync("/v1/blocks/import", new ByteArrayContent([0xFF, 0xFE, 0x00]), TestContext.Current.CancellationToken);
        await Problems.AssertAsync(binary, HttpStatusCode.UnprocessableEntity, "invalid_csv");
        using var large = await mina.Http.PostAsync("/v1/blocks/import", new ByteArrayContent(new byte[(1024 * 1024) + 1]), TestContext.Current.CancellationToken);
        await Problems.AssertAsync(large, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    private static async Task<JsonNode> ImportAsync(Person who, string path, string file)
    {
        using var answer = await who.Http.PostAsync(path, new StringContent(file, Encoding.UTF8, "text/csv"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}

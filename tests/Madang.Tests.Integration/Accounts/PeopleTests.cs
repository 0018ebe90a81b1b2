using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Accounts;

/// <summary>One's own account, other people, and what stands between them.</summary>
public sealed class PeopleTests(OpenCommunity shared) : IClassFixture<OpenCommunity>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task A_profile_is_read_changed_and_seen_by_others()
    {
        var (mina, jun) = (await _host.PersonAsync("profile.mina"), await _host.PersonAsync("profile.jun"));
        var changed = await MadangHost.SendAsync(
            mina.Http, HttpMethod.Patch, "/v1/me", new JsonObject { ["display_name"] = "김민아".Normalize(NormalizationForm.FormD), ["locale"] = "ko", ["time_zone"] = "Asia/Seoul" });
        Assert.Equal(("김민아", "ko", "Asia/Seoul", "user"), ((string)changed["display_name"]!, (string)changed["locale"]!, (string)changed["time_zone"]!, (string)changed["role"]!));
        var seen = await MadangHost.GetAsync(jun.Http, $"/v1/users/{mina.Id}");
        Assert.Equal(changed.ToJsonString(), seen.ToJsonString());
        Assert.Equal(["created_at", "display_name", "id", "locale", "name", "role", "time_zone"], seen.AsObject().Select(field => field.Key).Order());

        var found = await MadangHost.GetAsync(jun.Http, "/v1/users?q=" + Uri.EscapeDataString("민아"));
        Assert.Equal([mina.Id], found["items"]!.AsArray().Select(user => (string)user!["id"]!));
    }

    [Theory]
    [InlineData("/v1/users?limit=0", HttpStatusCode.UnprocessableEntity, "invalid_fields", "limit")]
    [InlineData("/v1/users?limit=101", HttpStatusCode.UnprocessableEntity, "invalid_fields", "limit")]
    [InlineData("/v1/users?cursor=garbage", HttpStatusCode.UnprocessableEntity, "invalid_fields", "cursor")]
    [InlineData("/v1/users?q=%00", HttpStatusCode.UnprocessableEntity, "invalid_fields", "q")]
    [InlineData("/v1/friends?state=maybe", HttpStatusCode.UnprocessableEntity, "invalid_fields", "state")]
    [InlineData("/v1/blocks?limit=x", HttpStatusCode.UnprocessableEntity, "invalid_fields", "limit")]
    [InlineData("/v1/users/abc", HttpStatusCode.NotFound, "not_found", null)]
    [InlineData("/v1/users/0", HttpStatusCode.NotFound, "not_found", null)]
    [InlineData("/v1/users/99999999999999999999", HttpStatusCode.NotFound, "not_found", null)]
    [InlineData("/v1/users/1", HttpStatusCode.NotFound, "not_found", null)]
    public async Task A_bad_question_is_refused_by_code(string path, HttpStatusCode status, string code, string? field)
    {
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Get, path), status, code, field);
    }

    [Theory]
    [InlineData("""{"name":""", 400, "malformed_json", null)]
    [InlineData("", 400, "malformed_json", null)]
    [InlineData("""{"name":"\ud800x","password":"marble-courtyard-9"}""", 422, "invalid_fields", "name")]
    [InlineData("""[]""", 422, "invalid_fields", null)]
    [InlineData("""null""", 400, "malformed_json", null)]
    [InlineData("""{"name":5,"password":"marble-courtyard-9"}""", 422, "invalid_fields", "name")]
    [InlineData("""{"name":{"a":1},"password":"marble-courtyard-9"}""", 422, "invalid_fields", "name")]
    [InlineData("""{}""", 422, "invalid_fields", "name")]
    [InlineData("""{"name":"a\u0000b","password":"marble-courtyard-9"}""", 422, "invalid_fields", "name")]
    [InlineData("""{"name":"a\u202eb","password":"marble-courtyard-9"}""", 422, "invalid_fields", "name")]
    [InlineData("""{"name":"okay","password":"short"}""", 422, "invalid_fields", "password")]
    [InlineData("""{"name":"okay","password":"password123"}""", 422, "invalid_fields", "password")]
    [InlineData("""{"name":"okay","password":"marble-courtyard-9","time_zone":"Korea Standard Time"}""", 422, "invalid_fields", "time_zone")]
    [InlineData("""{"name":"okay","password":"marble-courtyard-9","locale":"k"}""", 422, "invalid_fields", "locale")]
    [InlineData("""{"name":"okay","password":"marble-courtyard-9","display_name":"a\nb"}""", 422, "invalid_fields", "display_name")]
    public async Task A_bad_newcomer_is_refused_by_code(string body, int status, string code, string? field) =>
        await Problems.AssertAsync(await _host.Client().TryAsync(HttpMethod.Post, "/v1/users", body), (HttpStatusCode)status, code, field);

    [Fact]
    public async Task Overlong_fields_are_named_with_their_bound()
    {
        var body = new JsonObject { ["name"] = new string('a', 65), ["password"] = new string('b', 257), ["display_name"] = new string('c', 65), ["invite"] = new string('d', 2000) };
        var problem = await Problems.AssertAsync(
            await _host.Client().TryAsync(HttpMethod.Post, "/v1/users", body), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        Assert.All(problem.GetProperty("errors").EnumerateArray(), error => Assert.Equal("too_long", error.GetProperty("code").GetString()));
        Assert.Equal(4, problem.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task A_name_in_another_composition_or_case_is_taken()
    {
        await _host.PersonAsync("이음Ä");
        var admin = await _host.AdminAsync();
        var again = await admin.Http.TryAsync(HttpMethod.Post, "/v1/users", new JsonObject { ["name"] = "이음ä".Normalize(NormalizationForm.FormD) });
        await Problems.AssertAsync(again, HttpStatusCode.Conflict, "name_taken");
    }

    [Fact]
    public async Task Friends_are_asked_accepted_and_left()
    {
        var (mina, jun) = (await _host.PersonAsync("friend.mina"), await _host.PersonAsync("friend.jun"));
        var asked = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/friends/{jun.Id}", null);
        Assert.Equal(("friend", "outgoing", jun.Id), ((string)asked["kind"]!, (string)asked["state"]!, (string)asked["user"]!["id"]!));
        Assert.Equal([mina.Id], await ListAsync(jun, "/v1/friends?state=incoming"));
        var accepted = await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/friends/{mina.Id}", null);
        Assert.Equal("accepted", (string)accepted["state"]!);
        Assert.Equal([jun.Id], await ListAsync(mina, "/v1/friends?state=accepted"));

        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/friends/{jun.Id}", null);
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/friends/{jun.Id}", null);
        Assert.Empty(await ListAsync(jun, "/v1/friends"));
    }

    [Fact]
    public async Task A_block_ends_friendship_and_refuses_both_sides()
    {
        var (mina, jun) = (await _host.PersonAsync("block.mina"), await _host.PersonAsync("block.jun"));
        await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/friends/{jun.Id}", null);
        await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/follows/{mina.Id}", null);
        var block = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, $"/v1/blocks/{jun.Id}", null);
        Assert.Equal(("block", null), ((string)block["kind"]!, (string?)block["state"]));
        Assert.Empty(await ListAsync(jun, "/v1/friends"));
        Assert.Empty(await ListAsync(jun, "/v1/follows"));
        await Problems.AssertAsync(await jun.Http.TryAsync(HttpMethod.Put, $"/v1/friends/{mina.Id}"), HttpStatusCode.Forbidden, "blocked");
        await Problems.AssertAsync(await mina.Http.TryAsync(HttpMethod.Put, $"/v1/follows/{jun.Id}"), HttpStatusCode.Forbidden, "blocked");
        Assert.Equal([jun.Id], await ListAsync(mina, "/v1/blocks"));
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/blocks/{jun.Id}", null);
        await MadangHost.SendAsync(jun.Http, HttpMethod.Put, $"/v1/mutes/{mina.Id}", null);
        Assert.Equal([mina.Id], await ListAsync(jun, "/v1/mutes"));
    }

    [Theory]
    [InlineData("friends")]
    [InlineData("follows")]
    [InlineData("mutes")]
    [InlineData("blocks")]
    public async Task Nobody_stands_in_relation_to_themselves_or_to_nobody(string kind)
    {
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Put, $"/v1/{kind}/{admin.Id}"), HttpStatusCode.UnprocessableEntity, "self_relation");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Put, $"/v1/{kind}/1"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Put, $"/v1/{kind}/me"), HttpStatusCode.NotFound, "not_found");
        foreach (var nobody in new[] { "1", "me", admin.Id })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.TryAsync(HttpMethod.Delete, $"/v1/{kind}/{nobody}")).StatusCode);
        }
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_devices_are_signed_out()
    {
        const string Old = "marble-courtyard-9";
        const string New = "gravel-path-by-the-gate";
        await MadangHost.PostAsync(_host.Client(), "/v1/users", new JsonObject { ["name"] = "devices", ["password"] = Old });
        var (here, there) = (await SignInAsync(Old, "laptop"), await SignInAsync(Old, "phone"));
        var devices = (await MadangHost.GetAsync(here, "/v1/me/devices"))["items"]!.AsArray();
        Assert.Equal([("laptop", true), ("phone", false)], devices.Select(device => ((string)device!["name"]!, (bool)device["current"]!)));

        await RefusedAsync(new JsonObject { ["current_password"] = "not-my-password", ["new_password"] = New }, HttpStatusCode.Forbidden, "wrong_password", null);
        await RefusedAsync(new JsonObject { ["current_password"] = Old, ["new_password"] = "password1" }, HttpStatusCode.UnprocessableEntity, "invalid_fields", "new_password");
        await RefusedAsync(new JsonObject { ["new_password"] = New }, HttpStatusCode.UnprocessableEntity, "invalid_fields", "current_password");
        await MadangHost.SendAsync(here, HttpMethod.Put, "/v1/me/password", new JsonObject { ["current_password"] = Old, ["new_password"] = New });
        await Problems.AssertAsync(await there.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");

        var second = await SignInAsync(New, "tablet");
        var tablet = (string)(await MadangHost.GetAsync(second, "/v1/me/devices"))["items"]!.AsArray().Single(device => (bool)device!["current"]!)!["id"]!;
        Assert.Equal(HttpStatusCode.NoContent, (await here.TryAsync(HttpMethod.Delete, $"/v1/me/devices/{tablet}")).StatusCode);
        await Problems.AssertAsync(await here.TryAsync(HttpMethod.Delete, $"/v1/me/devices/{tablet}"), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await second.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");
        var third = await SignInAsync(New, "watch");
        Assert.Equal(HttpStatusCode.NoContent, (await here.TryAsync(HttpMethod.Delete, "/v1/me/devices")).StatusCode);
        await Problems.AssertAsync(await third.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal(HttpStatusCode.NoContent, (await here.TryAsync(HttpMethod.Delete, "/v1/sessions")).StatusCode);
        await Problems.AssertAsync(await here.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");

        async Task<HttpClient> SignInAsync(string password, string device) => _host.Client((string)(await MadangHost.PostAsync(
            _host.Client(), "/v1/sessions", new JsonObject { ["name"] = "DEVICES", ["password"] = password, ["device_name"] = device }))["token"]!);

        async Task RefusedAsync(JsonObject body, HttpStatusCode status, string code, string? field) =>
            await Problems.AssertAsync(await here.TryAsync(HttpMethod.Put, "/v1/me/password", body), status, code, field);
    }

    private static async Task<IEnumerable<string>> ListAsync(Person person, string path) =>
        (await MadangHost.GetAsync(person.Http, path))["items"]!.AsArray().Select(relation => (string)relation!["user"]!["id"]!);
}

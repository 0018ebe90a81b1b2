using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Accounts;

/// <summary>Admins, their keys and tokens, and the operator of the machine.</summary>
public sealed class AdministrationTests(OpenCommunity shared) : IClassFixture<OpenCommunity>
{
    private readonly MadangHost _host = shared.Host;

    [Theory]
    [InlineData("POST", "/v1/tokens")]
    [InlineData("POST", "/v1/admin/api-keys")]
    [InlineData("GET", "/v1/admin/api-keys")]
    [InlineData("DELETE", "/v1/admin/api-keys/1")]
    [InlineData("POST", "/v1/admin/invites")]
    [InlineData("GET", "/v1/admin/invites")]
    [InlineData("DELETE", "/v1/admin/invites/1")]
    [InlineData("PATCH", "/v1/admin/users/1")]
    [InlineData("PUT", "/v1/admin/users/1/password")]
    [InlineData("DELETE", "/v1/admin/users/1/sessions")]
    public async Task Administration_is_for_admins(string method, string path)
    {
        var body = method is "GET" or "DELETE" ? null : new JsonObject();
        var anonymous = await _host.Client().TryAsync(new HttpMethod(method), path, body?.DeepClone());
        await Problems.AssertAsync(anonymous, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("Bearer", anonymous.Headers.WwwAuthenticate.ToString());
        var wrong = await _host.Client("mds_wrong").TryAsync(new HttpMethod(method), path, body?.DeepClone());
        Assert.Equal("Bearer error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString());
        var moderator = await _host.PersonAsync("moderator" + Suffix(), "moderator");
        await Problems.AssertAsync(await moderator.Http.TryAsync(new HttpMethod(method), path, body?.DeepClone()), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task The_last_admin_stays()
    {
        await using var host = await MadangHost.StartAsync();
        var admin = await host.AdminAsync();
        foreach (var change in new[] { new JsonObject { ["role"] = "user" }, new JsonObject { ["disabled"] = true } })
        {
            await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Patch, $"/v1/admin/users/{admin.Id}", change), HttpStatusCode.Conflict, "last_admin");
        }

        var second = await host.PersonAsync("second", "admin");
        var stepped = await MadangHost.SendAsync(second.Http, HttpMethod.Patch, $"/v1/admin/users/{admin.Id}", new JsonObject { ["role"] = "user" });
        Assert.Equal("user", (string)stepped["role"]!);
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Get, "/v1/admin/invites"), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Disabling_signs_out_and_keeps_out()
    {
        var admin = await _host.AdminAsync();
        var jun = await _host.PersonAsync("disabled.jun");
        await MadangHost.SendAsync(admin.Http, HttpMethod.Put, $"/v1/admin/users/{jun.Id}/password", new JsonObject { ["new_password"] = "marble-courtyard-9" });
        var session = await MadangHost.PostAsync(_host.Client(), "/v1/sessions", new JsonObject { ["name"] = jun.Name, ["password"] = "marble-courtyard-9" });
        var changed = await MadangHost.SendAsync(admin.Http, HttpMethod.Patch, $"/v1/admin/users/{jun.Id}", new JsonObject { ["disabled"] = true });
        Assert.True((bool)changed["disabled"]!);
        await Problems.AssertAsync(await _host.Client((string)session["token"]!).TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Unauthorized, "unauthenticated");
        await Problems.AssertAsync(
            await _host.Client().TryAsync(HttpMethod.Post, "/v1/sessions", new JsonObject { ["name"] = jun.Name, ["password"] = "marble-courtyard-9" }),
            HttpStatusCode.Forbidden, "account_disabled");
        await Problems.AssertAsync(
            await admin.Http.TryAsync(HttpMethod.Post, "/v1/tokens", new JsonObject { ["user_id"] = jun.Id }), HttpStatusCode.Forbidden, "account_disabled");
    }

    [Fact]
    public async Task An_api_key_has_a_role_and_is_no_person()
    {
        var admin = await _host.AdminAsync();
        var made = await MadangHost.PostAsync(admin.Http, "/v1/admin/api-keys", new JsonObject { ["name"] = "backend", ["role"] = "admin" });
        var key = _host.Client((string)made["key"]!);
        var user = await MadangHost.PostAsync(key, "/v1/users", new JsonObject { ["name"] = "made.by.key" });
        var minted = await MadangHost.PostAsync(key, "/v1/tokens", new JsonObject { ["user_id"] = (string)user["id"]!, ["expires_in_s"] = 60 });
        Assert.Equal("made.by.key", (string)(await MadangHost.GetAsync(_host.Client((string)minted["token"]!), "/v1/me"))["name"]!);
        await Problems.AssertAsync(await key.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Forbidden, "person_required");

        var listed = (await MadangHost.GetAsync(admin.Http, "/v1/admin/api-keys"))["items"]!.AsArray().Single(one => (string)one!["id"]! == (string)made["id"]!)!;
        Assert.Null(listed["key"]);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.TryAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{(string)made["id"]!}")).StatusCode);
        await Problems.AssertAsync(await key.TryAsync(HttpMethod.Get, "/v1/users"), HttpStatusCode.Unauthorized, "unauthenticated");
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{(string)made["id"]!}"), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("/v1/tokens", """{}""", "user_id")]
    [InlineData("/v1/tokens", """{"user_id":"abc"}""", "user_id")]
    [InlineData("/v1/tokens", """{"user_id":"1","expires_in_s":59}""", "expires_in_s")]
    [InlineData("/v1/tokens", """{"user_id":"1","expires_in_s":2592001}""", "expires_in_s")]
    [InlineData("/v1/tokens", """{"user_id":1}""", "user_id")]
    [InlineData("/v1/admin/api-keys", """{"name":"x"}""", "role")]
    [InlineData("/v1/admin/api-keys", """{"name":"x","role":"owner"}""", "role")]
    [InlineData("/v1/admin/api-keys", """{"role":"user"}""", "name")]
    [InlineData("/v1/admin/api-keys", """{"name":"x","role":"user","expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("/v1/admin/api-keys", """{"name":"x","role":"user","expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("/v1/admin/invites", """{"max_uses":0}""", "max_uses")]
    [InlineData("/v1/admin/invites", """{"max_uses":1001}""", "max_uses")]
    [InlineData("/v1/admin/invites", """{"expires_at":"2099-01-01T00:00:00Z"}""", "expires_at")]
    public async Task A_bad_field_is_named(string path, string body, string field)
    {
        var admin = await _host.AdminAsync();
        await Problems.AssertAsync(await admin.Http.TryAsync(HttpMethod.Post, path, body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_administered()
    {
        var admin = await _host.AdminAsync();
        await NotFoundAsync(HttpMethod.Post, "/v1/tokens", new JsonObject { ["user_id"] = "1" });
        await NotFoundAsync(HttpMethod.Patch, "/v1/admin/users/1", new JsonObject());
        await NotFoundAsync(HttpMethod.Put, "/v1/admin/users/x/password", new JsonObject { ["new_password"] = "marble-courtyard-9" });
        await NotFoundAsync(HttpMethod.Delete, "/v1/admin/users/1/sessions", null);
        await NotFoundAsync(HttpMethod.Delete, "/v1/admin/invites/1", null);

        async Task NotFoundAsync(HttpMethod method, string path, JsonNode? body) =>
            await Problems.AssertAsync(await admin.Http.TryAsync(method, path, body), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_operator_of_the_machine_needs_no_token()
    {
        using var client = _host.Operator();
        var user = await MadangHost.PostAsync(client, "/v1/users", new JsonObject { ["name"] = "by.operator" });
        var id = (string)user["id"]!;
        Assert.NotNull(await MadangHost.PostAsync(client, "/v1/tokens", new JsonObject { ["user_id"] = id }));
        Assert.NotNull(await MadangHost.PostAsync(client, "/v1/admin/invites", new JsonObject()));
        Assert.NotNull(await MadangHost.PostAsync(client, "/v1/admin/api-keys", new JsonObject { ["name"] = "cron", ["role"] = "user" }));
        await MadangHost.SendAsync(client, HttpMethod.Put, $"/v1/admin/users/{id}/password", new JsonObject { ["new_password"] = "marble-courtyard-9" });
        await MadangHost.SendAsync(client, HttpMethod.Delete, $"/v1/admin/users/{id}/sessions", null);
        Assert.Equal("moderator", (string)(await MadangHost.SendAsync(client, HttpMethod.Patch, $"/v1/admin/users/{id}", new JsonObject { ["role"] = "moderator" }))["role"]!);
        await Problems.AssertAsync(await client.TryAsync(HttpMethod.Get, "/v1/me"), HttpStatusCode.Forbidden, "person_required");
    }

    private static string Suffix() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(8, lowercase: true);
}

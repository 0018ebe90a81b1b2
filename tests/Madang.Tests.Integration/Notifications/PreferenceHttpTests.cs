using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Preferences, addresses and categories over HTTP, on a real server.</summary>
public sealed class PreferenceHttpTests(SandboxHost sandbox) : IClassFixture<SandboxHost>
{
    private readonly MadangHost _host = sandbox.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_matrix_says_what_holds_and_why_and_admins_may_look()
    {
        var mina = await _host.PersonAsync("matrix-mina");
        var before = await MadangHost.GetAsync(mina.Http, "/v1/me/preferences");
        Assert.Equal(("default", true), Cell(before, "mention", "push"));
        Assert.Equal(("default", false), Cell(before, "mention", "email"));
        Assert.Equal(("mandatory", true), Cell(before, "security", "sms"));
        Assert.Empty(before["choices"]!.AsObject());

        var after = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, "/v1/me/preferences", JsonNode.Parse(
            $$"""
            {"channels":{"sms":false},"muted_until":"{{TimeProvider.System.GetUtcNow().AddDays(30):O}}","quiet_hours":[{"day":"monday","from":"22:00","to":"07:00"}],
             "choices":{"mention":{"email":true,"push":false} } }
            """)!);
        Assert.Equal(("mine", false), Cell(after, "mention", "push"));
        Assert.Equal(("mine", true), Cell(after, "mention", "email"));
        Assert.Equal(("channel", false), Cell(after, "mention", "sms"));
        Assert.Equal(("mandatory", true), Cell(after, "security", "sms"));
        Assert.Equal("22:00", (string)after["quiet_hours"]![0]!["from"]!);
        Assert.True(JsonNode.DeepEquals(after, await MadangHost.GetAsync(mina.Http, "/v1/me/preferences")));
        Assert.True(JsonNode.DeepEquals(after, await MadangHost.GetAsync((await _host.AdminAsync()).Http, $"/v1/admin/users/{mina.Id}/preferences")));

        var woken = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, "/v1/me/preferences", JsonNode.Parse("""{"muted_until":"2020-01-01T00:00:00Z"}""")!);
        Assert.Null(woken["muted_until"]);
        Assert.Equal(("mine", false), Cell(woken, "mention", "push"));
        await RefusedAsync(mina.Http, HttpMethod.Put, "/v1/me/preferences", """{"choices":{"security":{"push":false}}}""", HttpStatusCode.UnprocessableEntity, "invalid_fields");
        await RefusedAsync(mina.Http, HttpMethod.Put, "/v1/me/preferences", """{"channels":{"push":"no"}}""", HttpStatusCode.UnprocessableEntity, "invalid_fields");
    }

    [Fact]
    public async Task A_device_registers_where_it_can_be_pushed_to_and_ends_it()
    {
        var mina = await _host.PersonAsync("push-mina");
        var registered = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, "/v1/me/devices/current/push", JsonNode.Parse(
            """{"kind":"fcm","token":"push-mina-token","app":"my-project","time_zone":"Asia/Seoul","locale":"ko"}""")!);
        var device = (string)registered["device_id"]!;
        var listed = await MadangHost.GetAsync(mina.Http, "/v1/me/addresses");
        Assert.Equal((device, "my-project"), ((string)listed["devices"]![0]!["device_id"]!, (string)listed["devices"]![0]!["app"]!));
        Assert.DoesNotContain("push-mina-token", listed.ToJsonString(), StringComparison.Ordinal);
        await RefusedAsync((await _host.PersonAsync("push-jun")).Http, HttpMethod.Put, $"/v1/me/devices/{device}/push", """{"kind":"fcm","token":"x"}""", HttpStatusCode.NotFound, "not_found");
        await RefusedAsync(mina.Http, HttpMethod.Put, $"/v1/me/devices/{device}/push", """{"kind":"pigeon"}""", HttpStatusCode.UnprocessableEntity, "invalid_fields");
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, $"/v1/me/devices/{device}/push", null);
        Assert.Empty((await MadangHost.GetAsync(mina.Http, "/v1/me/addresses"))["devices"]!.AsArray());
    }

    [Fact]
    public async Task An_address_waits_for_its_code_and_an_admin_sets_one_without()
    {
        var mina = await _host.PersonAsync("mail-mina");
        var admin = (await _host.AdminAsync()).Http;
        var pending = await MadangHost.SendAsync(mina.Http, HttpMethod.Put, "/v1/me/addresses/email", JsonNode.Parse("""{"value":"mina@EXAMPLE.org"}""")!);
        Assert.Equal("mina@example.org", (string)pending["value"]!);
        await RefusedAsync(mina.Http, HttpMethod.Put, "/v1/me/addresses/email", """{"value":"mina@example.org"}""", HttpStatusCode.TooManyRequests, "rate_limited");
        await RefusedAsync(mina.Http, HttpMethod.Post, "/v1/me/addresses/email/verification", """{"code":"x"}""", HttpStatusCode.UnprocessableEntity, "verification_failed");
        await RefusedAsync(mina.Http, HttpMethod.Get, "/v1/me/addresses/email", null, HttpStatusCode.NotFound, "not_found");
        await RefusedAsync(mina.Http, HttpMethod.Put, "/v1/me/addresses/fax", """{"value":"1"}""", HttpStatusCode.NotFound, "not_found");

        var set = await MadangHost.SendAsync(admin, HttpMethod.Put, $"/v1/admin/users/{mina.Id}/addresses/phone", JsonNode.Parse("""{"value":"+82 10-1234-5678"}""")!);
        Assert.Equal("+821012345678", (string)set["value"]!);
        Assert.Equal("+821012345678", (string)(await MadangHost.GetAsync(mina.Http, "/v1/me/addresses/phone"))["value"]!);
        await RefusedAsync(admin, HttpMethod.Put, $"/v1/admin/users/{mina.Id}/addresses/phone", """{"value":"010"}""", HttpStatusCode.UnprocessableEntity, "invalid_fields");
        await MadangHost.SendAsync(mina.Http, HttpMethod.Delete, "/v1/me/addresses/email", null);
        await MadangHost.SendAsync(admin, HttpMethod.Delete, $"/v1/admin/users/{mina.Id}/addresses/phone", null);
        var none = await MadangHost.GetAsync(mina.Http, "/v1/me/addresses");
        Assert.Equal((0, 0), (none["addresses"]!.AsArray().Count, none["pending"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_category_is_made_changed_and_deleted_and_a_built_in_one_comes_back()
    {
        var admin = (await _host.AdminAsync()).Http;
        var body = JsonNode.Parse("""{"titles":{"ko":"할인","en":"Sales"},"channels":["push"],"quiet":"drop","per_day":2,"digest_window_ms":600000,"fallback":{"from":"push","after_ms":60000,"to":"sms"}}""")!;
        var made = await MadangHost.SendAsync(admin, HttpMethod.Put, "/v1/admin/categories/http.sale", body);
        Assert.Equal(("drop", 2, 259_200_000L, false), ((string)made["quiet"]!, (int)made["per_day"]!, (long)made["ttl_ms"]!, (bool)made["built_in"]!));
        Assert.True(JsonNode.DeepEquals(made, await MadangHost.GetAsync(admin, "/v1/admin/categories/http.sale")));
        Assert.Contains((await MadangHost.GetAsync(admin, "/v1/admin/categories"))["items"]!.AsArray(), one => (string)one!["name"]! == "http.sale");
        var mina = await _host.PersonAsync("sale-mina");
        Assert.Equal(("default", true), Cell(await MadangHost.GetAsync(mina.Http, "/v1/me/preferences"), "http.sale", "push"));
        await MadangHost.SendAsync(admin, HttpMethod.Delete, "/v1/admin/categories/http.sale", null);
        await RefusedAsync(admin, HttpMethod.Get, "/v1/admin/categories/http.sale", null, HttpStatusCode.NotFound, "not_found");
        await RefusedAsync(admin, HttpMethod.Put, "/v1/admin/categories/Sale", body.ToJsonString(), HttpStatusCode.UnprocessableEntity, "invalid_fields");

        await MadangHost.SendAsync(admin, HttpMethod.Put, "/v1/admin/categories/digest", JsonNode.Parse("""{"titles":{"en":"Mine"},"channels":[]}""")!);
        Assert.Empty((await MadangHost.GetAsync(admin, "/v1/admin/categories/digest"))["channels"]!.AsArray());
        await MadangHost.SendAsync(admin, HttpMethod.Delete, "/v1/admin/categories/digest", null);
        Assert.NotEmpty((await MadangHost.GetAsync(admin, "/v1/admin/categories/digest"))["channels"]!.AsArray());
    }

    [Fact]
    public async Task The_suppression_list_is_kept_by_admins()
    {
        var admin = (await _host.AdminAsync()).Http;
        await MadangHost.SendAsync(admin, HttpMethod.Post, "/v1/admin/suppressions", JsonNode.Parse("""{"kind":"email","value":"Gone@Example.ORG","reason":"asked us"}""")!);
        var found = Assert.Single((await MadangHost.GetAsync(admin, "/v1/admin/suppressions?value=Gone@example.org"))["items"]!.AsArray())!;
        Assert.Equal(("Gone@example.org", "asked us"), ((string)found["value"]!, (string)found["reason"]!));
        var mina = await _host.PersonAsync("gone-mina");
        await RefusedAsync(mina.Http, HttpMethod.Put, "/v1/me/addresses/email", """{"value":"Gone@example.org"}""", HttpStatusCode.Conflict, "address_suppressed");
        await MadangHost.SendAsync(admin, HttpMethod.Delete, $"/v1/admin/suppressions/{(string)found["id"]!}", null);
        Assert.Empty((await MadangHost.GetAsync(admin, "/v1/admin/suppressions?value=Gone@example.org"))["items"]!.AsArray());
    }

    private static (string Source, bool On) Cell(JsonNode preferences, string category, string channel)
    {
        var cell = preferences["matrix"]!.AsArray().Single(row => (string)row!["category"]! == category)!["channels"]![channel]!;
        return ((string)cell["source"]!, (bool)cell["on"]!);
    }

    private static async Task RefusedAsync(HttpClient client, HttpMethod method, string path, string? body, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, Token);
        await Problems.AssertAsync(answer, status, code);
    }
}

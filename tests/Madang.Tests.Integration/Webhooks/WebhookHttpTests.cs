using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Webhooks;

/// <summary>What admins do over HTTP, on a real server.</summary>
public sealed class WebhookHttpTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_shown_by_the_answer_that_made_it_and_never_again()
    {
        var admin = (await _host.AdminAsync()).Http;
        var made = await MadangHost.PostAsync(admin, "/v1/webhooks", new JsonObject { ["url"] = "https://hooks.example.org/a?b=c", ["types"] = new JsonArray("crawl.*", "crawl.*") });
        var path = "/v1/webhooks/" + (string)made["id"]!;
        var secret = (string)made["secret"]!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(["crawl.*"], made["types"]!.AsArray().Select(type => (string)type!));
        Assert.True((bool)made["enabled"]!);

        var rotated = await MadangHost.PostAsync(admin, path + "/secret", new JsonObject { ["overlap_s"] = 60 });
        Assert.NotEqual(secret, (string)rotated["secret"]!);
        Assert.NotNull(rotated["old_secret_until"]);
        foreach (var shown in new[]
        {
            await MadangHost.GetAsync(admin, path), await MadangHost.GetAsync(admin, "/v1/webhooks"),
            await MadangHost.SendAsync(admin, HttpMethod.Patch, path, new JsonObject { ["description"] = "마당", ["enabled"] = false }),
        })
        {
            Assert.DoesNotContain("whsec_", shown.ToJsonString(), StringComparison.Ordinal);
        }

        var changed = await MadangHost.GetAsync(admin, path);
        Assert.Equal(("마당", false, "admin"), ((string)changed["description"]!, (bool)changed["enabled"]!, (string)changed["disabled_reason"]!));
        Assert.Equal("https://hooks.example.org/a?b=c", (string)changed["url"]!);
        await RefusedAsync(admin, HttpMethod.Post, path + "/test", null, HttpStatusCode.Conflict, "webhook_disabled");
        await MadangHost.SendAsync(admin, HttpMethod.Delete, path, null);
        await RefusedAsync(admin, HttpMethod.Get, path, null, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_test_to_an_address_inside_the_house_is_logged_as_refused()
    {
        var admin = (await _host.AdminAsync()).Http;
        var made = await MadangHost.PostAsync(admin, "/v1/webhooks", new JsonObject { ["url"] = _host.Address + "v1/health" });
        var path = "/v1/webhooks/" + (string)made["id"]!;
        var sent = await MadangHost.PostAsync(admin, path + "/test", new JsonObject());
        Assert.Equal("webhook.test", (string)sent["type"]!);
        JsonNode delivery;
        do
        {
            await Task.Yield();
            delivery = await MadangHost.GetAsync(admin, $"{path}/deliveries/{(string)sent["id"]!}");
        }
        while ((int)delivery["attempts"]! == 0);

        Assert.Equal(("waiting", "address_refused"), ((string)delivery["state"]!, (string)delivery["fault"]!));
        var attempt = Assert.Single(delivery["attempt_log"]!.AsArray());
        Assert.Equal("address_refused", (string)attempt!["fault"]!);
        Assert.Equal((string)made["id"]!, (string)delivery["data"]!["webhook_id"]!);
        Assert.Single((await MadangHost.GetAsync(admin, path + "/deliveries?state=waiting"))["items"]!.AsArray());
        Assert.Empty((await MadangHost.GetAsync(admin, path + "/deliveries?state=failed"))["items"]!.AsArray());
        await RefusedAsync(admin, HttpMethod.Post, $"{path}/deliveries/{(string)sent["id"]!}/resend", null, HttpStatusCode.Conflict, "webhook_waiting");
        var resent = await MadangHost.PostAsync(admin, path + "/resend", new JsonObject { ["since"] = "2026-01-01T00:00:00Z" });
        Assert.Equal((0, false), ((int)resent["resent"]!, (bool)resent["more"]!));
        await MadangHost.SendAsync(admin, HttpMethod.Delete, path, null);
    }

    [Theory]
    [InlineData("{}", "url")]
    [InlineData("""{"url":"ftp://example.org/"}""", "url")]
    [InlineData("""{"url":"https://user:pass@example.org/"}""", "url")]
    [InlineData("""{"url":"https://example.org:25/"}""", "url")]
    [InlineData("""{"url":"https://example.org/","description":"a\u0000b"}""", "description")]
    [InlineData("""{"url":"https://example.org/","types":["Crawl"]}""", "types.0")]
    [InlineData("""{"url":"https://example.org/","types":["a.b","*"]}""", "types.1")]
    [InlineData("""{"url":"https://example.org/","types":["a b"]}""", "types.0")]
    [InlineData("""{"url":"https://example.org/","types":[null]}""", "types.0")]
    [InlineData("""{"url":"https://example.org/","types":[""]}""", "types.0")]
    public async Task A_bad_webhook_is_refused_by_its_field(string body, string field) =>
        await RefusedAsync((await _host.AdminAsync()).Http, HttpMethod.Post, "/v1/webhooks", JsonNode.Parse(body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    [Theory]
    [InlineData("GET", "/v1/webhooks/1")]
    [InlineData("GET", "/v1/webhooks/x/deliveries")]
    [InlineData("GET", "/v1/webhooks/1/deliveries/1")]
    [InlineData("POST", "/v1/webhooks/1/deliveries/1/resend")]
    [InlineData("POST", "/v1/webhooks/1/test")]
    [InlineData("DELETE", "/v1/webhooks/99999999999999999999")]
    public async Task What_is_not_there_is_not_found(string method, string path) =>
        await RefusedAsync((await _host.AdminAsync()).Http, new HttpMethod(method), path, null, HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("/v1/webhooks/1/secret", """{"overlap_s":-1}""", "overlap_s")]
    [InlineData("/v1/webhooks/1/secret", """{"overlap_s":99999999}""", "overlap_s")]
    [InlineData("/v1/webhooks/1/resend", "{}", "since")]
    public async Task A_bad_value_is_refused_by_its_field(string path, string body, string field) =>
        await RefusedAsync((await _host.AdminAsync()).Http, HttpMethod.Post, path, JsonNode.Parse(body), HttpStatusCode.UnprocessableEntity, "invalid_fields", field);

    private static async Task RefusedAsync(HttpClient client, HttpMethod method, string path, JsonNode? body, HttpStatusCode status, string code, string? field = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        using var answer = await client.SendAsync(request, Token);
        if (field is null)
        {
            await Problems.AssertAsync(answer, status, code);
        }
        else
        {
            await Problems.AssertAsync(answer, status, code, field);
        }
    }
}

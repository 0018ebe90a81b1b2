using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Edge;

public sealed class WriteLimitTests
{
    private static readonly Dictionary<string, string?> Tight = new()
    {
        ["Madang:RateLimits"] = "on",
        ["Madang:WriteLimits:PerMinute"] = "1",
        ["Madang:WriteLimits:Burst"] = "3",
        ["Madang:WriteLimits:ApiKeyPerMinute"] = "1",
        ["Madang:WriteLimits:ApiKeyBurst"] = "100",
    };

    [Fact]
    public async Task Too_many_writes_are_429_and_say_when_to_come_back()
    {
        await using var host = await MadangHost.StartAsync(Tight);
        var anonymous = host.Client();
        HttpResponseMessage answer = null!;
        for (var i = 0; i < 4; i++)
        {
            answer = await anonymous.PostAsync("/v1/sessions", null, TestContext.Current.CancellationToken);
            Assert.Equal("\"writes\";q=3;w=180", Assert.Single(answer.Headers.GetValues("RateLimit-Policy")));
            Assert.StartsWith($"\"writes\";r={Math.Max(0, 2 - i)};t=", Assert.Single(answer.Headers.GetValues("RateLimit")));
        }

        var problem = await Problems.AssertAsync(answer, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
        Assert.InRange(problem.GetProperty("retry_after_ms").GetInt64(), 50_000, 60_000);
        Assert.True((await anonymous.GetAsync("/v1/setup", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task People_are_counted_apart_and_servers_may_write_more()
    {
        await using var host = await MadangHost.StartAsync(Tight);
        var admin = await host.AdminAsync();
        var key = (string)(await MadangHost.PostAsync(admin.Http, "/v1/admin/api-keys", new JsonObject { ["name"] = "server", ["role"] = "admin" }))["key"]!;
        var server = host.Client(key);
        for (var i = 0; i < 10; i++)
        {
            await MadangHost.PostAsync(server, "/v1/users", new JsonObject { ["name"] = $"person{i}" });
        }

        Assert.Equal(HttpStatusCode.Created, await InviteAsync(admin.Http));
        Assert.Equal(HttpStatusCode.Created, await InviteAsync(admin.Http));
        Assert.Equal(HttpStatusCode.TooManyRequests, await InviteAsync(admin.Http));
        Assert.Equal(HttpStatusCode.Created, await InviteAsync(server));
    }

    [Fact]
    public async Task Off_means_off()
    {
        await using var host = await MadangHost.StartAsync(new(Tight) { ["Madang:RateLimits"] = "off" });
        for (var i = 0; i < 10; i++)
        {
            var answer = await host.Client().PostAsync("/v1/sessions", null, TestContext.Current.CancellationToken);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.False(answer.Headers.Contains("RateLimit"));
        }
    }

    private static async Task<HttpStatusCode> InviteAsync(HttpClient client) =>
        (await client.PostAsync("/v1/admin/invites", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken)).StatusCode;
}

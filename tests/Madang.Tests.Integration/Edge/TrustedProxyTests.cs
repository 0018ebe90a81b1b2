using System.Net;

namespace Madang.Tests.Integration.Edge;

public sealed class TrustedProxyTests
{
    private static readonly Dictionary<string, string?> OneWrite = new()
    {
        ["Madang:RateLimits"] = "on",
        ["Madang:WriteLimits:PerMinute"] = "1",
        ["Madang:WriteLimits:Burst"] = "1",
    };

    [Fact]
    public async Task Nobody_escapes_the_limits_by_a_header()
    {
        await using var host = await MadangHost.StartAsync(OneWrite);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await WriteAsync(host, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await WriteAsync(host, "203.0.113.2"));
    }

    [Fact]
    public async Task A_trusted_proxy_says_who_asks_and_ipv6_counts_by_its_network()
    {
        await using var host = await MadangHost.StartAsync(new(OneWrite) { ["Madang:TrustedProxies"] = "127.0.0.0/8, ::1" });
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await WriteAsync(host, "203.0.113.1"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await WriteAsync(host, "203.0.113.2"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await WriteAsync(host, "203.0.113.1"));

        Assert.NotEqual(HttpStatusCode.TooManyRequests, await WriteAsync(host, "2001:db8:1:2::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await WriteAsync(host, "2001:db8:1:2:ffff::9"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await WriteAsync(host, "2001:db8:1:3::1"));
    }

    [Fact]
    public async Task The_scheme_of_a_trusted_proxy_counts_and_that_of_others_does_not()
    {
        await using var open = await MadangHost.StartAsync();
        await using var behind = await MadangHost.StartAsync(new() { ["Madang:TrustedProxies"] = "127.0.0.1" });
        Assert.False((await ByHttpsAsync(open)).Headers.Contains("Strict-Transport-Security"));
        Assert.True((await ByHttpsAsync(behind)).Headers.Contains("Strict-Transport-Security"));
    }

    private static Task<HttpResponseMessage> ByHttpsAsync(MadangHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { { "X-Forwarded-Proto", "https" }, { "X-Forwarded-For", "203.0.113.9" } } };
        return host.Client().SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> WriteAsync(MadangHost host, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Headers = { { "X-Forwarded-For", from } } };
        return (await host.Client().SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }
}

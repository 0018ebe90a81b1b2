using System.Net;

namespace Madang.Tests.Integration.Edge;

public sealed class CorsTests
{
    [Fact]
    public async Task No_other_page_may_call_unless_it_is_listed()
    {
        await using var host = await MadangHost.StartAsync();
        Assert.False((await PreflightAsync(host, "https://app.example.org")).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_listed_page_may_call_with_a_token_and_never_with_a_cookie()
    {
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Cors"] = "https://app.example.org" });
        var answer = await PreflightAsync(host, "https://app.example.org");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("https://app.example.org", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.False((await PreflightAsync(host, "https://evil.example.org")).Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<HttpResponseMessage> PreflightAsync(MadangHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/sessions")
        {
            Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,content-type" } },
        };
        return host.Client().SendAsync(request, TestContext.Current.CancellationToken);
    }
}

using System.Net;
using Madang.Api;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Edge;

public sealed class UnroutedTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing.txt")]
    [InlineData("/v1")]
    [InlineData("/docs/nothing")]
    public async Task An_unknown_address_is_a_problem_with_a_code(string path) =>
        await Problems.AssertAsync(await _host.Client().GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task A_wrong_method_names_the_right_ones()
    {
        var answer = await _host.Client().PostAsync("/health/live", null, TestContext.Current.CancellationToken);
        await Problems.AssertAsync(answer, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Every_answer_forbids_sniffing_and_framing()
    {
        foreach (var path in new[] { "/", "/health/live", "/v1/nothing", "/docs" })
        {
            var answer = await _host.Client().GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public void Streams_outlast_the_time_for_a_request_and_nothing_else_does()
    {
        _host.Services.GetRequiredService<LateRoutes>().OpenAll();
        var lasting = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimEnd('/')).Distinct().Order();
        Assert.Equal(["/v1/crawls/{id}/events", "/v1/crawls/{id}/export", "/v1/socket", "/v1/sync"], lasting);
    }

    [Fact]
    public async Task A_page_that_is_no_file_is_the_app_or_says_what_to_install()
    {
        var client = _host.Client();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        var answer = await client.GetAsync("/rooms/1", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
    }
}

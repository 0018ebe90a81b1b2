using System.Net;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Edge;

public sealed class LateRoutesTests
{
    [Fact]
    public async Task The_first_request_makes_the_endpoints_of_its_address_and_no_others()
    {
        await using var host = await MadangHost.StartAsync();
        Assert.DoesNotContain(Patterns(host), pattern => pattern.Contains("/v1/", StringComparison.Ordinal));

        var answer = await host.Client().GetAsync("/v1/rooms/1", TestContext.Current.CancellationToken);

        await Problems.AssertAsync(answer, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains(Patterns(host), pattern => pattern.Contains("/v1/rooms", StringComparison.Ordinal));
        Assert.DoesNotContain(Patterns(host), pattern => pattern.Contains("/v1/posts", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/V1/Me")]
    [InlineData("/v1/me/")]
    [InlineData("/v1/%6de")]
    [InlineData("/v1/me/bookmarks?limit=1")]
    public async Task An_address_is_found_in_every_spelling_that_routing_takes(string path)
    {
        await using var host = await MadangHost.StartAsync();
        await Problems.AssertAsync(await host.Client().GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_wrong_method_of_an_address_that_nobody_has_asked_for_names_the_right_ones()
    {
        await using var host = await MadangHost.StartAsync();
        var answer = await host.Client().DeleteAsync("/v1/posts", TestContext.Current.CancellationToken);
        await Problems.AssertAsync(answer, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Contains("POST", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Many_first_requests_at_once_are_all_answered()
    {
        await using var host = await MadangHost.StartAsync();
        using var client = host.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i =>
            client.GetAsync(i % 2 == 0 ? "/v1/posts/1" : "/v1/rooms/1", TestContext.Current.CancellationToken)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    [Fact]
    public async Task Every_endpoint_lies_below_an_address_that_opens_it()
    {
        await using var host = await MadangHost.StartAsync();
        var late = host.Services.GetRequiredService<LateRoutes>();
        late.OpenAll();
        late.OpenAll();
        Assert.Equal(Patterns(host).Count, Patterns(host).Distinct().Count());
        Assert.Contains("POST /v1/posts", Patterns(host));
    }

    [Fact]
    public async Task An_endpoint_that_no_request_would_open_is_told_by_name()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<LateRoutes>();
        await using var app = builder.Build();
        app.Late(routes => routes.MapGet("/v1/meadows", () => Results.Ok()), "/v1/me");
        var fault = Assert.Throws<InvalidOperationException>(() => app.Services.GetRequiredService<LateRoutes>().OpenAll());
        Assert.Contains("/v1/meadows", fault.Message);
    }

    private static List<string> Patterns(MadangHost host) =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => $"{string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText!.TrimEnd('/')}"),
    ];
}

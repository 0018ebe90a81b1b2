using System.Text.Json;
using Madang.Edge;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Edge;

/// <summary>What the outside sees of broken infrastructure.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_full_disk_is_507() => await AssertAsync(new StorageFullException(), 507, "storage_full");

    [Fact]
    public async Task A_queue_at_its_bound_is_503_with_a_time_to_come_back()
    {
        var response = await AssertAsync(new OverloadedException("interactive"), 503, "overloaded");
        Assert.Equal("1", response.Headers.RetryAfter.ToString());
    }

    [Fact]
    public async Task A_database_that_is_away_is_503() => await AssertAsync(new UnavailableException("connection to 10.1.2.3 refused"), 503, "overloaded");

    [Fact]
    public async Task Anything_else_is_500_and_tells_nothing() => await AssertAsync(new InvalidOperationException("the secret is 42"), 500, "internal");

    [Theory]
    [InlineData(401, "unauthenticated")]
    [InlineData(403, "forbidden")]
    [InlineData(404, "not_found")]
    [InlineData(405, "method_not_allowed")]
    [InlineData(406, "not_acceptable")]
    [InlineData(413, "body_too_large")]
    [InlineData(415, "unsupported_media_type")]
    [InlineData(504, "timed_out")]
    public async Task An_empty_refusal_of_the_framework_gets_a_code(int status, string code)
    {
        var response = await AnswerAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(code, await CodeAsync(response));
    }

    private static async Task<HttpResponse> AssertAsync(Exception fault, int status, string code)
    {
        var response = await AnswerAsync(_ => throw fault);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, await CodeAsync(response));
        response.Body.Position = 0;
        using var reader = new StreamReader(response.Body, leaveOpen: true);
        Assert.DoesNotContain(fault.Message, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        return response;
    }

    private static async Task<HttpResponse> AnswerAsync(RequestDelegate endpoint)
    {
        var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseProblems();
        app.Run(endpoint);
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = new MemoryStream() } };
        await app.Build()(context);
        return context.Response;
    }

    private static async Task<string?> CodeAsync(HttpResponse response)
    {
        Assert.Equal("application/problem+json", response.ContentType);
        response.Body.Position = 0;
        return (await JsonSerializer.DeserializeAsync<JsonElement>(response.Body, cancellationToken: TestContext.Current.CancellationToken)).GetProperty("code").GetString();
    }
}

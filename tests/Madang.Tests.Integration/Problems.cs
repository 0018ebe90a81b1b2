using System.Net;
using System.Text.Json;

namespace Madang.Tests.Integration;

/// <summary>Reads refusals.</summary>
public static class Problems
{
    /// <summary>The answer is problem+json with this status and code, and leads to its own row of the docs.</summary>
    public static async Task<JsonElement> AssertAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string? field = null)
    {
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} instead of {(int)status}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal($"/docs/errors#{code}", problem.GetProperty("type").GetString());
        if (field is not null)
        {
            Assert.Contains(field, problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        }

        return problem;
    }
}

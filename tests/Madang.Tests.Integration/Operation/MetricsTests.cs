using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Madang.Tests.Integration.Operation;

public sealed partial class MetricsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly MadangHost _host = shared.Host;

    [Fact]
    public async Task What_is_written_is_the_text_format_of_prometheus()
    {
        var client = _host.Client();
        await client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        _ = await MetricsOnceAsync("http_server_request_duration_seconds");
        var answer = await client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("\n", text);
        var families = new HashSet<string>();
        var series = new HashSet<string>();
        string? family = null;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} comes twice");
                Assert.Contains(line.Split(' ')[3], new[] { "counter", "gauge", "histogram" });
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Assert.StartsWith(family!, sample.Groups["name"].Value);
                Assert.True(series.Add(sample.Groups["name"].Value + sample.Groups["labels"].Value), $"{line} comes twice");
            }
        }

        Assert.Contains("http_server_request_duration_seconds", families);
        Assert.Contains("kestrel_active_connections", families);
        Assert.Contains(families, name => name.StartsWith("dotnet_", StringComparison.Ordinal));
        Assert.Contains(families, name => name.StartsWith("madang_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Buckets_only_grow_and_end_in_the_count()
    {
        await _host.Client().GetAsync("/health/live", TestContext.Current.CancellationToken);
        var lines = (await MetricsOnceAsync("/health/live\"")).Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds", StringComparison.Ordinal) && line.Contains("/health/live")).ToList();
        var buckets = lines.Where(line => line.Contains("_bucket{")).Select(Value).ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Contains("le=\"+Inf\"", lines.Last(line => line.Contains("_bucket{")));
        Assert.Equal(buckets[^1], Value(lines.Single(line => line.Contains("_count{"))));
    }

    /// <summary>The metrics once they hold this: a request is counted after its answer has gone out, so the next one may come too early.</summary>
    private async Task<string> MetricsOnceAsync(string holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        string text;
        do
        {
            text = await _host.Client().GetStringAsync("/metrics", patience.Token);
        }
        while (!text.Contains(holds, StringComparison.Ordinal));

        return text;
    }

    [Fact]
    public async Task They_are_for_this_machine_and_for_moderators()
    {
        await AssertAsync(_host.Client(), HttpStatusCode.OK);
        await AssertAsync((await _host.PersonAsync("metrics-person")).Http, HttpStatusCode.Forbidden);
        await AssertAsync((await _host.PersonAsync("metrics-moderator", "moderator")).Http, HttpStatusCode.OK);

        // What came through a proxy came from somewhere else.
        foreach (var header in new[] { "X-Forwarded-For", "Forwarded", "Via" })
        {
            var proxied = _host.Client();
            proxied.DefaultRequestHeaders.TryAddWithoutValidation(header, "203.0.113.7");
            await AssertAsync(proxied, HttpStatusCode.Unauthorized);
        }

        var byName = _host.Client();
        byName.DefaultRequestHeaders.Host = "chat.example.org";
        await AssertAsync(byName, HttpStatusCode.Unauthorized);
    }

    private static async Task AssertAsync(HttpClient client, HttpStatusCode status) =>
        Assert.Equal(status, (await client.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);

    private static double Value(string line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*")*\})? (?:[-+]?[0-9.]+(?:E[-+][0-9]+)?|\+Inf|-Inf|NaN)$""")]
    private static partial Regex Sample();
}

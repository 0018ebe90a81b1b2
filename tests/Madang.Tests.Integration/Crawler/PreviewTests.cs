using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Madang.Crawler.Previews;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>GET /v1/preview</c> against sites on loopback: 127.0.0.2 may be entered, everything else there may not.</summary>
public sealed class PreviewTests(PreviewTests.Server server) : IClassFixture<PreviewTests.Server>
{
    private const string Allowed = "127.0.0.2/32";

    private const string Page = """
        <!DOCTYPE html><html><head><title>Plain</title><meta property="og:title" content="A  story"><meta property="og:type" content="article">
        <meta property="og:site_name" content="The Paper"><meta name="description" content="What it tells"><meta property="og:image" content="/lead.jpg"></head><body>x</body></html>
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_shown_by_what_it_says_of_itself_and_fetched_once()
    {
        var asked = 0;
        await using var site = await SiteAsync(routes => routes.MapGet("/story", async context =>
        {
            Interlocked.Increment(ref asked);
            await Task.Delay(100, Cancel);
            await WriteAsync(context, Page);
        }));
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_a");
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PreviewAsync(person.Http, $"{site.Origin}/story#part")));
        Assert.Equal(1, asked);
        Assert.All(all, one => Assert.Equal(
            ($"{site.Origin}/story", "A story", "What it tells", $"{site.Origin}/lead.jpg", "The Paper", "article"),
            ((string)one["url"]!, (string)one["title"]!, (string)one["description"]!, (string)one["image"]!, (string)one["site_name"]!, (string)one["kind"]!)));
        await PreviewAsync(person.Http, $"{site.Origin}/story");
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Redirects_files_and_pages_in_Korean_encodings_have_previews()
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        await using var site = await SiteAsync(routes =>
        {
            routes.MapGet("/from", () => Results.Redirect("/to"));
            routes.MapGet("/to", () => Results.Bytes(System.Text.Encoding.GetEncoding(949).GetBytes("<meta charset=euc-kr><title>똠방 마당</title>"), "text/html"));
            routes.MapGet("/files/pé.png", () => Results.Bytes([1, 2, 3], "image/png"));
            routes.MapGet("/quiet", () => Results.Content("<meta name=robots content=nosnippet><meta name=description content=secret>", "text/html"));
        });
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_b");
        var page = await PreviewAsync(person.Http, $"{site.Origin}/from");
        Assert.Equal(("똠방 마당", $"{site.Origin}/to", "website"), ((string)page["title"]!, (string)page["url"]!, (string)page["kind"]!));
        var file = await PreviewAsync(person.Http, $"{site.Origin}/files/pé.png");
        Assert.Equal(("pé.png", "image"), ((string)file["title"]!, (string)file["kind"]!));
        Assert.Null((await PreviewAsync(person.Http, $"{site.Origin}/quiet"))["description"]);
    }

    [Fact]
    public async Task No_preview_leads_to_an_address_that_is_not_public()
    {
        using var canary = new TcpListener(IPAddress.Any, 0);
        canary.Start();
        var port = ((IPEndPoint)canary.LocalEndpoint).Port;
        await using var site = await SiteAsync(routes =>
        {
            routes.MapGet("/to/{host}", (string host) => Results.Redirect($"http://{host}:{port}/"));
            routes.MapGet("/twice/{host}", (string host) => Results.Redirect($"/to/{host}"));
        });
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_c");
        string[] hosts =
        [
            "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
            "169.254.169.254", "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[2002:7f00:1::]", "127.0.0.3",
        ];
        foreach (var host in hosts)
        {
            await RefusedAsync(person.Http, $"http://{host}:{port}/", "preview_address_refused", 422);
        }

        foreach (var host in hosts.Where(host => host[0] != '['))
        {
            await RefusedAsync(person.Http, $"{site.Origin}/to/{host}", "preview_address_refused", 422);
            await RefusedAsync(person.Http, $"{site.Origin}/twice/{host}", "preview_address_refused", 422);
        }

        Assert.False(canary.Pending());
    }

    [Fact]
    public async Task What_is_no_web_address_is_refused()
    {
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_d");
        foreach (var url in new[] { "", "no url", "/relative", "file:///etc/passwd", "http://user:secret@example.com/", "javascript:alert(1)", "http://", "ftp://example.com/" })
        {
            await RefusedAsync(person.Http, url, "invalid_fields", 422);
        }

        await RefusedAsync(person.Http, "http://127.0.0.2:25/", "preview_address_refused", 422);
        await RefusedAsync(person.Http, "http://127.0.0.2:1/", "preview_address_refused", 422);
    }

    [Fact]
    public async Task Failures_are_remembered_and_have_their_codes()
    {
        var asked = 0;
        await using var site = await SiteAsync(routes =>
        {
            routes.MapGet("/gone", () =>
            {
                Interlocked.Increment(ref asked);
                return Results.NotFound();
            });
            routes.MapGet("/loop", () => Results.Redirect("/loop"));
        });
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_e");
        await RefusedAsync(person.Http, $"{site.Origin}/gone", "preview_no_page", 422);
        await RefusedAsync(person.Http, $"{site.Origin}/gone", "preview_no_page", 422);
        Assert.Equal(1, asked);
        await RefusedAsync(person.Http, $"{site.Origin}/loop", "preview_unreachable", 502);
        await RefusedAsync(person.Http, $"http://{new string('x', 3_000)}.example/", "invalid_fields", 422);
    }

    [Fact]
    public async Task Our_own_pages_are_never_fetched()
    {
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_f");
        await RefusedAsync(person.Http, $"{madang.Address}v1/me", "preview_no_page", 422);
    }

    [Fact]
    public async Task A_fetch_counts_as_a_write_and_memory_does_not()
    {
        await using var site = await SiteAsync(routes => routes.MapGet("/{name}", (string name) => Results.Content($"<title>{name}</title>", "text/html")));
        await using var madang = await MadangHost.StartAsync(new()
        {
            ["Madang:Outbound:Allow"] = Allowed,
            ["Madang:RateLimits"] = "on",
        });
        var person = await madang.PersonAsync("reader_g");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 70; i++)
        {
            using var answer = await person.Http.GetAsync($"/v1/preview?url={Uri.EscapeDataString($"{site.Origin}/{i}")}", Cancel);
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal("0", (string)(await PreviewAsync(person.Http, $"{site.Origin}/0"))["title"]!);
    }

    [Fact]
    public async Task A_slow_page_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        silent.Start();
        var madang = server.Host;
        var person = await madang.PersonAsync("reader_h");
        var began = Environment.TickCount64;
        await RefusedAsync(person.Http, $"http://127.0.0.2:{((IPEndPoint)silent.LocalEndpoint).Port}/", "preview_unreachable", 502);
        Assert.InRange(Environment.TickCount64 - began, 0, (long)(Previews.Timeout.TotalMilliseconds * 2));
    }

    private static Task<JsonNode> PreviewAsync(HttpClient client, string url) => MadangHost.GetAsync(client, $"/v1/preview?url={Uri.EscapeDataString(url)}");

    private static async Task RefusedAsync(HttpClient client, string url, string code, int status)
    {
        using var answer = await client.GetAsync($"/v1/preview?url={Uri.EscapeDataString(url)}", Cancel);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((url, code, status), (url, (string)problem["code"]!, (int)answer.StatusCode));
    }

    private static Task WriteAsync(HttpContext context, string html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html, Cancel);
    }

    private static async Task<Site> SiteAsync(Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.2:0");
        var app = builder.Build();
        map(app);
        await app.StartAsync(Cancel);
        return new Site(app);
    }

    private sealed class Site(WebApplication app) : IAsyncDisposable
    {
        public string Origin { get; } = app.Urls.First();

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    /// <summary>One server for all of them that need no settings of their own.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public MadangHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await MadangHost.StartAsync(new() { ["Madang:Outbound:Allow"] = Allowed });

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}

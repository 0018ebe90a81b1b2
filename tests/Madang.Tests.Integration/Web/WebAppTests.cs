using System.IO.Compression;
using Madang.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Tests.Integration.Web;

/// <summary>How built files are served; the app itself is tested in a browser.</summary>
public sealed class WebAppTests : IDisposable
{
    private const string Script = "console.log('a script that is long enough to be worth compressing, a script that is long enough to be worth compressing')";
    private readonly string _folder = MadangHost.NewFolder();
    private readonly WebApp _app;

    public WebAppTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<!doctype html><title>마당</title>");
        File.WriteAllText(Path.Combine(_folder, "assets", "app-1a2b.js"), Script);
        File.WriteAllBytes(Path.Combine(_folder, "icon.png"), [1, 2, 3]);
        _app = new WebApp(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Assets_are_kept_for_ever_and_compressed()
    {
        var (served, context) = await ServeAsync("/assets/app-1a2b.js", acceptEncoding: "gzip, br");
        Assert.True(served);
        Assert.Equal("public, max-age=31536000, immutable", context.Response.Headers.CacheControl.ToString());
        Assert.Equal("br", context.Response.Headers.ContentEncoding.ToString());
        Assert.Equal("Accept-Encoding", context.Response.Headers.Vary.ToString());
        using var brotli = new BrotliStream(context.Response.Body, CompressionMode.Decompress);
        using var reader = new StreamReader(brotli);
        Assert.Equal(Script, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/rooms/118051488940425216")]
    [InlineData("/notify/templates/order.shipped")]
    public async Task Addresses_of_the_app_are_the_app_and_asked_for_anew(string path)
    {
        var (served, context) = await ServeAsync(path);
        Assert.True(served);
        Assert.Equal("no-cache", context.Response.Headers.CacheControl.ToString());
        Assert.Equal("text/html; charset=utf-8", context.Response.ContentType);
        Assert.Contains("마당", await ReadAsync(context));
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var (_, first) = await ServeAsync("/icon.png");
        Assert.Equal("image/png", first.Response.ContentType);
        var (_, second) = await ServeAsync("/icon.png", ifNoneMatch: first.Response.Headers.ETag.ToString());
        Assert.Equal(StatusCodes.Status304NotModified, second.Response.StatusCode);
    }

    [Theory]
    [InlineData("/v1/rooms")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/assets/gone.js")]
    [InlineData("/favicon.ico")]
    [InlineData("/../secret.txt")]
    [InlineData("/assets/../../secret.txt")]
    public async Task Nothing_else_is(string path) => Assert.False((await ServeAsync(path)).Served);

    [Fact]
    public async Task Only_reading_is_served()
    {
        var (served, _) = await ServeAsync("/", method: "POST");
        Assert.False(served);
    }

    [Fact]
    public async Task Without_the_app_the_start_page_says_what_to_install()
    {
        var context = Context("/", "GET");
        Assert.True(await new WebApp(null).TryServeAsync(context));
        Assert.Contains("Install Node 20", await ReadAsync(context));
    }

    private async Task<(bool Served, DefaultHttpContext Context)> ServeAsync(string path, string method = "GET", string acceptEncoding = "", string ifNoneMatch = "")
    {
        var context = Context(path, method);
        context.Request.Headers.AcceptEncoding = acceptEncoding;
        context.Request.Headers.IfNoneMatch = ifNoneMatch;
        var served = await _app.TryServeAsync(context);
        context.Response.Body.Position = 0;
        return (served, context);
    }

    private static DefaultHttpContext Context(string path, string method)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Headers.Accept = "text/html,*/*";
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static async Task<string> ReadAsync(HttpContext context)
    {
        context.Response.Body.Position = 0;
        using var reader = new StreamReader(context.Response.Body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Madang.Api;
using Madang.Web;

namespace Madang.Docs;

/// <summary><c>/openapi/v1.json</c>, and pages to read it and the tables of errors, limits and settings.</summary>
internal static class DocsModule
{
    public static void AddApiDocs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new ApiDocument(builder.Services, provider));
    }

    public static void MapApiDocs(this IEndpointRouteBuilder routes)
    {
        routes.Late(Map, "/openapi", "/docs");
    }

    private static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi/v1.json", WriteAsync).AllowAnonymous().ExcludeFromDescription();
        var docs = routes.MapGroup("/docs").AllowAnonymous().ExcludeFromDescription();
        docs.MapGet("/", ReferenceAsync);
        docs.MapGet("/start.js", () => Results.Text(Start, "text/javascript; charset=utf-8"));
        docs.MapGet("/{page}", (string page) => DocsPages.Find(page) is { } markdown
            ? Html(page, MarkdownPage.Render(markdown))
            : new Refusal(ApiErrors.NotFound));
    }

    private static async Task<IResult> WriteAsync(ApiDocument api, CancellationToken cancellationToken) =>
        Results.Bytes(await api.WriteAsync(cancellationToken), "application/json;charset=utf-8");

    private static async Task<IResult> ReferenceAsync(WebApp web, ApiDocument api, CancellationToken cancellationToken)
    {
        if (web.HasScalar)
        {
            return Html("API", """<div id="reference"></div><script src="/scalar/standalone.js"></script><script src="/docs/start.js"></script>""", plain: false);
        }

        var document = await api.ReadAsync(cancellationToken);
        var list = new StringBuilder("""<h1>Madang API</h1><p>The machine-readable form is <a href="/openapi/v1.json">/openapi/v1.json</a>. See also <a href="/docs/errors">errors</a>, <a href="/docs/limits">limits</a>, <a href="/docs/configuration">settings</a> and <a href="/docs/metrics">metrics</a>.</p><table><tr><th>Method</th><th>Path</th><th>What it does</th></tr>""");
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                list.Append(CultureInfo.InvariantCulture, $"<tr><td>{method.Method}</td><td><code>{WebUtility.HtmlEncode(path)}</code></td><td>{WebUtility.HtmlEncode(operation.Summary ?? "")}</td></tr>");
            }
        }

        return Html("API", list.Append("</table>").ToString());
    }

    private static IResult Html(string title, string body, bool plain = true) => Results.Content(
        $"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{WebUtility.HtmlEncode(title)} · Madang</title>
        <style>{(plain ? Style : "body{margin:0}")}</style>
        {body}
        </html>
        """,
        "text/html; charset=utf-8");

    private const string Style =
        ":root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}"
        + "th,td{text-align:left;vertical-align:top;border-bottom:1px solid #8884;padding:.4em .6em}code{background:#8882;padding:.1em .3em;border-radius:.3em}:target{background:#fd04}";

    // Scripts may not be inline under our policy.
    private const string Start = "Scalar.createApiReference('#reference', { url: '/openapi/v1.json', withDefaultFonts: false, telemetry: false, showDeveloperTools: 'never', hideClientButton: true });\n";
}

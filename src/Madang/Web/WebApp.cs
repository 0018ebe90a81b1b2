using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Madang.Web;

/// <summary>
/// The built web app: <c>wwwroot</c> beside the program when published, <c>web/dist</c> in a clone. Files under <c>assets/</c> bear a hash in their
/// name and are kept for ever; every other address that a browser asks for as a page is the app's own and gets <c>index.html</c>.
/// </summary>
internal sealed class WebApp
{
    private static readonly string[] Compressible = ["text/", "application/javascript", "text/javascript", "application/json", "application/manifest+json", "image/svg+xml", "application/wasm"];
    private static readonly FileExtensionContentTypeProvider Types = new(new Dictionary<string, string>(new FileExtensionContentTypeProvider().Mappings, StringComparer.OrdinalIgnoreCase)
    {
        [".webmanifest"] = "application/manifest+json",
    });

    // Compressed once a file; as many as the app has.
    private readonly ConcurrentDictionary<(string Path, DateTimeOffset Modified), Lazy<byte[]>> _compressed = new();
    private readonly PhysicalFileProvider? _files;

    /// <param name="folder">Where the built app lies; null where there is none.</param>
    public WebApp(string? folder) => _files = folder is null ? null : new PhysicalFileProvider(folder);

    public static string? FindFolder()
    {
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (File.Exists(Path.Combine(published, "index.html")))
        {
            return published;
        }

        var cloned = typeof(WebApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "WebDist")?.Value;
        return cloned is not null && File.Exists(Path.Combine(cloned, "index.html")) ? Path.GetFullPath(cloned) : null;
    }

    /// <summary>The script of the API page, when the web build brought it.</summary>
    public bool HasScalar => _files?.GetFileInfo("/scalar/standalone.js").Exists == true;

    /// <summary>Answers with a file of the app, or with the app itself for a page; false when the request is for neither.</summary>
    public async Task<bool> TryServeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var path = request.Path.Value ?? "/";
        var file = path == "/" ? null : _files?.GetFileInfo(path);
        if (file is { Exists: true, IsDirectory: false })
        {
            await SendAsync(context, path, file, isForEver: path.StartsWith("/assets/", StringComparison.Ordinal));
            return true;
        }

        if (!IsPage(request, path))
        {
            return false;
        }

        var index = _files?.GetFileInfo("/index.html");
        if (index is { Exists: true })
        {
            await SendAsync(context, "/index.html", index, isForEver: false);
        }
        else
        {
            await Results.Content(NotBuilt, "text/html; charset=utf-8").ExecuteAsync(context);
        }

        return true;
    }

    private static bool IsPage(HttpRequest request, string path) =>
        !path.StartsWith("/v1", StringComparison.Ordinal) && !path.StartsWith("/openapi", StringComparison.Ordinal)
        && !path.StartsWith("/docs", StringComparison.Ordinal) && !path.StartsWith("/health", StringComparison.Ordinal)
        && !path.StartsWith("/assets/", StringComparison.Ordinal)
        // Names of templates, categories and audiences may hold dots; nothing below this address is a file.
        && (!Path.HasExtension(path) || path.StartsWith("/notify/", StringComparison.Ordinal))
        && (path == "/" || request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));

    private async Task SendAsync(HttpContext context, string path, IFileInfo file, bool isForEver)
    {
        var type = Types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
        context.Response.Headers.CacheControl = isForEver ? "public, max-age=31536000, immutable" : "no-cache";
        var tag = Tag(path, file);
        if (!Compressible.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal)))
        {
            await Results.File(file.PhysicalPath!, type, lastModified: file.LastModified, entityTag: new EntityTagHeaderValue($"\"{tag}\"")).ExecuteAsync(context);
            return;
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        var encoded = context.Request.Headers.AcceptEncoding.ToString();
        var encoding = encoded.Contains("br", StringComparison.Ordinal) ? "br" : encoded.Contains("gzip", StringComparison.Ordinal) ? "gzip" : null;
        if (encoding is null)
        {
            await Results.File(file.PhysicalPath!, Utf8(type), lastModified: file.LastModified, entityTag: new EntityTagHeaderValue($"\"{tag}\"")).ExecuteAsync(context);
            return;
        }

        var bytes = _compressed.GetOrAdd((encoding + path, file.LastModified), _ => new Lazy<byte[]>(() => Compress(file, encoding))).Value;
        context.Response.Headers.ContentEncoding = encoding;
        await Results.Bytes(bytes, Utf8(type), lastModified: file.LastModified, entityTag: new EntityTagHeaderValue($"\"{tag}-{encoding}\"")).ExecuteAsync(context);
    }

    private static string Utf8(string type) => type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;

    private static string Tag(string path, IFileInfo file) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{path}|{file.Length}|{file.LastModified.UtcTicks}")).AsSpan(0, 8));

    private static byte[] Compress(IFileInfo file, string encoding)
    {
        using var memory = new MemoryStream();
        using (Stream compressor = encoding == "br" ? new BrotliStream(memory, CompressionLevel.Optimal, leaveOpen: true) : new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        using (var source = file.CreateReadStream())
        {
            source.CopyTo(compressor);
        }

        return memory.ToArray();
    }

    private const string NotBuilt = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Madang</title>
        <style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:.3em}</style>
        <h1>Madang is running</h1>
        <p>The API answers (<a href="/docs">/docs</a>), but the web app has not been built.
        Install Node 20 or newer, then run <code>dotnet run --project src/Madang</code> again: it builds the app and serves it here.</p>
        <p lang="ko">서버는 동작하고 있지만 웹 앱이 아직 빌드되지 않았습니다. Node 20 이상을 설치한 뒤 <code>dotnet run --project src/Madang</code>을 다시 실행하세요.</p>
        </html>
        """;
}

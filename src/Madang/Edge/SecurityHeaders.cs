using Madang.Settings;

namespace Madang.Edge;

/// <summary>Headers on every answer (OWASP Secure Headers).</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// For the web app. Styles may be inline because component libraries set them on elements; scripts may not. Images may be data: (BlurHash) and blob: (an upload's preview).
    /// </summary>
    public const string AppPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
        + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // A JSON answer loads nothing, even if a browser is made to show it.
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, ServerSettings settings)
    {
        // Behind a proxy that speaks https the scheme is known only after its header was read; hence per request.
        return app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(self), geolocation=(), payment=()";
            headers.ContentSecurityPolicy = IsApi(context.Request.Path) ? ApiPolicy : AppPolicy;
            if (context.Request.Path.StartsWithSegments("/v1"))
            {
                // What one person was told must not lie in a cache for the next; an endpoint that knows better says so itself.
                headers.CacheControl = "no-store";
            }

            if (context.Request.IsHttps)
            {
                headers.StrictTransportSecurity = "max-age=31536000";
            }

            return next(context);
        });
    }

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v1") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");
}

using Microsoft.AspNetCore.Http;

namespace Madang.Api;

/// <summary>
/// Whose pages may use a session cookie: our own (the address of the request itself, or <c>Madang:PublicUrl</c>) and those of <c>Madang:Origins</c>.
/// Asked for unsafe methods with a cookie and for every socket that a browser opens; it stops cross-site writes and socket hijacking.
/// </summary>
/// <param name="listed">Origins in the form <c>https://app.example.org</c>.</param>
public sealed class AllowedOrigins(IEnumerable<string> listed)
{
    private readonly HashSet<string> _listed = new(listed, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the request says that it comes from an allowed page. A request without an Origin does not.</summary>
    public bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && (_listed.Contains(origin) || origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase));
    }
}

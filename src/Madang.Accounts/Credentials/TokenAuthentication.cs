using System.Security.Claims;
using System.Text.Encodings.Web;
using Madang.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Accounts.Credentials;

/// <summary>
/// Finds out who calls: <c>Authorization: Bearer</c>, else the session cookie. A cookie counts only when nothing can be changed by it or when the page that sent it
/// is ours: browsers add cookies to requests of any page. Whoever is known already (the operator on the socket) stays.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Sessions sessions, AllowedOrigins origins)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "madang";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Caller.Of(Context).IsAnonymous)
        {
            return Known();
        }

        var header = Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
        if (token is null)
        {
            if (!Request.Cookies.TryGetValue(Sessions.CookieName, out token))
            {
                return AuthenticateResult.NoResult();
            }

            if (MayChangeSomething(Request) && !origins.Allows(Request))
            {
                Context.Features.Set(ForeignOrigin.Value);
                return AuthenticateResult.Fail("The cookie came with a request of a foreign page.");
            }
        }

        if (await sessions.AuthenticateAsync(token, Context.RequestAborted) is not { } caller)
        {
            return AuthenticateResult.Fail("The token is unknown, expired or revoked.");
        }

        Context.Features.Set(caller);
        return Known();
    }

    private static AuthenticateResult Known() =>
        AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity(SchemeName)), SchemeName));

    // A socket begins with a GET, and a page of any origin may open one.
    private static bool MayChangeSomething(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        || request.Headers.Upgrade.Count > 0;
}

/// <summary>Marks a request whose cookie was not looked at because its page is not ours.</summary>
internal sealed class ForeignOrigin
{
    public static readonly ForeignOrigin Value = new();
}

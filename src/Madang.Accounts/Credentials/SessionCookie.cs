using Microsoft.AspNetCore.Http;

namespace Madang.Accounts.Credentials;

/// <summary>The browser's side of a session. Scripts cannot read it, other sites' forms do not send it.</summary>
internal static class SessionCookie
{
    // The longest that browsers keep one. The server decides when the session ends, and slides it; the cookie need not be sent again for that.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    public static void Set(HttpContext context, Token token)
    {
        var cookie = Options(context);
        cookie.MaxAge = Kept;
        context.Response.Cookies.Append(Sessions.CookieName, token.Text, cookie);
    }

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Sessions.CookieName, Options(context));

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}

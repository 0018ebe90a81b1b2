using Madang.Accounts.Credentials;
using Microsoft.AspNetCore.Http;

namespace Madang.Tests.Unit.Accounts;

public sealed class SessionCookieTests
{
    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public void The_cookie_travels_over_TLS_only_when_it_came_by_TLS(string scheme, bool secure)
    {
        var context = new DefaultHttpContext { Request = { Scheme = scheme } };
        SessionCookie.Set(context, Token.New(CredentialKind.Session));
        var cookie = context.Response.Headers.SetCookie.ToString();
        Assert.Equal(secure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }
}

using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

/// <param name="Cookie">True for browsers: the token goes into an HttpOnly cookie and is left out of the answer.</param>
internal sealed record SignInJson(string? Name, string? Password, string? DeviceName, bool? Cookie);

/// <summary><c>/v1/sessions</c>: signing in and out.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/v1/sessions").WithTags("people");
        sessions.MapPost("", SignInAsync).AllowAnonymous().WithName("sign_in").WithSummary("Opens a session, which is a device.");
        sessions.MapDelete("", SignOutAsync).RequireAuthorization(Policies.Person).WithName("sign_out").WithSummary("Ends the session of this request.");
    }

    public static string? CheckDevice(string? name, FieldFaults faults) =>
        name is null ? null : faults.Take(Text.Line(name, "device_name", Sessions.MaxDeviceName, required: false)) is { Length: > 0 } device ? device : null;

    /// <summary>A page of another origin may not sign the browser's owner in as somebody else.</summary>
    public static Error? RefuseForeign(HttpContext context, bool? cookie, AllowedOrigins origins) =>
        cookie is true && context.Request.Headers.Origin.Count > 0 && !origins.Allows(context.Request) ? ApiErrors.OriginNotAllowed : null;

    public static Created<SessionJson> Answer(HttpContext context, OpenSession session, bool? cookie)
    {
        if (cookie is true)
        {
            SessionCookie.Set(context, session.Token);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, SessionJson.Of(session, withToken: cookie is not true));
    }

    private static async Task<Results<Created<SessionJson>, Refusal>> SignInAsync(
        SignInJson body, HttpContext context, Sessions sessions, AllowedOrigins origins, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var name = faults.Take(UserName.Check(body.Name));
        var password = faults.Take(PasswordRules.Bounded(body.Password, "password"));
        var device = CheckDevice(body.DeviceName, faults);
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        if (RefuseForeign(context, body.Cookie, origins) is { } foreign)
        {
            return (Refusal)foreign;
        }

        var opened = await sessions.SignInAsync(name!, password!, device, ClientAddress.Of(context), cancellationToken);
        return opened.IsOk ? Answer(context, opened.Value, body.Cookie) : (Refusal)opened.Error;
    }

    private static async Task<NoContent> SignOutAsync(Caller caller, HttpContext context, Sessions sessions, CancellationToken cancellationToken)
    {
        await sessions.EndAsync(caller.Person, caller.Credential, cancellationToken);
        if (context.Request.Cookies.ContainsKey(Sessions.CookieName))
        {
            SessionCookie.Clear(context);
        }

        return TypedResults.NoContent();
    }
}

using Madang.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Madang.Accounts.Credentials;

/// <summary>What a policy asks of the caller: to be known, to be a person, to have a role.</summary>
internal sealed class AccessRequirement(bool person = false, Role role = Role.User, bool orServer = false) : AuthorizationHandler<AccessRequirement>, IAuthorizationRequirement
{
    public bool Person { get; } = person;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        var caller = context.Resource is HttpContext http ? Caller.Of(http) : Caller.Anonymous;
        if (!caller.IsAnonymous && (!Person || caller.User is not null) && (caller.Role >= role || (orServer && caller.Kind == CallerKind.ApiKey)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Answers who may not with problem+json: 401 who is not known, 403 who is.</summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var caller = Caller.Of(context);
        if (!caller.IsAnonymous)
        {
            var needsPerson = policy.Requirements.OfType<AccessRequirement>().Any(requirement => requirement.Person);
            return Refuse(needsPerson && caller.User is null ? ApiErrors.PersonRequired : ApiErrors.Forbidden, context);
        }

        if (context.Features.Get<ForeignOrigin>() is not null)
        {
            return Refuse(ApiErrors.OriginNotAllowed, context);
        }

        // RFC 6750 section 3: the error is named only when a token came.
        var presented = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers[HeaderNames.WWWAuthenticate] = presented ? "Bearer error=\"invalid_token\"" : "Bearer";
        if (context.Request.Cookies.ContainsKey(Sessions.CookieName))
        {
            SessionCookie.Clear(context);
        }

        return Refuse(ApiErrors.Unauthenticated, context);
    }

    private static Task Refuse(Error error, HttpContext context) => new Refusal(error).ExecuteAsync(context);
}

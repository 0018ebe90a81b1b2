using Madang.Accounts.Passwords;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

internal sealed record RegisterJson(string? Name, string? Password, string? DisplayName, string? Locale, string? TimeZone, string? Invite);

/// <summary><c>/v1/users</c>: making an account, and finding people.</summary>
internal static class UserEndpoints
{
    private const int MaxInvite = 256;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users").WithTags("people");
        users.MapPost("", RegisterAsync).AllowAnonymous().WithName("register_user")
            .WithSummary("Makes an account. Who may is set by Madang:Accounts:Registration; admins always may, and without a password if they like.");
        users.MapGet("", SearchAsync).RequireAuthorization(Policies.SignedIn).WithName("search_users")
            .WithSummary("People whose name begins with q or whose display name holds it; all without q.");
        users.MapGet("/{id}", ReadAsync).RequireAuthorization(Policies.SignedIn).WithName("read_user").WithSummary("One person.");
    }

    /// <summary>What registration and setup have in common.</summary>
    public static Newcomer Check(string? name, string? password, bool passwordRequired, Profile profile, FieldFaults faults)
    {
        var checkedName = faults.Take(UserName.Check(name));
        var checkedPassword = password is null && !passwordRequired ? null : faults.Take(PasswordRules.Check(password, "password", checkedName));
        return new(checkedName ?? "", checkedPassword, profile);
    }

    private static async Task<Results<Created<UserJson>, Refusal>> RegisterAsync(RegisterJson body, Caller caller, SignUp signUp, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var newcomer = Check(body.Name, body.Password, !caller.IsAdmin, Profile.Check(body.DisplayName, body.Locale, body.TimeZone, faults), faults);
        var invite = faults.Take(Text.Line(body.Invite, "invite", MaxInvite, required: false));
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var registered = await signUp.RegisterAsync(caller, newcomer, invite, cancellationToken);
        return registered.IsOk
            ? TypedResults.Created($"/v1/users/{registered.Value.Id}", UserJson.Of(registered.Value, caller))
            : (Refusal)registered.Error;
    }

    private static async Task<Results<Ok<Page<UserJson>>, Refusal>> SearchAsync(
        [FromQuery] string? q, [FromQuery] string? cursor, [FromQuery] string? limit, Caller caller, Users users, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var found = await users.SearchAsync(caller, q, query.Value, cancellationToken);
        return found.IsOk ? TypedResults.Ok(found.Value.Select(user => UserJson.Of(user, caller))) : (Refusal)found.Error;
    }

    private static async Task<Results<Ok<UserJson>, Refusal>> ReadAsync(string id, Caller caller, Users users, CancellationToken cancellationToken) =>
        Id.TryParse<UserId>(id, out var userId) && await users.FindAsync(userId, cancellationToken) is { } user
            ? TypedResults.Ok(UserJson.Of(user, caller))
            : (Refusal)ApiErrors.NotFound;
}

using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

internal sealed record ProfileJson(string? DisplayName, string? Locale, string? TimeZone);

internal sealed record PasswordJson(string? CurrentPassword, string? NewPassword);

/// <summary><c>/v1/me</c>: one's own account, password and devices.</summary>
internal static class MeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/v1/me").WithTags("people").RequireAuthorization(Policies.Person);
        me.MapGet("", ReadAsync).WithName("read_me").WithSummary("The caller.");
        me.MapPatch("", ChangeAsync).WithName("change_me").WithSummary("Changes display name, language or time zone; what is absent stays.");
        me.MapPut("/password", ChangePasswordAsync).WithName("change_password").WithSummary("Changes the password; all other sessions end.");
        me.MapGet("/devices", ListDevicesAsync).WithName("list_devices").WithSummary("The caller's sessions.");
        me.MapDelete("/devices", SignOutOthersAsync).WithName("sign_out_others").WithSummary("Ends all sessions but this one.");
        me.MapDelete("/devices/{id}", SignOutAsync).WithName("sign_out_device").WithSummary("Ends one session.");
    }

    private static async Task<Results<Ok<UserJson>, Refusal>> ReadAsync(Caller caller, Users users, CancellationToken cancellationToken) =>
        await users.FindAsync(caller.Person, cancellationToken) is { } user ? TypedResults.Ok(UserJson.Of(user, caller)) : (Refusal)ApiErrors.Unauthenticated;

    private static async Task<Results<Ok<UserJson>, Refusal>> ChangeAsync(ProfileJson body, Caller caller, Users users, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var profile = Profile.Check(body.DisplayName, body.Locale, body.TimeZone, faults);
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var changed = await users.ChangeAsync(caller.Person, profile, cancellationToken);
        return changed.IsOk ? TypedResults.Ok(UserJson.Of(changed.Value, caller)) : (Refusal)changed.Error;
    }

    private static async Task<Results<NoContent, Refusal>> ChangePasswordAsync(
        PasswordJson body, Caller caller, HttpContext context, Users users, Administration administration, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(caller.Person, cancellationToken) is not { } user)
        {
            return (Refusal)ApiErrors.Unauthenticated;
        }

        var faults = new FieldFaults();
        var current = faults.Take(PasswordRules.Bounded(body.CurrentPassword, "current_password"));
        var next = faults.Take(PasswordRules.Check(body.NewPassword, "new_password", user.Name));
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var changed = await administration.ChangePasswordAsync(caller, user.Name, current!, next!, ClientAddress.Of(context), cancellationToken);
        return changed.IsOk ? TypedResults.NoContent() : (Refusal)changed.Error;
    }

    private static async Task<Results<Ok<Page<DeviceJson>>, Refusal>> ListDevicesAsync(
        [FromQuery] string? cursor, [FromQuery] string? limit, Caller caller, Sessions sessions, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        return query.IsOk
            ? TypedResults.Ok((await sessions.ListAsync(caller.Person, query.Value, cancellationToken)).Select(session => DeviceJson.Of(session, caller)))
            : (Refusal)query.Error;
    }

    private static async Task<NoContent> SignOutOthersAsync(Caller caller, Sessions sessions, CancellationToken cancellationToken)
    {
        await sessions.EndOthersAsync(caller.Person, caller.Credential, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Refusal>> SignOutAsync(string id, Caller caller, Sessions sessions, CancellationToken cancellationToken) =>
        Id.TryParse<CredentialId>(id, out var device) && await sessions.EndAsync(caller.Person, device.Value, cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;
}

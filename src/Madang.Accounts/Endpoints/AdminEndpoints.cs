using Madang.Accounts.Credentials;
using Madang.Accounts.Passwords;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

internal sealed record NewApiKeyJson(string? Name, string? Role, DateTimeOffset? ExpiresAt);

internal sealed record NewInviteJson(int? MaxUses, DateTimeOffset? ExpiresAt);

internal sealed record AccessJson(string? Role, bool? Disabled);

internal sealed record NewPasswordJson(string? NewPassword);

/// <summary><c>/v1/admin</c>: API keys, invites and other people's accounts. For admins, admin API keys and the operator.</summary>
internal static class AdminEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/admin").WithTags("administration").RequireAuthorization(Policies.Admin);
        admin.MapPost("/api-keys", CreateKeyAsync).WithName("create_api_key").WithSummary("Makes an API key; the key itself is told this once.");
        admin.MapGet("/api-keys", ListKeysAsync).WithName("list_api_keys").WithSummary("The API keys.");
        admin.MapDelete("/api-keys/{id}", EndKeyAsync).WithName("delete_api_key").WithSummary("Ends an API key at once.");
        admin.MapPost("/invites", InviteAsync).WithName("create_invite").WithSummary("Makes an invite; its code is told this once.");
        admin.MapGet("/invites", ListInvitesAsync).WithName("list_invites").WithSummary("The invites.");
        admin.MapDelete("/invites/{id}", DeleteInviteAsync).WithName("delete_invite").WithSummary("Takes an invite back.");
        admin.MapPatch("/users/{id}", ChangeUserAsync).WithName("change_user").WithSummary("Changes a person's role, or disables the account.");
        admin.MapPut("/users/{id}/password", ResetPasswordAsync).WithName("reset_password").WithSummary("Sets a person's password and signs them out everywhere.");
        admin.MapDelete("/users/{id}/sessions", SignOutAsync).WithName("sign_out_user").WithSummary("Signs a person out everywhere.");
    }

    private static async Task<Results<Created<ApiKeyJson>, Refusal>> CreateKeyAsync(
        NewApiKeyJson body, HttpContext context, ServerTokens tokens, TimeProvider time, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var name = faults.Take(Text.Line(body.Name, "name", ServerTokens.MaxKeyName));
        var role = faults.Take(ParseRole(body.Role, required: true));
        CheckEnd(body.ExpiresAt, time, most: null, faults);
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var (key, token) = await tokens.CreateKeyAsync(name!, role!.Value, body.ExpiresAt, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, ApiKeyJson.Of(key, token));
    }

    private static async Task<Results<Ok<Page<ApiKeyJson>>, Refusal>> ListKeysAsync(
        [FromQuery] string? cursor, [FromQuery] string? limit, ServerTokens tokens, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        return query.IsOk
            ? TypedResults.Ok((await tokens.KeysAsync(query.Value, cancellationToken)).Select(key => ApiKeyJson.Of(key)))
            : (Refusal)query.Error;
    }

    private static async Task<Results<NoContent, Refusal>> EndKeyAsync(string id, ServerTokens tokens, CancellationToken cancellationToken) =>
        Id.TryParse<CredentialId>(id, out var key) && await tokens.EndKeyAsync(key.Value, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Created<InviteJson>, Refusal>> InviteAsync(
        NewInviteJson body, HttpContext context, Invites invites, TimeProvider time, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var uses = body.MaxUses ?? 1;
        if (uses is < 1 or > Invites.MaxUses)
        {
            faults.Add("max_uses", "out_of_range", $"max_uses is 1 to {Invites.MaxUses}.");
        }

        CheckEnd(body.ExpiresAt, time, Invites.MaxLife, faults);
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var (invite, code) = await invites.CreateAsync(uses, body.ExpiresAt, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, InviteJson.Of(invite, code));
    }

    private static async Task<Results<Ok<Page<InviteJson>>, Refusal>> ListInvitesAsync(
        [FromQuery] string? cursor, [FromQuery] string? limit, Invites invites, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        return query.IsOk
            ? TypedResults.Ok((await invites.ListAsync(query.Value, cancellationToken)).Select(invite => InviteJson.Of(invite)))
            : (Refusal)query.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteInviteAsync(string id, Invites invites, CancellationToken cancellationToken) =>
        Id.TryParse<CredentialId>(id, out var invite) && await invites.DeleteAsync(invite.Value, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<UserJson>, Refusal>> ChangeUserAsync(
        string id, AccessJson body, Caller caller, Administration administration, CancellationToken cancellationToken)
    {
        var role = ParseRole(body.Role, required: false);
        if (!role.IsOk)
        {
            return (Refusal)role.Error;
        }

        if (!Id.TryParse<UserId>(id, out var user))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var changed = await administration.ChangeAsync(user, role.Value, body.Disabled, cancellationToken);
        return changed.IsOk ? TypedResults.Ok(UserJson.Of(changed.Value, caller)) : (Refusal)changed.Error;
    }

    private static async Task<Results<NoContent, Refusal>> ResetPasswordAsync(
        string id, NewPasswordJson body, Users users, Administration administration, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(id, out var userId) || await users.FindAsync(userId, cancellationToken) is not { } user)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var password = PasswordRules.Check(body.NewPassword, "new_password", user.Name);
        if (!password.IsOk)
        {
            return (Refusal)password.Error;
        }

        var reset = await administration.ResetPasswordAsync(userId, password.Value, cancellationToken);
        return reset.IsOk ? TypedResults.NoContent() : (Refusal)reset.Error;
    }

    private static async Task<Results<NoContent, Refusal>> SignOutAsync(string id, Administration administration, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(id, out var user))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var ended = await administration.SignOutAsync(user, cancellationToken);
        return ended.IsOk ? TypedResults.NoContent() : (Refusal)ended.Error;
    }

    private static Result<Role?> ParseRole(string? role, bool required) => role switch
    {
        null when !required => (Role?)null,
        null => ApiErrors.Invalid("role", "required", "role is user, moderator or admin."),
        "user" => (Role?)Role.User,
        "moderator" => (Role?)Role.Moderator,
        "admin" => (Role?)Role.Admin,
        _ => ApiErrors.Invalid("role", "unknown_value", "role is user, moderator or admin."),
    };

    private static void CheckEnd(DateTimeOffset? end, TimeProvider time, TimeSpan? most, FieldFaults faults)
    {
        var now = time.GetUtcNow();
        if (end is { } at && (at <= now || at - now > most))
        {
            faults.Add("expires_at", "out_of_range", most is { } limit ? $"expires_at lies in the next {limit.TotalDays:0} days." : "expires_at lies in the future.");
        }
    }
}

using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

internal sealed record MintJson(string? UserId, long? ExpiresInS);

/// <summary><c>/v1/tokens</c>: a server lets a person in.</summary>
internal static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/tokens", MintAsync).WithTags("people").RequireAuthorization(Policies.Admin).WithName("mint_token")
            .WithSummary("A token for a person, for servers that know who is who: 1 minute to 30 days, 1 hour by default.");

    private static async Task<Results<Created<SessionJson>, Refusal>> MintAsync(MintJson body, HttpContext context, ServerTokens tokens, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        if (!Id.TryParse<UserId>(body.UserId, out var user))
        {
            faults.Add("user_id", body.UserId is null ? "required" : "invalid", "user_id is the id of a person.");
        }

        var seconds = body.ExpiresInS ?? (long)ServerTokens.DefaultLife.TotalSeconds;
        if (seconds < ServerTokens.MinLife.TotalSeconds || seconds > ServerTokens.MaxLife.TotalSeconds)
        {
            faults.Add("expires_in_s", "out_of_range", "expires_in_s is 60 to 2592000.");
        }

        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        var minted = await tokens.MintAsync(user, TimeSpan.FromSeconds(seconds), cancellationToken);
        return minted.IsOk ? SessionEndpoints.Answer(context, minted.Value, cookie: null) : (Refusal)minted.Error;
    }
}

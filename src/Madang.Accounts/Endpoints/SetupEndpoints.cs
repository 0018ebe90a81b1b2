using Madang.Accounts.Passwords;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Accounts.Endpoints;

internal sealed record SetupStateJson(bool Needed, Registration Registration, string Community);

internal sealed record SetupJson(
    string? Token, string? Name, string? Password, string? DisplayName, string? Locale, string? TimeZone, string? DeviceName, bool? Cookie);

/// <summary><c>/v1/setup</c>: the first admin.</summary>
internal static class SetupEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var setup = routes.MapGroup("/v1/setup").WithTags("setup").AllowAnonymous();
        setup.MapGet("", ReadAsync).WithName("read_setup").WithSummary("Whether the first admin is missing, and who may register.");
        setup.MapPost("", CompleteAsync).WithName("complete_setup").WithSummary("Makes the first admin, with the token that the server printed.");
    }

    private static async Task<Ok<SetupStateJson>> ReadAsync(Setup setup, SignUp signUp, CommunityName community, CancellationToken cancellationToken) =>
        TypedResults.Ok(new SetupStateJson(await setup.NeededAsync(cancellationToken), signUp.Registration, community.Value));

    private static async Task<Results<Created<SessionJson>, Refusal>> CompleteAsync(
        SetupJson body, HttpContext context, Setup setup, AllowedOrigins origins, CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var token = faults.Take(Text.Line(body.Token, "token", 256));
        var newcomer = UserEndpoints.Check(body.Name, body.Password, passwordRequired: true, Profile.Check(body.DisplayName, body.Locale, body.TimeZone, faults), faults);
        var device = SessionEndpoints.CheckDevice(body.DeviceName, faults);
        if (faults.Error is { } fault)
        {
            return (Refusal)fault;
        }

        if (SessionEndpoints.RefuseForeign(context, body.Cookie, origins) is { } foreign)
        {
            return (Refusal)foreign;
        }

        var opened = await setup.CompleteAsync(token!, newcomer, device, ClientAddress.Of(context), cancellationToken);
        return opened.IsOk ? SessionEndpoints.Answer(context, opened.Value, body.Cookie) : (Refusal)opened.Error;
    }
}

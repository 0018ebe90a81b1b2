using Madang.Accounts;
using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Channels.WebPush;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="DeviceId">The session that registered it.</param>
/// <param name="Kind">apns, fcm or webpush.</param>
/// <param name="DeadAt">Since when nothing is sent to it: the provider says that it is no more.</param>
internal sealed record PushAddressJson(
    string DeviceId, string Kind, string? App, string? TimeZone, string? Locale, DateTimeOffset RegisteredAt, DateTimeOffset? DeadAt, string? DeadReason)
{
    public static PushAddressJson Of(Address address) => new(
        Id.Text(address.Credential), address.Kind.Name(), address.Scope.Length == 0 ? null : address.Scope, address.TimeZone, address.Locale, address.RegisteredAt,
        address.DeadAt, address.DeadReason);
}

/// <param name="Kind">email or phone.</param>
internal sealed record PersonalAddressJson(string Kind, string Value, DateTimeOffset VerifiedAt, DateTimeOffset? DeadAt, string? DeadReason)
{
    public static PersonalAddressJson Of(Address address) => new(address.Kind.Name(), address.Value, address.RegisteredAt, address.DeadAt, address.DeadReason);
}

internal sealed record PendingAddressJson(string Kind, string Value, DateTimeOffset SentAt, DateTimeOffset ExpiresAt)
{
    public static PendingAddressJson Of(PendingAddress pending) => new(pending.Kind.Name(), pending.Value, pending.SentAt, pending.ExpiresAt);
}

/// <param name="Addresses">Verified, at most one of a kind.</param>
/// <param name="Pending">Those that wait for their code.</param>
internal sealed record AddressesJson(IReadOnlyList<PersonalAddressJson> Addresses, IReadOnlyList<PendingAddressJson> Pending, IReadOnlyList<PushAddressJson> Devices);

internal sealed record AddressValueJson(string? Value);

internal sealed record VerificationCodeJson(string? Code);

/// <summary>Where people can be reached: their devices, one e-mail address, one number.</summary>
internal static class AddressEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var devices = routes.MapGroup("/v1/me/devices/{id}/push").RequireAuthorization(Policies.Person).WithTags("notifications");
        devices.MapPut("", RegisterAsync).WithName("put_push_address")
            .WithSummary("Registers the push address of a device; id current is the one that asks. It ends with its session and moves with its token.");
        devices.MapDelete("", UnregisterAsync).WithName("delete_push_address").WithSummary("Ends the push address of a device.");

        var mine = routes.MapGroup("/v1/me/addresses").RequireAuthorization(Policies.Person).WithTags("notifications");
        mine.MapGet("", ListMineAsync).WithName("list_my_addresses").WithSummary("Where you can be reached, and what waits for its code.");
        mine.MapGet("{kind}", FindAsync).WithName("get_my_address").WithSummary("Your verified e-mail address or number.");
        mine.MapPut("{kind}", BeginAsync).WithName("put_my_address").WithSummary("Sends a code to an e-mail address or number, which is yours once you have told it.");
        mine.MapPost("{kind}/verification", ConfirmAsync).WithName("verify_my_address").WithSummary("Tells the code; the address replaces the one before.");
        mine.MapDelete("{kind}", RemoveMineAsync).WithName("delete_my_address").WithSummary("Ends your e-mail address or number, and what waits for its code.");

        var admin = routes.MapGroup("/v1/admin/users/{id}/addresses").RequireAuthorization(Policies.Admin).WithTags("notifications");
        admin.MapGet("", ListOtherAsync).WithName("list_addresses").WithSummary("Where somebody can be reached.");
        admin.MapPut("{kind}", SetAsync).WithName("put_address").WithSummary("Sets somebody's e-mail address or number as verified.");
        admin.MapDelete("{kind}", RemoveOtherAsync).WithName("delete_address").WithSummary("Ends somebody's e-mail address or number.");
    }

    private static async Task<Results<Ok<PushAddressJson>, Refusal>> RegisterAsync(
        string id, PushClaim body, Caller caller, AddressBook book, WebPushKind browsers, CancellationToken cancellationToken)
    {
        var registration = PushRegistration.Check(body, browsers.AllowsHttp);
        if (!registration.IsOk)
        {
            return (Refusal)registration.Error;
        }

        var registered = Session(id, caller) is { } session ? await book.RegisterAsync(caller.Person, session, registration.Value, cancellationToken) : ApiErrors.NotFound;
        return registered.IsOk ? TypedResults.Ok(PushAddressJson.Of(registered.Value)) : (Refusal)registered.Error;
    }

    private static async Task<Results<NoContent, Refusal>> UnregisterAsync(string id, Caller caller, AddressBook book, CancellationToken cancellationToken) =>
        Session(id, caller) is { } session && await book.UnregisterAsync(caller.Person, session, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static Task<AddressesJson> ListMineAsync(Caller caller, AddressBook book, Verification verification, CancellationToken cancellationToken) =>
        ListAsync(caller.Person, book, verification, cancellationToken);

    private static async Task<Results<Ok<AddressesJson>, Refusal>> ListOtherAsync(
        string id, AddressBook book, Verification verification, Users users, CancellationToken cancellationToken) =>
        Id.TryParse<UserId>(id, out var user) && await users.FindAsync(user, cancellationToken) is not null
            ? TypedResults.Ok(await ListAsync(user, book, verification, cancellationToken))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<PersonalAddressJson>, Refusal>> FindAsync(string kind, Caller caller, AddressBook book, CancellationToken cancellationToken) =>
        Kind(kind) is { } wanted && (await book.ListAsync(caller.Person, cancellationToken)).FirstOrDefault(address => address.Kind == wanted) is { } found
            ? TypedResults.Ok(PersonalAddressJson.Of(found))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Accepted<PendingAddressJson>, Refusal>> BeginAsync(
        string kind, AddressValueJson body, Caller caller, Verification verification, CancellationToken cancellationToken)
    {
        var begun = Kind(kind) is { } wanted ? await verification.BeginAsync(caller.Person, wanted, body.Value, cancellationToken) : ApiErrors.NotFound;
        return begun.IsOk ? TypedResults.Accepted((string?)null, PendingAddressJson.Of(begun.Value)) : (Refusal)begun.Error;
    }

    private static async Task<Results<Ok<PersonalAddressJson>, Refusal>> ConfirmAsync(
        string kind, VerificationCodeJson body, Caller caller, Verification verification, CancellationToken cancellationToken)
    {
        var confirmed = Kind(kind) is { } wanted ? await verification.ConfirmAsync(caller.Person, wanted, body.Code, cancellationToken) : ApiErrors.NotFound;
        return confirmed.IsOk ? TypedResults.Ok(PersonalAddressJson.Of(confirmed.Value)) : (Refusal)confirmed.Error;
    }

    private static async Task<Results<NoContent, Refusal>> RemoveMineAsync(string kind, Caller caller, Verification verification, CancellationToken cancellationToken) =>
        Kind(kind) is { } wanted && await verification.RemoveAsync(caller.Person, wanted, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<NoContent, Refusal>> RemoveOtherAsync(string id, string kind, Verification verification, CancellationToken cancellationToken) =>
        Id.TryParse<UserId>(id, out var user) && Kind(kind) is { } wanted && await verification.RemoveAsync(user, wanted, cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<PersonalAddressJson>, Refusal>> SetAsync(
        string id, string kind, AddressValueJson body, AddressBook book, Users users, Database database, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(id, out var user) || Kind(kind) is not { } wanted || await users.FindAsync(user, cancellationToken) is null)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var value = PersonalAddress.Check(wanted, body.Value, "value");
        return value.IsOk
            ? TypedResults.Ok(PersonalAddressJson.Of(await database.WriteAsync(tx => book.Set(tx, user, wanted, value.Value), cancellationToken: cancellationToken)))
            : (Refusal)value.Error;
    }

    private static async Task<AddressesJson> ListAsync(UserId user, AddressBook book, Verification verification, CancellationToken cancellationToken)
    {
        var all = await book.ListAsync(user, cancellationToken);
        return new(
            [.. all.Where(address => address.Credential == 0).Select(PersonalAddressJson.Of)],
            [.. (await verification.ListAsync(user, cancellationToken)).Select(PendingAddressJson.Of)],
            [.. all.Where(address => address.Credential != 0).Select(PushAddressJson.Of)]);
    }

    private static long? Session(string id, Caller caller) => id == "current" ? caller.Credential : Id.TryParse<AddressId>(id, out var session) ? session.Value : null;

    private static AddressKind? Kind(string name) => name switch
    {
        "email" => AddressKind.Email,
        "phone" => AddressKind.Phone,
        _ => null,
    };
}

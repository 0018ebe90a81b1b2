using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Kind">email or phone.</param>
/// <param name="Reason">The provider's word, unsubscribed, or what an admin wrote.</param>
internal sealed record SuppressionJson(AddressId Id, string Kind, string Value, string Reason, DateTimeOffset CreatedAt)
{
    public static SuppressionJson Of(Suppression suppression) =>
        new(new(suppression.Id), suppression.Kind.Name(), suppression.Value, suppression.Reason, suppression.CreatedAt);
}

internal sealed record NewSuppressionJson(string? Kind, string? Value, string? Reason);

/// <summary><c>/v1/admin/suppressions</c>: addresses that nothing is sent to, whoever has them.</summary>
internal static class SuppressionEndpoints
{
    private const int MaxReason = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var list = routes.MapGroup("/v1/admin/suppressions").RequireAuthorization(Policies.Admin).WithTags("notifications");
        list.MapGet("", ListAsync).WithName("list_suppressions").WithSummary("Addresses that nothing is sent to, newest first; value asks about one.");
        list.MapPost("", AddAsync).WithName("create_suppression").WithSummary("Puts an address on the list; one that is there stays as it is.");
        list.MapDelete("{id}", DeleteAsync).WithName("delete_suppression").WithSummary("Takes an address off the list.");
    }

    private static async Task<Results<Ok<Page<SuppressionJson>>, Refusal>> ListAsync(
        [FromQuery] string? value, [FromQuery] string? cursor, [FromQuery] string? limit, ISuppressionStore store, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var kind = value?.StartsWith('+') == true ? AddressKind.Phone : AddressKind.Email;
        var hash = value is null ? null : AddressHash.Of(kind, PersonalAddress.Canonical(kind, value));
        var found = await store.ListAsync(hash, page.Value.After, page.Value.Fetch, cancellationToken);
        return TypedResults.Ok(page.Value.Of(found, suppression => suppression.Id).Select(SuppressionJson.Of));
    }

    private static async Task<Results<NoContent, Refusal>> AddAsync(NewSuppressionJson body, AddressBook book, Database database, CancellationToken cancellationToken)
    {
        var kind = body.Kind switch
        {
            "email" => AddressKind.Email,
            "phone" => AddressKind.Phone,
            _ => default(AddressKind?),
        };
        if (kind is not { } wanted)
        {
            return (Refusal)ApiErrors.Invalid("kind", body.Kind is null ? "required" : "unknown_value", "kind is email or phone.");
        }

        var value = PersonalAddress.Check(wanted, body.Value, "value");
        var reason = Text.Line(body.Reason ?? "admin", "reason", MaxReason);
        if ((value.Error ?? reason.Error) is { } fault)
        {
            return (Refusal)fault;
        }

        await database.WriteAsync(
            tx =>
            {
                book.Suppress(tx, wanted, value.Value, reason.Value);
                return Done.Value;
            },
            cancellationToken: cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string id, ISuppressionStore store, Database database, CancellationToken cancellationToken) =>
        Id.TryParse<AddressId>(id, out var suppression) && await database.WriteAsync(tx => store.Delete(tx, suppression.Value), cancellationToken: cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;
}

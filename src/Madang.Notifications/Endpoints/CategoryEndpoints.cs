using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Titles">What people read, by language.</param>
/// <param name="Channels">Of somebody who has chosen nothing.</param>
/// <param name="Ambiguous">resend or hold: what becomes of a delivery that got no answer.</param>
/// <param name="Quiet">defer, digest, drop or ignore: what becomes of it in somebody's quiet hours.</param>
/// <param name="DigestWindowMs">What comes within this time is gathered into one; absent for no digest.</param>
/// <param name="BuiltIn">Madang knows it without being told; deleting it brings it back as it was made.</param>
internal sealed record CategoryJson(
    string Name, IReadOnlyDictionary<string, string> Titles, bool Mandatory, IReadOnlyList<string> Channels, DeliveryPriority Priority, AmbiguousPolicy Ambiguous,
    QuietPolicy Quiet, int? PerHour, int? PerDay, long? DigestWindowMs, long TtlMs, FallbackJson? Fallback, bool BuiltIn)
{
    public static CategoryJson Of(Category category) => new(
        category.Name, category.Titles, category.Mandatory, [.. category.Channels.Select(channel => channel.Name())], category.Priority, category.Ambiguous, category.Quiet,
        category.PerHour, category.PerDay, (long?)category.DigestWindow?.TotalMilliseconds, (long)category.TimeToLive.TotalMilliseconds,
        category.Fallback is { } fallback ? new(fallback.From.Name(), (long)fallback.After.TotalMilliseconds, fallback.To.Name()) : null,
        BuiltInCategories.Find(category.Name) is not null);
}

/// <param name="From">Unopened on this channel after that time, it goes out by the other.</param>
internal sealed record FallbackJson(string From, long AfterMs, string To);

/// <summary><c>/v1/admin/categories</c>: the kinds of notifications and the rules for each.</summary>
internal static class CategoryEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var categories = routes.MapGroup("/v1/admin/categories").RequireAuthorization(Policies.Admin).WithTags("notifications");
        categories.MapGet("", List).WithName("list_categories").WithSummary("The categories by name, built-in ones too.");
        categories.MapGet("{name}", Find).WithName("get_category").WithSummary("A category.");
        categories.MapPut("{name}", PutAsync).WithName("put_category").WithSummary("Makes or replaces a category; what is absent gets its default.");
        categories.MapDelete("{name}", DeleteAsync).WithName("delete_category").WithSummary("Deletes a category; a built-in one stands again as it was made.");
    }

    private static Ok<Page<CategoryJson>> List(CategoryBook categories) =>
        TypedResults.Ok(new Page<CategoryJson>([.. categories.All().Select(CategoryJson.Of)], null));

    private static Results<Ok<CategoryJson>, Refusal> Find(string name, CategoryBook categories) =>
        categories.Find(name) is { } category ? TypedResults.Ok(CategoryJson.Of(category)) : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<CategoryJson>, Refusal>> PutAsync(string name, CategoryDraft body, CategoryBook categories, CancellationToken cancellationToken)
    {
        var category = CategoryRules.Check(name, body);
        if (!category.IsOk)
        {
            return (Refusal)category.Error;
        }

        var put = await categories.PutAsync(category.Value, cancellationToken);
        return put.IsOk ? TypedResults.Ok(CategoryJson.Of(put.Value)) : (Refusal)put.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string name, CategoryBook categories, CancellationToken cancellationToken) =>
        await categories.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;
}

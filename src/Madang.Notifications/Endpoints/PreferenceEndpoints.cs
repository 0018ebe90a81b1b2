using Madang.Accounts;
using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.Preferences;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Source">mandatory: it cannot be switched off; channel: the channel is off for everything; mine: chosen; default: the category's own.</param>
internal sealed record CellJson(bool On, PreferenceSource Source);

/// <param name="Title">In the person's language.</param>
/// <param name="Channels">Channel → what holds.</param>
internal sealed record MatrixRowJson(string Category, string Title, bool Mandatory, IReadOnlyDictionary<string, CellJson> Channels);

/// <param name="Channels">Channel → whether it is used at all, for what is not mandatory.</param>
/// <param name="QuietHours">By the clock on the wall where the device is, or else in <paramref name="TimeZone"/>.</param>
/// <param name="TimeZone">The account's.</param>
/// <param name="Choices">Category → channel → on: what was chosen, in the shape in which it is put.</param>
/// <param name="Matrix">What holds for each category, by name.</param>
internal sealed record PreferencesJson(
    IReadOnlyDictionary<string, bool> Channels, DateTimeOffset? MutedUntil, IReadOnlyList<QuietSpanJson> QuietHours, string TimeZone,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Choices, IReadOnlyList<MatrixRowJson> Matrix, DateTimeOffset? UpdatedAt)
{
    public static PreferencesJson Of(PreferenceSheet sheet, User user, CategoryBook categories, DateTimeOffset now) => new(
        Notifications.Preferences.Matrix.Channels.ToDictionary(channel => channel.Name(), channel => !sheet.Off.Has(channel)),
        sheet.MutedUntil > now ? sheet.MutedUntil : null,
        [.. sheet.Quiet.Spans.Select(QuietSpanJson.Of)],
        user.TimeZone,
        sheet.Choices.OrderBy(choice => choice.Key, StringComparer.Ordinal).ToDictionary(
            choice => choice.Key,
            choice => (IReadOnlyDictionary<string, bool>)choice.Value.On.And(choice.Value.Off).ToDictionary(channel => channel.Name(), choice.Value.On.Has)),
        [.. categories.All().Select(category => Row(category, sheet, user.Locale))],
        sheet.UpdatedAt);

    private static MatrixRowJson Row(Category category, PreferenceSheet sheet, string locale) => new(
        category.Name, TitleOf(category, locale), category.Mandatory,
        Notifications.Preferences.Matrix.Channels.ToDictionary(
            channel => channel.Name(),
            channel => Notifications.Preferences.Matrix.Cell(category, channel, sheet.Off, sheet.Of(category.Name)) is var cell ? new CellJson(cell.On, cell.Source) : null!));

    /// <summary>In the language, then without its region, then in English, then whatever there is.</summary>
    private static string TitleOf(Category category, string locale) =>
        category.Titles.GetValueOrDefault(locale) ?? category.Titles.GetValueOrDefault(locale.Split('-')[0]) ?? category.Titles.GetValueOrDefault("en")
        ?? category.Titles.Values.FirstOrDefault() ?? category.Name;
}

/// <summary><c>/v1/me/preferences</c>: what somebody wants to hear of, by which channels, and when.</summary>
internal static class PreferenceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var mine = routes.MapGroup("/v1/me/preferences").RequireAuthorization(Policies.Person).WithTags("notifications");
        mine.MapGet("", ReadAsync).WithName("get_my_preferences").WithSummary("What you chose, and what holds for each category and channel.");
        mine.MapPut("", PutAsync).WithName("put_my_preferences").WithSummary("Replaces the parts that are given; the others stay.");
        routes.MapGet("/v1/admin/users/{id}/preferences", ReadOtherAsync).RequireAuthorization(Policies.Admin).WithTags("notifications")
            .WithName("get_preferences").WithSummary("What somebody chose, and what holds for them.");
    }

    private static async Task<Results<Ok<PreferencesJson>, Refusal>> ReadAsync(
        Caller caller, PreferenceVerbs verbs, Users users, CategoryBook categories, TimeProvider time, CancellationToken cancellationToken) =>
        await OfAsync(caller.Person, verbs, users, categories, time, cancellationToken);

    private static async Task<Results<Ok<PreferencesJson>, Refusal>> ReadOtherAsync(
        string id, PreferenceVerbs verbs, Users users, CategoryBook categories, TimeProvider time, CancellationToken cancellationToken) =>
        Id.TryParse<UserId>(id, out var user) ? await OfAsync(user, verbs, users, categories, time, cancellationToken) : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<PreferencesJson>, Refusal>> PutAsync(
        PreferenceDraft body, Caller caller, PreferenceVerbs verbs, Users users, CategoryBook categories, TimeProvider time, CancellationToken cancellationToken)
    {
        var changed = await verbs.ChangeAsync(caller.Person, body, cancellationToken);
        return changed.IsOk ? await OfAsync(caller.Person, verbs, users, categories, time, cancellationToken) : (Refusal)changed.Error;
    }

    private static async Task<Results<Ok<PreferencesJson>, Refusal>> OfAsync(
        UserId id, PreferenceVerbs verbs, Users users, CategoryBook categories, TimeProvider time, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user && await verbs.FindAsync(id, cancellationToken) is { } sheet
            ? TypedResults.Ok(PreferencesJson.Of(sheet, user, categories, time.GetUtcNow()))
            : (Refusal)ApiErrors.NotFound;
}

using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Templates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="DefaultLocale">One of the languages of parts; needed when there are several and none is en.</param>
/// <param name="Parts">By language: ko, en, zh-Hant.</param>
internal sealed record PutTemplateJson(string? Description, string? DefaultLocale, IReadOnlyDictionary<string, TemplateParts>? Parts);

/// <param name="Version">0 for one that comes with this program.</param>
/// <param name="Locales">The languages it speaks.</param>
internal sealed record TemplateHeadJson(string Name, int Version, string? Description, string DefaultLocale, IReadOnlyList<string> Locales, bool BuiltIn, DateTimeOffset? CreatedAt)
{
    public static TemplateHeadJson Of(Template template) => new(
        template.Name, template.Version, template.Body.Description, template.Body.DefaultLocale, [.. template.Body.Parts.Keys.Order(StringComparer.Ordinal)], template.Version == 0,
        template.Version == 0 ? null : template.CreatedAt);
}

/// <param name="Version">0 for one that comes with this program.</param>
internal sealed record TemplateJsonShape(
    string Name, int Version, string? Description, string DefaultLocale, IReadOnlyDictionary<string, TemplateParts> Parts, bool BuiltIn, DateTimeOffset? CreatedAt)
{
    public static TemplateJsonShape Of(Template template) => new(
        template.Name, template.Version, template.Body.Description, template.Body.DefaultLocale, template.Body.Parts, template.Version == 0,
        template.Version == 0 ? null : template.CreatedAt);
}

/// <summary><c>/v1/templates</c>: read and previewed by senders, written by admins.</summary>
internal static class TemplateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var templates = routes.MapGroup("/v1/templates").WithTags("templates");
        templates.MapGet("", List).RequireAuthorization(Policies.Sender).WithName("list_templates").WithSummary("The templates in their current versions, by name.");
        templates.MapGet("{name}", FindAsync).RequireAuthorization(Policies.Sender).WithName("get_template").WithSummary("A template, current or of a version.");
        templates.MapGet("{name}/versions", VersionsAsync).RequireAuthorization(Policies.Sender).WithName("list_template_versions").WithSummary("The versions, newest first.");
        templates.MapPut("{name}", PutAsync).RequireAuthorization(Policies.Admin).WithName("put_template")
            .WithSummary("The next version, current from now on; what was accepted before keeps its own. Without a change it stays the version it is.");
        templates.MapDelete("{name}", DeleteAsync).RequireAuthorization(Policies.Admin).WithName("delete_template")
            .WithSummary("Nothing more is accepted with it; a built-in one of this name stands again as it was made.");
        templates.MapPost("{name}/preview", PreviewAsync).RequireAuthorization(Policies.Sender).WithoutWriteLimit().WithName("preview_template")
            .WithSummary("Every channel as it would be told, stored parts or such as are tried out; sends nothing.");
        templates.MapPost("{name}/test", TestAsync).RequireAuthorization(Policies.Admin).WithName("test_template")
            .WithSummary("Sends it to one person or address by the usual road, marked as a test.");
    }

    private static Ok<Page<TemplateHeadJson>> List(TemplateBook book) =>
        TypedResults.Ok(new Page<TemplateHeadJson>([.. book.All().Select(template => TemplateHeadJson.Of(template.Template))], null));

    private static async Task<Results<Ok<TemplateJsonShape>, Refusal>> FindAsync(string name, [FromQuery] int? version, TemplateBook book, CancellationToken cancellationToken)
    {
        if (version is not { } wanted)
        {
            return book.Find(name) is { } current ? TypedResults.Ok(TemplateJsonShape.Of(current.Template)) : (Refusal)ApiErrors.NotFound;
        }

        var pinned = new TemplateRef(name, wanted);
        await book.LoadAsync([pinned], cancellationToken);
        return book.Find(pinned) is { } found ? TypedResults.Ok(TemplateJsonShape.Of(found.Template)) : (Refusal)ApiErrors.NotFound;
    }

    private static async Task<Results<Ok<Page<TemplateHeadJson>>, Refusal>> VersionsAsync(
        string name, [FromQuery] string? cursor, [FromQuery] string? limit, ITemplateStore store, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var before = (int)Math.Clamp(page.Value.After ?? int.MaxValue, 0, int.MaxValue);
        var versions = await store.VersionsAsync(name, before, page.Value.Fetch, cancellationToken);
        return versions.Count == 0 && before == int.MaxValue && !BuiltInTemplates.All.ContainsKey(name)
            ? (Refusal)ApiErrors.NotFound
            : TypedResults.Ok(page.Value.Of(versions, version => version.Version).Select(TemplateHeadJson.Of));
    }

    private static async Task<Results<Ok<TemplateJsonShape>, Refusal>> PutAsync(
        string name, PutTemplateJson body, Caller caller, TemplateBook book, CancellationToken cancellationToken)
    {
        var put = await book.PutAsync(name, new(body.Description, body.DefaultLocale ?? "", body.Parts!), Sender.Of(caller), cancellationToken);
        return put.IsOk ? TypedResults.Ok(TemplateJsonShape.Of(put.Value)) : (Refusal)put.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string name, TemplateBook book, CancellationToken cancellationToken) =>
        await book.DeleteAsync(name, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<PreviewJson>, Refusal>> PreviewAsync(
        string name, PreviewRequest body, Caller caller, Previews previews, Users users, CancellationToken cancellationToken)
    {
        var reader = caller.User is { } id ? await users.FindAsync(id, cancellationToken) : null;
        var preview = await previews.ShowAsync(name, body, reader, cancellationToken);
        return preview.IsOk ? TypedResults.Ok(preview.Value) : (Refusal)preview.Error;
    }

    private static async Task<Results<Accepted<AcceptedJson>, Refusal>> TestAsync(
        string name, TestTemplateJson body, Caller caller, TemplateBook book, Intake intake, CancellationToken cancellationToken)
    {
        if (book.Find(name) is null)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var read = body.Read(name, caller);
        var accepted = read.IsOk ? await intake.AcceptAsync(Sender.Of(caller), read.Value, cancellationToken) : read.Error;
        return accepted.IsOk
            ? TypedResults.Accepted($"/v1/notifications/{accepted.Value.Notification.Id}", AcceptedJson.Of(accepted.Value.Notification))
            : (Refusal)accepted.Error;
    }
}

/// <summary>To whom and with what a template is tried out.</summary>
/// <param name="To">Who asks, when it is absent: user_ids with one person, or an address.</param>
/// <param name="Category">announcement, when it is absent.</param>
/// <param name="Data">The variables; campaign and test are set to say that it is one.</param>
internal sealed record TestTemplateJson(RecipientsJson? To, string? Category, IReadOnlyList<string?>? Channels, JsonElement? Data)
{
    /// <summary>Counted under this name, so that no campaign's figures hold it.</summary>
    public const string Campaign = "test";

    public Result<NewNotification> Read(string template, Caller caller)
    {
        var to = To ?? (caller.User is { } person ? new RecipientsJson([person], null, null, null) : null);
        if (to is null || to.Audience is not null || to.All == true || to.UserIds?.Count > 1)
        {
            return ApiErrors.Invalid("to", to is null ? "required" : "invalid", "A test goes to one person or to one address.");
        }

        var data = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (Data is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var property in given.EnumerateObject())
            {
                data[property.Name] = property.Value;
            }
        }
        else if (Data is { ValueKind: not JsonValueKind.Null })
        {
            return ApiErrors.Invalid("data", "invalid", "data is an object.");
        }

        data["campaign"] = JsonSerializer.SerializeToElement(Campaign);
        data["test"] = JsonSerializer.SerializeToElement(true);
        return new NotificationRequest(
            null, Category ?? Categories.BuiltInCategories.Announcement, template, null, to, Channels, JsonSerializer.SerializeToElement(data, ApiJson.Options), null, null, null).Read(null);
    }
}

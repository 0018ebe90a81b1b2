using Madang.Api;
using Madang.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Webhooks.Endpoints;

/// <param name="Types">Types of events, or <c>crawl.*</c> for all that begin so; none for all there are.</param>
internal sealed record NewWebhookJson(string? Url, string? Description, IReadOnlyList<string>? Types, bool? Enabled);

/// <summary>What is absent stays as it is.</summary>
internal sealed record WebhookPatchJson(string? Url, string? Description, IReadOnlyList<string>? Types, bool? Enabled);

/// <param name="OverlapS">How long the old secret signs beside the new one, in seconds: 0 to 2592000, a day by default.</param>
internal sealed record RotationJson(long? OverlapS);

/// <param name="Types">Empty when it hears of everything.</param>
/// <param name="DisabledReason">admin, gone (it answered 410) or failing; absent while it is enabled.</param>
/// <param name="FailingSince">Since when nothing has arrived.</param>
/// <param name="Secret">Told once: by the answer that made it.</param>
/// <param name="OldSecretUntil">Until when the secret before it signs too.</param>
internal sealed record WebhookJson(
    EndpointId Id, string Url, string? Description, IReadOnlyList<string> Types, bool Enabled, DisabledReason? DisabledReason, DateTimeOffset? FailingSince, string? Secret,
    DateTimeOffset? OldSecretUntil, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static WebhookJson Of(WebhookEndpoint endpoint, bool withSecret = false) => new(
        endpoint.Id, endpoint.Url, endpoint.Description.Length == 0 ? null : endpoint.Description, endpoint.Types, endpoint.Disabled is null, endpoint.Disabled,
        endpoint.FailingSince, withSecret ? endpoint.Secret.Text : null, endpoint.OldSecretUntil, endpoint.CreatedAt, endpoint.UpdatedAt);
}

/// <summary><c>/v1/webhooks</c>: who hears of events. For admins.</summary>
internal static class WebhookEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks").RequireAuthorization(Policies.Admin).WithTags("webhooks");
        webhooks.MapPost("", CreateAsync).WithName("create_webhook").WithSummary("An address that hears of events; its signing secret is told this once.");
        webhooks.MapGet("", ListAsync).WithName("list_webhooks").WithSummary("The webhooks, oldest first.");
        webhooks.MapGet("{id}", FindAsync).WithName("get_webhook").WithSummary("A webhook, without its secret.");
        webhooks.MapPatch("{id}", ChangeAsync).WithName("change_webhook").WithSummary("Changes address, description or types, switches it off or on.");
        webhooks.MapDelete("{id}", DeleteAsync).WithName("delete_webhook").WithSummary("Ends a webhook at once; what is under way to it is dropped.");
        webhooks.MapPost("{id}/secret", RotateAsync).WithName("rotate_webhook_secret").WithSummary("A new secret, told this once; the old one signs beside it for a while.");
        webhooks.MapPost("{id}/test", TestAsync).WithName("test_webhook").WithSummary("Sends it an event webhook.test.");
    }

    private static async Task<Results<Created<WebhookJson>, Refusal>> CreateAsync(
        NewWebhookJson body, HttpContext context, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var draft = Read(body.Url, body.Description, body.Types, body.Enabled, isNew: true);
        if (!draft.IsOk)
        {
            return (Refusal)draft.Error;
        }

        var created = await verbs.CreateAsync(draft.Value, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return created.IsOk ? TypedResults.Created($"/v1/webhooks/{created.Value.Id}", WebhookJson.Of(created.Value, withSecret: true)) : (Refusal)created.Error;
    }

    private static async Task<Results<Ok<Page<WebhookJson>>, Refusal>> ListAsync(
        [FromQuery] string? cursor, [FromQuery] string? limit, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await verbs.ListAsync(page.Value, cancellationToken)).Select(endpoint => WebhookJson.Of(endpoint)))
            : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<WebhookJson>, Refusal>> FindAsync(string id, EndpointVerbs verbs, CancellationToken cancellationToken) =>
        Id.TryParse<EndpointId>(id, out var endpoint) && await verbs.FindAsync(endpoint, cancellationToken) is { } found
            ? TypedResults.Ok(WebhookJson.Of(found))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<WebhookJson>, Refusal>> ChangeAsync(
        string id, WebhookPatchJson body, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var draft = Read(body.Url, body.Description, body.Types, body.Enabled, isNew: false);
        if (!draft.IsOk)
        {
            return (Refusal)draft.Error;
        }

        var changed = Id.TryParse<EndpointId>(id, out var endpoint) ? await verbs.ChangeAsync(endpoint, draft.Value, cancellationToken) : ApiErrors.NotFound;
        return changed.IsOk ? TypedResults.Ok(WebhookJson.Of(changed.Value)) : (Refusal)changed.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string id, EndpointVerbs verbs, CancellationToken cancellationToken) =>
        Id.TryParse<EndpointId>(id, out var endpoint) && await verbs.DeleteAsync(endpoint, cancellationToken) ? TypedResults.NoContent() : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<WebhookJson>, Refusal>> RotateAsync(
        string id, RotationJson body, HttpContext context, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var seconds = body.OverlapS ?? (long)EndpointVerbs.DefaultOverlap.TotalSeconds;
        if (seconds < 0 || seconds > EndpointVerbs.MaxOverlap.TotalSeconds)
        {
            return (Refusal)ApiErrors.Invalid("overlap_s", "out_of_range", "overlap_s is 0 to 2592000.");
        }

        var rotated = Id.TryParse<EndpointId>(id, out var endpoint) ? await verbs.RotateAsync(endpoint, TimeSpan.FromSeconds(seconds), cancellationToken) : ApiErrors.NotFound;
        context.Response.Headers.CacheControl = "no-store";
        return rotated.IsOk ? TypedResults.Ok(WebhookJson.Of(rotated.Value, withSecret: true)) : (Refusal)rotated.Error;
    }

    private static async Task<Results<Accepted<DeliveryJson>, Refusal>> TestAsync(string id, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var sent = Id.TryParse<EndpointId>(id, out var endpoint) ? await verbs.TestAsync(endpoint, cancellationToken) : ApiErrors.NotFound;
        return sent.IsOk ? TypedResults.Accepted((string?)null, DeliveryJson.Of(sent.Value)) : (Refusal)sent.Error;
    }

    private static Result<EndpointDraft> Read(string? url, string? description, IReadOnlyList<string>? types, bool? enabled, bool isNew)
    {
        var faults = new List<FieldError>();
        if (url is null ? isNew : url.Length > WebhookEndpoint.MaxUrl || OutboundClient.Check(url) is not null)
        {
            faults.Add(new("url", url is null ? "required" : url.Length > WebhookEndpoint.MaxUrl ? "too_long" : "invalid", "url is an address such as https://example.org/hooks."));
        }

        var text = Text.Line(description, "description", WebhookEndpoint.MaxDescription, required: false);
        faults.AddRange(text.Error?.Fields ?? []);
        if (types is not null && types.Count > WebhookEndpoint.MaxTypes)
        {
            faults.Add(new("types", "too_long", $"types holds {WebhookEndpoint.MaxTypes} words at most."));
        }
        else if (types is not null)
        {
            faults.AddRange(types.Select((type, i) => (Type: type, At: i)).Where(one => !IsFilter(one.Type))
                .Select(one => new FieldError($"types.{one.At}", "invalid", "A type is a word such as crawl.finished, or crawl.* for all that begin so.")));
        }

        return faults.Count == 0
            ? new EndpointDraft(url, description is null ? null : text.Value, types is null ? null : [.. types.Distinct()], enabled)
            : ApiErrors.InvalidFields with { Fields = faults };
    }

    private static bool IsFilter(string? type)
    {
        if (type is null || type.Length is 0 or > WebhookEndpoint.MaxType)
        {
            return false;
        }

        var word = type.AsSpan();
        if (word[^1] == '*')
        {
            word = word[..^1];
            if (word.Length == 0 || word[^1] != '.')
            {
                return false;
            }
        }

        foreach (var letter in word)
        {
            if (!(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}

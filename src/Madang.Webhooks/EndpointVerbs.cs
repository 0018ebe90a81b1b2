using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks;

/// <summary>What admins do with endpoints and their deliveries.</summary>
internal sealed class EndpointVerbs(
    IEndpointStore endpoints, IDeliveryStore deliveries, WebhookEvents events, Database database, Snowflake ids, IOptions<WebhooksOptions> options)
{
    /// <summary>How many failed deliveries one call sends again at most.</summary>
    public const int MaxResend = 1_000;

    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    // What one turn of SQLite's writer may spend on the background lane (agreement 8).
    private const int Batch = 25;

    /// <summary>Codes: webhook_limit.</summary>
    public Task<Result<WebhookEndpoint>> CreateAsync(EndpointDraft draft, CancellationToken cancellationToken) => database.WriteAsync<Result<WebhookEndpoint>>(
        tx =>
        {
            if (endpoints.Count(tx) >= options.Value.MaxEndpoints)
            {
                return WebhooksErrors.TooMany;
            }

            var endpoint = new WebhookEndpoint
            {
                Id = new(ids.Next()),
                Url = draft.Url!,
                Description = draft.Description ?? "",
                Types = draft.Types ?? [],
                Secret = WebhookSecret.New(),
                Disabled = draft.Enabled == false ? DisabledReason.Admin : null,
                CreatedAt = tx.Now,
                UpdatedAt = tx.Now,
            };
            endpoints.Insert(tx, endpoint);
            return endpoint;
        },
        cancellationToken: cancellationToken);

    public Task<WebhookEndpoint?> FindAsync(EndpointId id, CancellationToken cancellationToken) => endpoints.FindAsync(id, cancellationToken);

    public async Task<Page<WebhookEndpoint>> ListAsync(PageQuery page, CancellationToken cancellationToken) => page.Of(
        await endpoints.ListAsync(page.After is { } after ? new EndpointId(after) : null, page.Fetch, cancellationToken), endpoint => endpoint.Id.Value);

    /// <summary>What is null stays as it is. Codes: not_found.</summary>
    public Task<Result<WebhookEndpoint>> ChangeAsync(EndpointId id, EndpointDraft draft, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (endpoint, now) =>
        {
            var changed = endpoint with
            {
                Url = draft.Url ?? endpoint.Url,
                Description = draft.Description ?? endpoint.Description,
                Types = draft.Types ?? endpoint.Types,
                UpdatedAt = now,
            };
            return draft.Enabled is { } isOn ? changed.Switch(isOn, now) : changed;
        },
        cancellationToken);

    /// <summary>Codes: not_found.</summary>
    public Task<Result<WebhookEndpoint>> RotateAsync(EndpointId id, TimeSpan overlap, CancellationToken cancellationToken) =>
        ChangeAsync(id, (endpoint, now) => endpoint.Rotate(WebhookSecret.New(), overlap, now), cancellationToken);

    public Task<bool> DeleteAsync(EndpointId id, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => endpoints.Delete(tx, id), cancellationToken: cancellationToken);

    /// <summary>An event by hand, to see whether it arrives. Codes: not_found, webhook_disabled.</summary>
    public Task<Result<WebhookDelivery>> TestAsync(EndpointId id, CancellationToken cancellationToken) => database.WriteAsync<Result<WebhookDelivery>>(
        tx => Ready(tx, id) is { } refusal ? refusal : events.Send(tx, id, EventTypes.Test, $$"""{"webhook_id":"{{id}}"}"""), cancellationToken: cancellationToken);

    /// <summary>Codes: not_found, webhook_disabled, webhook_waiting.</summary>
    public Task<Result<WebhookDelivery>> ResendAsync(EndpointId id, DeliveryId delivery, CancellationToken cancellationToken) => database.WriteAsync<Result<WebhookDelivery>>(
        tx =>
        {
            if (Ready(tx, id) is { } refusal)
            {
                return refusal;
            }

            return deliveries.Lock(tx, delivery) is not { } found || found.Endpoint != id ? ApiErrors.NotFound
                : found.State == DeliveryState.Waiting ? WebhooksErrors.Waiting
                : events.Resend(tx, found);
        },
        cancellationToken: cancellationToken);

    /// <summary>Failed ones since a moment, oldest first, at most <see cref="MaxResend"/>. Codes: not_found, webhook_disabled.</summary>
    /// <returns>How many, and whether there may be more.</returns>
    public async Task<Result<(int Count, bool More)>> ResendAsync(EndpointId id, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (count, after) = (0, (DeliveryId?)null);
        while (count < MaxResend)
        {
            var from = after;
            var batch = await database.WriteAsync<Result<WebhookDelivery[]>>(
                tx =>
                {
                    if (Ready(tx, id) is { } refusal)
                    {
                        return refusal;
                    }

                    return deliveries.LockFailed(tx, id, since, from, Batch).Select(delivery => events.Resend(tx, delivery)).ToArray();
                },
                Lane.Background,
                cancellationToken);
            if (!batch.IsOk)
            {
                return batch.Error;
            }

            count += batch.Value.Length;
            if (batch.Value.Length < Batch)
            {
                return (count, false);
            }

            after = batch.Value[^1].Id;
        }

        return (count, true);
    }

    private Error? Ready(WriteTx tx, EndpointId id) => endpoints.Lock(tx, id) switch
    {
        null => ApiErrors.NotFound,
        { Disabled: not null } => WebhooksErrors.Disabled,
        _ => null,
    };

    private Task<Result<WebhookEndpoint>> ChangeAsync(EndpointId id, Func<WebhookEndpoint, DateTimeOffset, WebhookEndpoint> change, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<WebhookEndpoint>>(
            tx =>
            {
                if (endpoints.Lock(tx, id) is not { } endpoint)
                {
                    return ApiErrors.NotFound;
                }

                var changed = change(endpoint, tx.Now);
                endpoints.Put(tx, changed);
                return changed;
            },
            cancellationToken: cancellationToken);
}

/// <summary>What an admin says of an endpoint, checked; null where nothing was said.</summary>
internal sealed record EndpointDraft(string? Url, string? Description, IReadOnlyList<string>? Types, bool? Enabled);

using Madang.Storage;

namespace Madang.Webhooks;

/// <summary>Port: events, their deliveries and every attempt.</summary>
internal interface IDeliveryStore
{
    void Insert(WriteTx tx, WebhookEvent happened);

    void Insert(WriteTx tx, WebhookDelivery delivery);

    void Put(WriteTx tx, WebhookDelivery delivery);

    /// <param name="number">The delivery's attempts so far, from 1.</param>
    void Insert(WriteTx tx, DeliveryId delivery, int number, WebhookAttempt attempt);

    WebhookDelivery? Lock(WriteTx tx, DeliveryId id);

    /// <summary>Locks failed ones, oldest first, created at <paramref name="since"/> or later and after <paramref name="after"/>.</summary>
    IReadOnlyList<WebhookDelivery> LockFailed(WriteTx tx, EndpointId endpoint, DateTimeOffset since, DeliveryId? after, int limit);

    Task<(WebhookDelivery Delivery, WebhookEvent Event)?> FindAsync(DeliveryId id, CancellationToken cancellationToken);

    /// <summary>The newest, newest first.</summary>
    Task<IReadOnlyList<WebhookAttempt>> AttemptsAsync(DeliveryId id, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<WebhookDelivery>> ListAsync(EndpointId endpoint, DeliveryState? state, DeliveryId? before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes at most <paramref name="limit"/> deliveries older than <paramref name="before"/> that wait no longer, with their attempts, then events without deliveries; how many
    /// of both.
    /// </summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

using Madang.Storage;

namespace Madang.Webhooks;

/// <summary>Port: the endpoints. There are few of them.</summary>
internal interface IEndpointStore
{
    void Insert(WriteTx tx, WebhookEndpoint endpoint);

    void Put(WriteTx tx, WebhookEndpoint endpoint);

    /// <summary>The deliveries stay until their time is over; nobody finds them any more.</summary>
    bool Delete(WriteTx tx, EndpointId id);

    WebhookEndpoint? Lock(WriteTx tx, EndpointId id);

    int Count(WriteTx tx);

    /// <summary>Those that are not disabled, by ascending id.</summary>
    IReadOnlyList<WebhookEndpoint> Enabled(WriteTx tx);

    Task<WebhookEndpoint?> FindAsync(EndpointId id, CancellationToken cancellationToken);

    /// <summary>By ascending id.</summary>
    Task<IReadOnlyList<WebhookEndpoint>> ListAsync(EndpointId? after, int limit, CancellationToken cancellationToken);
}

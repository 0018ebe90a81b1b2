using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks.Sending;

/// <summary>Lets go of old deliveries.</summary>
internal sealed class DeliveryRetention(IDeliveryStore deliveries, IOptions<WebhooksOptions> options) : IRetention
{
    public string Name => "webhooks";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => deliveries.Prune(tx, now - TimeSpan.FromDays(options.Value.KeepDays), limit);
}

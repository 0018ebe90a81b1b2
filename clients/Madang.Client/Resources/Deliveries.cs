using System.Globalization;

namespace Madang.Client.Resources;

/// <summary>What stands before the providers, dead letters and doubts. Needs the role admin.</summary>
public sealed class Deliveries
{
    private readonly Http _http;

    internal Deliveries(Http http) => _http = http;

    public Paged<DeliveryQueue> Queues() => new(_http, "/v1/queues", ClientJson.Default.PageDeliveryQueue);

    /// <summary>Stops it on all nodes; what waits stays.</summary>
    public Task<QueuePause> PauseAsync(string queue, string? reason = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"/v1/queues/{Uri.EscapeDataString(queue)}/pause", new QueueReason(reason), ClientJson.Default.QueueReason, ClientJson.Default.QueuePause, cancellationToken);

    public Task ResumeAsync(string queue, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"/v1/queues/{Uri.EscapeDataString(queue)}/resume", cancellationToken);

    /// <summary>Newest first; without a state and a notification those that are dead or expired.</summary>
    public Paged<Delivery> List(DeliveryFilter? filter = null) => new(
        _http, "/v1/deliveries", ClientJson.Default.PageDelivery,
        ("queue", filter?.Queue), ("state", filter?.State), ("channel", filter?.Channel), ("category", filter?.Category), ("notification_id", filter?.NotificationId),
        ("user_id", filter?.UserId), ("reason", filter?.Reason), ("ambiguous", filter?.Ambiguous switch { true => "true", false => "false", null => null }),
        ("since", filter?.Since?.ToString("O", CultureInfo.InvariantCulture)), ("until", filter?.Until?.ToString("O", CultureInfo.InvariantCulture)));

    /// <summary>With every attempt.</summary>
    public Task<Delivery> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(PathOf(id), ClientJson.Default.Delivery, cancellationToken);

    /// <summary>Lets dead and expired ones wait again, oldest first, at most 10,000 a call.</summary>
    /// <param name="dryRun">Only counts.</param>
    public Task<DeliveryReplayed> ReplayAsync(DeliveryFilter filter, bool dryRun = false, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, "/v1/deliveries/replay", new DeliveryReplay(filter, dryRun), ClientJson.Default.DeliveryReplay, ClientJson.Default.DeliveryReplayed, cancellationToken);

    /// <summary>Of an ambiguous one.</summary>
    /// <param name="arrived">False sends it again.</param>
    public Task<Delivery> ResolveAsync(string id, bool arrived, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"{PathOf(id)}/resolve", new DeliveryResolution(arrived), ClientJson.Default.DeliveryResolution, ClientJson.Default.Delivery, cancellationToken);

    private static string PathOf(string id) => $"/v1/deliveries/{Uri.EscapeDataString(id)}";
}

namespace Madang.Client.Resources;

/// <summary>Who hears of events. Needs the role admin.</summary>
public sealed class Webhooks
{
    private readonly Http _http;

    internal Webhooks(Http http) => _http = http;

    /// <summary>The answer alone tells the signing secret. Codes: webhook_limit, and invalid_fields.</summary>
    public Task<Webhook> CreateAsync(NewWebhook webhook, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, "/v1/webhooks", webhook, ClientJson.Default.NewWebhook, ClientJson.Default.Webhook, cancellationToken);

    /// <summary>Oldest first.</summary>
    public Paged<Webhook> List() => new(_http, "/v1/webhooks", ClientJson.Default.PageWebhook);

    public Task<Webhook> FindAsync(string id, CancellationToken cancellationToken = default) => _http.GetAsync(PathOf(id), ClientJson.Default.Webhook, cancellationToken);

    public Task<Webhook> ChangeAsync(string id, WebhookChange change, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Patch, PathOf(id), change, ClientJson.Default.WebhookChange, ClientJson.Default.Webhook, cancellationToken);

    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _http.SendAsync(HttpMethod.Delete, PathOf(id), cancellationToken);

    /// <summary>A new secret, told by this answer alone.</summary>
    /// <param name="overlap">How long the old one signs beside it: a day without, 30 days at most.</param>
    public Task<Webhook> RotateSecretAsync(string id, TimeSpan? overlap = null, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"{PathOf(id)}/secret", new SecretRotation((long?)overlap?.TotalSeconds), ClientJson.Default.SecretRotation, ClientJson.Default.Webhook, cancellationToken);

    /// <summary>Sends it an event webhook.test. Code: webhook_disabled.</summary>
    public Task<WebhookDelivery> TestAsync(string id, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id)}/test", ClientJson.Default.WebhookDelivery, cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="state">waiting, delivered or failed; all without.</param>
    public Paged<WebhookDelivery> Deliveries(string id, string? state = null) => new(_http, $"{PathOf(id)}/deliveries", ClientJson.Default.PageWebhookDelivery, ("state", state));

    /// <summary>With its data and its attempts.</summary>
    public Task<WebhookDelivery> FindDeliveryAsync(string id, string delivery, CancellationToken cancellationToken = default) =>
        _http.GetAsync(PathOf(id, delivery), ClientJson.Default.WebhookDelivery, cancellationToken);

    /// <summary>Sends it again, with the same webhook-id. Codes: webhook_disabled, webhook_waiting.</summary>
    public Task<WebhookDelivery> ResendAsync(string id, string delivery, CancellationToken cancellationToken = default) =>
        _http.SendAsync(HttpMethod.Post, $"{PathOf(id, delivery)}/resend", ClientJson.Default.WebhookDelivery, cancellationToken);

    /// <summary>What failed since a moment, oldest first, at most 1,000 a call. Code: webhook_disabled.</summary>
    public Task<Resent> ResendFailedAsync(string id, DateTimeOffset since, CancellationToken cancellationToken = default) => _http.SendAsync(
        HttpMethod.Post, $"{PathOf(id)}/resend", new ResendSince(since), ClientJson.Default.ResendSince, ClientJson.Default.Resent, cancellationToken);

    private static string PathOf(string id) => $"/v1/webhooks/{Uri.EscapeDataString(id)}";

    private static string PathOf(string id, string delivery) => $"{PathOf(id)}/deliveries/{Uri.EscapeDataString(delivery)}";
}

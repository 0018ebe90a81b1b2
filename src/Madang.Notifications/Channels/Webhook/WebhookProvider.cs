using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Madang.Outbound;

namespace Madang.Notifications.Channels.Webhook;

/// <summary>One signed request to an address that the sender of a notification gave, through the checked door.</summary>
internal sealed class WebhookProvider(WebhookSettings settings, OutboundClient outbound, TimeProvider time) : IProvider
{
    private const int MaxAnswerBytes = 8 * 1024;

    public string Name => settings.Name;

    public string Kind => WebhookKind.Word;

    public DeliveryChannel Channel => DeliveryChannel.Webhook;

    /// <summary>By <c>webhook-id</c>.</summary>
    public bool Collapses => true;

    public async Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (envelope.Content is not WebhookContent content)
        {
            return new ProviderAnswer(AnswerClass.Reject, "no_webhook_content");
        }

        if (!envelope.Address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !(settings.AllowHttp && envelope.Address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
        {
            return new ProviderAnswer(AnswerClass.Reject, "not_https");
        }

        var now = time.GetUtcNow();
        var body = Encoding.UTF8.GetBytes(content.Json);
        var id = "msg_" + envelope.Delivery.Value.ToString(CultureInfo.InvariantCulture);
        var signature = settings.Secret.Sign(id, now, body) + (settings.OldSecret is { } old ? " " + old.Sign(id, now, body) : "");
        using var response = await outbound.SendAsync(
            new OutboundRequest
            {
                Url = envelope.Address,
                Method = HttpMethod.Post,
                Body = body,
                BodyType = "application/json",
                Headers =
                [
                    new("User-Agent", "Madang-Webhooks/1"),
                    new("webhook-id", id),
                    new("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                    new("webhook-signature", signature),
                ],
                AcceptsEncodings = false,
                MaxWireBytes = MaxAnswerBytes,
                MaxBytes = MaxAnswerBytes,
                CutsAtLimit = true,
                HeaderTimeout = settings.Timeout,
                TotalTimeout = settings.Timeout,
            },
            cancellationToken);
        return response.Fault is { } fault
            ? WebhookClassifier.OfFault(fault, response.Detail)
            : WebhookClassifier.Of(response.Status, RetryAfter(response.RetryAfter)) with { MessageId = id };
    }

    /// <summary>There is nothing to sign in to.</summary>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    private TimeSpan? RetryAfter(string? header) =>
        header is not null && RetryConditionHeaderValue.TryParse(header, out var parsed) ? ProviderHttp.RetryAfter(parsed, time.GetUtcNow()) : null;
}

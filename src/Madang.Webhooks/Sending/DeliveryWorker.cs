using System.Globalization;
using System.Text;
using Madang.Jobs;
using Madang.Outbound;
using Madang.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks.Sending;

/// <summary>Sends one delivery, writes the attempt down, and lets Jobs decide when the next one comes.</summary>
internal sealed partial class DeliveryWorker(
    IEndpointStore endpoints, IDeliveryStore deliveries, Database database, OutboundClient outbound, TimeProvider time, WebhooksMetrics metrics,
    IOptions<WebhooksOptions> options, ILogger<DeliveryWorker> log) : IJobWorker
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(24);
    private readonly EndpointPlaces _places = new(options.Value.PlacesPerEndpoint);

    public string Queue => WebhookEvents.Queue;

    public int Concurrency => 64;

    public Backoff Backoff { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromHours(6));

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        var id = new DeliveryId(job.Read(PayloadJson.Default.DeliveryJob).Delivery);
        if (await deliveries.FindAsync(id, cancellationToken) is not var (delivery, happened) || delivery.State != DeliveryState.Waiting
            || await endpoints.FindAsync(delivery.Endpoint, cancellationToken) is not { } endpoint)
        {
            return JobOutcome.Done;
        }

        if (endpoint.Disabled is not null)
        {
            await database.WriteAsync(tx => Give(tx, id), cancellationToken: cancellationToken);
            return JobOutcome.Done;
        }

        if (!_places.TryEnter(endpoint.Id, out var wait))
        {
            return JobOutcome.Snooze(wait);
        }

        var took = TimeSpan.Zero;
        try
        {
            var (attempt, after) = await AttemptAsync(endpoint, happened, cancellationToken);
            took = attempt.Latency;
            metrics.Ended(attempt);
            if (await database.WriteAsync(tx => Record(tx, endpoint.Id, id, attempt, job.Attempt >= job.MaxAttempts), cancellationToken: cancellationToken) is { } reason)
            {
                LogDisabled(endpoint.Id, reason);
            }

            return attempt.IsSuccess || attempt.Status == 410 ? JobOutcome.Done : JobOutcome.Retry(attempt.Fault ?? $"answered {attempt.Status}", after);
        }
        finally
        {
            _places.Leave(endpoint.Id, took);
        }
    }

    private async Task<(WebhookAttempt Attempt, TimeSpan? After)> AttemptAsync(WebhookEndpoint endpoint, WebhookEvent happened, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var body = WebhookBody.Of(happened);
        var id = "msg_" + happened.Id.ToString(CultureInfo.InvariantCulture);
        var signature = endpoint.Secret.Sign(id, now, body);
        if (endpoint.OldSecret is { } old && now < endpoint.OldSecretUntil)
        {
            signature += " " + old.Sign(id, now, body);
        }

        var timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        using var response = await outbound.SendAsync(
            new OutboundRequest
            {
                Url = endpoint.Url,
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
                MaxWireBytes = 8 * 1024,
                MaxBytes = 8 * 1024,
                CutsAtLimit = true,
                HeaderTimeout = timeout,
                TotalTimeout = timeout,
            },
            cancellationToken);
        var after = response.Status is 429 or 503 && long.TryParse(response.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, (long)s_longestWait.TotalSeconds))
            : (TimeSpan?)null;
        return (new WebhookAttempt(now, response.Fault is null ? response.Status : null, response.Fault, response.Total, Excerpt(response.Body.Span)), after);
    }

    /// <summary>The attempt, the delivery and the endpoint belong together.</summary>
    /// <returns>Why the endpoint was switched off, when this did it.</returns>
    private DisabledReason? Record(WriteTx tx, EndpointId endpointId, DeliveryId id, WebhookAttempt attempt, bool isLast)
    {
        // The endpoint first, as everywhere: locks are taken in one order.
        var endpoint = endpoints.Lock(tx, endpointId);
        if (deliveries.Lock(tx, id) is not { } delivery)
        {
            return null;
        }

        var after = endpoint?.After(attempt, TimeSpan.FromDays(options.Value.DisableAfterDays));
        if (after is not null && !ReferenceEquals(after, endpoint))
        {
            endpoints.Put(tx, after);
        }

        var next = delivery.After(attempt, isLast || attempt.Status == 410);
        deliveries.Put(tx, next);
        deliveries.Insert(tx, id, next.Attempts, attempt);
        return endpoint?.Disabled is null ? after?.Disabled : null;
    }

    /// <summary>Its endpoint is switched off: it ends, and can be sent again once that is on.</summary>
    private bool Give(WriteTx tx, DeliveryId id)
    {
        if (deliveries.Lock(tx, id) is not { State: DeliveryState.Waiting } delivery)
        {
            return false;
        }

        deliveries.Put(tx, delivery with { State = DeliveryState.Failed, LastFault = WebhooksErrors.Disabled.Code });
        return true;
    }

    /// <summary>Readable in a log whatever came: bytes that are no UTF-8 and control characters become U+FFFD.</summary>
    internal static string Excerpt(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder();
        var bytes = 0;
        while (!body.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(body, out var rune, out var consumed);
            body = body[consumed..];
            var shown = Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? Rune.ReplacementChar : rune;
            if ((bytes += shown.Utf8SequenceLength) > WebhookAttempt.MaxExcerptBytes)
            {
                break;
            }

            text.Append(shown);
        }

        return text.ToString();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Endpoint} is switched off: {Reason}")]
    private partial void LogDisabled(EndpointId endpoint, DisabledReason reason);
}

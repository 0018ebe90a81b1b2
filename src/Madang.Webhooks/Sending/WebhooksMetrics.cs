using System.Diagnostics.Metrics;

namespace Madang.Webhooks.Sending;

/// <summary>Meter <c>Madang.Webhooks</c>.</summary>
internal sealed class WebhooksMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _latency;

    public WebhooksMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Madang.Webhooks");
        _attempts = meter.CreateCounter<long>("madang.webhooks.attempts", "{attempt}", "Attempts to deliver, by outcome: delivered, refused (another status) or unanswered.");
        _latency = meter.CreateHistogram<double>("madang.webhooks.latency", "s", "How long endpoints took to answer, or not to.");
    }

    public void Ended(WebhookAttempt attempt)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", attempt.IsSuccess ? "delivered" : attempt.Status is null ? "unanswered" : "refused"));
        _latency.Record(attempt.Latency.TotalSeconds);
    }
}

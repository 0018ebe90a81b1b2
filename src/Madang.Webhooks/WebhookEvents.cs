using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks;

/// <summary>Tells the world what happened here: one delivery for each endpoint that wants to hear of it, in the caller's transaction.</summary>
public sealed class WebhookEvents
{
    /// <summary>Of an event's data, in UTF-8. What is larger is a list: send it in several events.</summary>
    public const int MaxDataBytes = 256 * 1024;

    internal const string Queue = "webhooks";

    private readonly IEndpointStore _endpoints;
    private readonly IDeliveryStore _deliveries;
    private readonly JobQueue _jobs;
    private readonly Snowflake _ids;
    private readonly WebhooksOptions _options;

    internal WebhookEvents(IEndpointStore endpoints, IDeliveryStore deliveries, JobQueue jobs, Snowflake ids, IOptions<WebhooksOptions> options) =>
        (_endpoints, _deliveries, _jobs, _ids, _options) = (endpoints, deliveries, jobs, ids, options.Value);

    /// <summary>Exists, and is delivered, if and only if the transaction commits. Costs one short query when nobody listens.</summary>
    /// <param name="type">Words of <c>a–z 0–9 _</c> with dots between, at most 100 characters: <c>crawl.page.new</c>.</param>
    /// <param name="data">A JSON object of at most <see cref="MaxDataBytes"/>.</param>
    /// <exception cref="ArgumentException">An event is made by code, so a bad one is a fault of that code.</exception>
    public void Publish(WriteTx tx, string type, string data)
    {
        Check(type, data);
        WebhookEvent? happened = null;
        foreach (var endpoint in _endpoints.Enabled(tx))
        {
            if (endpoint.Wants(type))
            {
                happened ??= Insert(tx, type, data);
                Deliver(tx, endpoint.Id, happened);
            }
        }
    }

    /// <summary>Whether an endpoint wants to hear of this type now: what is only written down for them need not be written without them.</summary>
    public bool IsWanted(WriteTx tx, string type)
    {
        foreach (var endpoint in _endpoints.Enabled(tx))
        {
            if (endpoint.Wants(type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>To one endpoint, whatever it wants to hear of.</summary>
    internal WebhookDelivery Send(WriteTx tx, EndpointId endpoint, string type, string data)
    {
        Check(type, data);
        return Deliver(tx, endpoint, Insert(tx, type, data));
    }

    /// <summary>Begins anew with a delivery that has ended.</summary>
    internal WebhookDelivery Resend(WriteTx tx, WebhookDelivery delivery)
    {
        var again = delivery with { State = DeliveryState.Waiting };
        _deliveries.Put(tx, again);
        Enqueue(tx, delivery.Id);
        return again;
    }

    private WebhookEvent Insert(WriteTx tx, string type, string data)
    {
        var happened = new WebhookEvent(_ids.Next(), type, data, tx.Now);
        _deliveries.Insert(tx, happened);
        return happened;
    }

    private WebhookDelivery Deliver(WriteTx tx, EndpointId endpoint, WebhookEvent happened)
    {
        var delivery = new WebhookDelivery(new(_ids.Next()), endpoint, happened.Id, happened.Type, DeliveryState.Waiting, 0, null, null, tx.Now, null);
        _deliveries.Insert(tx, delivery);
        Enqueue(tx, delivery.Id);
        return delivery;
    }

    private void Enqueue(WriteTx tx, DeliveryId delivery) => _jobs.Enqueue(
        tx, NewJob.Of(Queue, new DeliveryJob(delivery.Value), PayloadJson.Default.DeliveryJob) with { MaxAttempts = _options.MaxAttempts });

    private static void Check(string type, string data)
    {
        if (type.Length is 0 or > WebhookEndpoint.MaxType || type.Any(letter => !(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_')))
        {
            throw new ArgumentException("A type of event is words of a–z, 0–9 and _ with dots between.", nameof(type));
        }

        if (data.Length > MaxDataBytes || Encoding.UTF8.GetByteCount(data) > MaxDataBytes)
        {
            throw new ArgumentException($"The data of an event holds at most {MaxDataBytes} bytes.", nameof(data));
        }

        using var parsed = JsonDocument.Parse(data);
        if (parsed.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("The data of an event is a JSON object.", nameof(data));
        }
    }
}

/// <summary>The payload of a job of the queue <c>webhooks</c>.</summary>
internal sealed record DeliveryJob(long Delivery);

[JsonSerializable(typeof(DeliveryJob))]
internal sealed partial class PayloadJson : JsonSerializerContext;

using Madang.Outbound;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.Webhook;

/// <summary>Makes providers of kind <c>webhook</c>.</summary>
internal sealed class WebhookKind(OutboundClient outbound, TimeProvider time) : IProviderKind
{
    public const string Word = "webhook";

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Webhook;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return WebhookSettings.Read(reading) is { } settings ? (new WebhookProvider(settings, outbound, time), []) : (null, reading.Faults);
    }
}

using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>Makes providers of kind <c>fcm</c>.</summary>
internal sealed class FcmKind(TimeProvider time) : IProviderKind
{
    public const string Word = "fcm";

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return FcmSettings.Read(reading) is { } settings ? (new FcmProvider(settings, time), []) : (null, reading.Faults);
    }
}

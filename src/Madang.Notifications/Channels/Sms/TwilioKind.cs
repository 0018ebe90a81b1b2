using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.Sms;

/// <summary>Makes providers of kind <c>twilio</c>, and knows them by name for their callbacks.</summary>
/// <param name="publicUrl"><c>Madang:PublicUrl</c>; empty when it is not set.</param>
internal sealed class TwilioKind(ReturnSeal seal, TimeProvider time, string publicUrl) : IProviderKind
{
    public const string Word = "twilio";
    private readonly ConcurrentDictionary<string, TwilioProvider> _made = [];

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Sms;

    public TwilioProvider? Find(string name) => _made.GetValueOrDefault(name);

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return TwilioSettings.Read(reading, seal, publicUrl) is { } settings ? (_made[name] = new TwilioProvider(settings, time), []) : (null, reading.Faults);
    }
}

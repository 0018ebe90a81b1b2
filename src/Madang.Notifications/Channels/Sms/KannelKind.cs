using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.Sms;

/// <summary>Makes providers of kind <c>kannel</c>, and knows their names for their reports.</summary>
/// <param name="publicUrl"><c>Madang:PublicUrl</c>; empty when it is not set.</param>
internal sealed class KannelKind(ReturnSeal seal, TimeProvider time, string publicUrl) : IProviderKind
{
    public const string Word = "kannel";
    private readonly ConcurrentDictionary<string, KannelProvider> _made = [];

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Sms;

    public bool Has(string name) => _made.ContainsKey(name);

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return KannelSettings.Read(reading, seal, publicUrl) is { } settings ? (_made[name] = new KannelProvider(settings, time), []) : (null, reading.Faults);
    }
}

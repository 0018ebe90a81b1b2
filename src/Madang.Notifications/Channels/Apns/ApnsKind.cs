using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.Apns;

/// <summary>Makes providers of kind <c>apns</c>. Providers of one team and key share their connections.</summary>
internal sealed class ApnsKind(TimeProvider time) : IProviderKind, IDisposable
{
    public const string Word = "apns";
    private readonly ApnsPools _pools = new(time);

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        return ApnsSettings.Read(reading) is { } settings ? (new ApnsProvider(settings, _pools.For(settings), time), []) : (null, reading.Faults);
    }

    public void Dispose() => _pools.Dispose();
}

using Madang.Outbound;
using Microsoft.Extensions.Configuration;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>Makes providers of kind <c>webpush</c>, and knows the key that pages subscribe with: that of the first one.</summary>
/// <param name="folder">The data folder, where a key is made when none is configured.</param>
/// <param name="publicUrl"><c>Madang:PublicUrl</c>; empty when it is not set.</param>
internal sealed class WebPushKind(OutboundClient outbound, TimeProvider time, string folder, string publicUrl) : IProviderKind
{
    public const string Word = "webpush";
    public const string KeyFile = "webpush.key";
    private WebPushProvider? _first;

    public string Kind => Word;

    public DeliveryChannel Channel => DeliveryChannel.Push;

    /// <summary>Whether the first one takes push services without TLS.</summary>
    public bool AllowsHttp => Volatile.Read(ref _first)?.AllowsHttp ?? false;

    /// <summary>Null when no provider of this kind is configured.</summary>
    public VapidKey? Key => Volatile.Read(ref _first)?.Key;

    public (IProvider? Provider, IReadOnlyList<string> Faults) Create(string name, IConfiguration section)
    {
        var reading = new ProviderSection(name, section);
        if (WebPushSettings.Read(reading, Path.Combine(folder, KeyFile), publicUrl) is not { } settings)
        {
            return (null, reading.Faults);
        }

        var provider = new WebPushProvider(settings, outbound, time);
        Interlocked.CompareExchange(ref _first, provider, null);
        return (provider, []);
    }
}

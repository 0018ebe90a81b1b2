using System.Net;

namespace Madang.Outbound.Connecting;

/// <summary>A request as the HTTP stack sees it; leads back to its <see cref="Connecting.Exchange"/> when a connection is opened for it.</summary>
internal sealed class OutboundMessage : HttpRequestMessage
{
    public OutboundMessage(Exchange exchange, Uri target)
    {
        Exchange = exchange;
        RequestUri = target;
        Version = HttpVersion.Version20;
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    public Exchange Exchange { get; }
}

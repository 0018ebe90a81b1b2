using System.Net;
using System.Net.Sockets;

namespace Madang.Settings;

/// <summary>One address to listen on: <c>http://127.0.0.1:8080</c>, <c>https://*:443</c>, <c>http://localhost:0</c>.</summary>
/// <param name="Addresses">What is bound; localhost is both loopbacks.</param>
internal sealed record ListenUrl(string Scheme, IReadOnlyList<IPAddress> Addresses, int Port)
{
    public bool IsTls => Scheme == Uri.UriSchemeHttps;

    public bool IsPublic => Addresses.Any(address => !IPAddress.IsLoopback(address));

    public static bool TryParse(string text, out ListenUrl url)
    {
        url = null!;
        // Uri knows no * as a host.
        var wild = text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(wild, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/" || uri.Query.Length > 0)
        {
            return false;
        }

        IReadOnlyList<IPAddress> addresses =
            wild != text ? [IPAddress.IPv6Any]
            : uri.Host == "localhost" ? (Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback])
            : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) ? [address]
            : [];
        url = new ListenUrl(uri.Scheme, addresses, uri.Port);
        return addresses.Count > 0;
    }
}

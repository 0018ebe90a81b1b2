using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Madang.Accounts.Passwords;

/// <summary>An IPv4 address, or the /64 of an IPv6 one: what one line hands to one household.</summary>
internal readonly record struct ClientAddress(long Bits, bool IsV6)
{
    /// <summary>Null for the operator's socket, which has none.</summary>
    public static ClientAddress? Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    public static ClientAddress? Of(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        bytes.Clear();
        plain.TryWriteBytes(bytes, out _);
        return new(BitConverter.ToInt64(bytes), plain.AddressFamily == AddressFamily.InterNetworkV6);
    }
}

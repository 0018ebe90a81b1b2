using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Madang.Outbound.Addresses;

/// <summary>
/// The addresses that anybody on the Internet may own, from the IANA special-purpose registries (RFC 6890 and successors). A set of what is allowed:
/// what is not named here, now or in a registry to come, is refused.
/// </summary>
internal static class PublicAddresses
{
    /// <summary>First and last address of each public IPv4 range, ascending; what is missing between them is special.</summary>
    private static readonly (uint First, uint Last)[] s_v4 =
    [
        Range("1.0.0.0", "9.255.255.255"),          // 0/8 is "this network"
        Range("11.0.0.0", "100.63.255.255"),        // 10/8 private
        Range("100.128.0.0", "126.255.255.255"),    // 100.64/10 carrier-grade NAT
        Range("128.0.0.0", "168.63.129.15"),        // 127/8 loopback; 168.63.129.16 answers inside Azure's machines only
        Range("168.63.129.17", "169.253.255.255"),
        Range("169.255.0.0", "172.15.255.255"),     // 169.254/16 link-local, metadata services
        Range("172.32.0.0", "191.255.255.255"),     // 172.16/12 private
        Range("192.0.1.0", "192.0.1.255"),          // 192.0.0/24 protocol assignments
        Range("192.0.3.0", "192.88.98.255"),        // 192.0.2/24 documentation
        Range("192.88.100.0", "192.167.255.255"),   // 192.88.99/24 6to4 relays
        Range("192.169.0.0", "198.17.255.255"),     // 192.168/16 private
        Range("198.20.0.0", "198.51.99.255"),       // 198.18/15 benchmarks
        Range("198.51.101.0", "203.0.112.255"),     // 198.51.100/24 documentation
        Range("203.0.114.0", "223.255.255.255"),    // 203.0.113/24 documentation; from 224 multicast, reserved, broadcast
    ];

    /// <summary>Within 2000::/3, the only space given out so far: what is not ordinary there.</summary>
    private static readonly IPNetwork[] s_specialV6 =
    [
        IPNetwork.Parse("2001::/23"),       // protocol assignments: Teredo, ORCHID, benchmarks
        IPNetwork.Parse("2001:db8::/32"),   // documentation
        IPNetwork.Parse("3fff::/20"),       // documentation
    ];

    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    public static bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            return false;
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => ContainsV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            AddressFamily.InterNetworkV6 => length == 16 && address.ScopeId == 0 && ContainsV6(address, bytes),
            _ => false,
        };
    }

    private static bool ContainsV4(uint address)
    {
        foreach (var (first, last) in s_v4)
        {
            if (address <= last)
            {
                return address >= first;
            }
        }

        return false;
    }

    private static bool ContainsV6(IPAddress address, ReadOnlySpan<byte> bytes)
    {
        // IPv4-mapped ::ffff:0:0/96 and the NAT64 prefix 64:ff9b::/96 (RFC 6052) carry an IPv4 address and lead to it.
        if (bytes[..12].SequenceEqual(Mapped) || bytes[..12].SequenceEqual(Nat64))
        {
            return ContainsV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
        }

        // ISATAP (RFC 5214): the interface id 0000:5efe or 0200:5efe and an IPv4 address, under any prefix.
        if ((bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE
            && !ContainsV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])))
        {
            return false;
        }

        // 6to4 (RFC 3056): 2002: and an IPv4 address.
        if (bytes[0] == 0x20 && bytes[1] == 0x02)
        {
            return ContainsV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
        }

        return s_globalUnicast.Contains(address) && !Array.Exists(s_specialV6, network => network.Contains(address));
    }

    private static ReadOnlySpan<byte> Mapped => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    private static ReadOnlySpan<byte> Nat64 => [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0];

    private static (uint First, uint Last) Range(string first, string last) => (Number(first), Number(last));

    private static uint Number(string address) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());
}

using System.Net;

namespace Madang.Outbound.Addresses;

/// <summary>Which addresses may be reached: the public ones, and the networks that the operator named.</summary>
public sealed class AddressPolicy
{
    private readonly IPNetwork[] _allowed;

    private AddressPolicy(IPNetwork[] allowed) => _allowed = allowed;

    /// <summary>Public addresses and nothing else.</summary>
    public static AddressPolicy PublicOnly { get; } = new([]);

    /// <param name="list">Addresses or networks, separated by commas: <c>127.0.0.1, 10.0.0.0/8, fd00::/8</c>.</param>
    public static bool TryParse(string list, out AddressPolicy policy)
    {
        var networks = new List<IPNetwork>();
        foreach (var word in list.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(word, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(word, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                policy = PublicOnly;
                return false;
            }
        }

        policy = networks.Count == 0 ? PublicOnly : new AddressPolicy([.. networks]);
        return true;
    }

    /// <summary>This policy and some networks more.</summary>
    public AddressPolicy And(AddressPolicy more) =>
        more._allowed.Length == 0 ? this : _allowed.Length == 0 ? more : new AddressPolicy([.. _allowed, .. more._allowed]);

    /// <summary>Whether a connection to it may be opened. An address that carries another one (mapped, NAT64, 6to4, ISATAP) is what it carries.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _allowed)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return PublicAddresses.Contains(plain);
    }
}

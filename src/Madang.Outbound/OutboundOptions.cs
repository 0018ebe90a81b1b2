using System.ComponentModel.DataAnnotations;
using System.Net;
using Madang.Outbound.Addresses;
using Microsoft.Extensions.Options;

namespace Madang.Outbound;

/// <summary>Section <c>Madang:Outbound</c>: everything that goes out to an address which a user or a page can influence.</summary>
public sealed class OutboundOptions
{
    public const string Section = "Madang:Outbound";

    /// <summary>Addresses or networks (CIDR), separated by commas, that may be reached though they are not public, such as <c>10.1.0.0/16</c> for an intranet.</summary>
    [Networks]
    public string Allow { get; set; } = "";

    /// <summary>Name servers to ask (address or address:port), separated by commas; empty takes those of /etc/resolv.conf.</summary>
    [NameServers]
    public string NameServers { get; set; } = "";

    /// <summary>Connections open at once, to all hosts together. Beyond it the longest idle one is closed.</summary>
    [Range(16, 20_000)]
    public int MaxConnections { get; set; } = 8_000;

    /// <summary>Connections open at once to one host and port.</summary>
    [Range(1, 1_000)]
    public int MaxConnectionsPerHost { get; set; } = 8;

    /// <summary>How long a connection is kept without use, in seconds.</summary>
    [Range(1, 600)]
    public int IdleSeconds { get; set; } = 15;

    /// <summary>Names whose addresses are remembered.</summary>
    [Range(100, 10_000_000)]
    public int MaxNames { get; set; } = 200_000;

    /// <summary>How long a name that has no address is not asked for again, in seconds, unless its zone says less.</summary>
    [Range(1, 3_600)]
    public int NegativeSeconds { get; set; } = 60;

    /// <summary>How long addresses may be used beyond their time while no name server answers, in minutes (RFC 8767).</summary>
    [Range(0, 7 * 24 * 60)]
    public int StaleMinutes { get; set; } = 60;
}

[OptionsValidator]
internal sealed partial class OutboundOptionsValidator : IValidateOptions<OutboundOptions>;

/// <summary>A list of addresses or networks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworksAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => AddressPolicy.TryParse(value as string ?? "", out _);

    public override string FormatErrorMessage(string name) => $"{name} must be addresses or networks such as 10.0.0.0/8, separated by commas.";
}

/// <summary>A list of addresses with or without a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NameServersAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => TryParse(value as string ?? "", out _);

    public override string FormatErrorMessage(string name) => $"{name} must be addresses such as 192.0.2.53 or [2001:db8::53]:5353, separated by commas.";

    internal static bool TryParse(string list, out IReadOnlyList<IPEndPoint> servers)
    {
        var found = new List<IPEndPoint>();
        servers = found;
        foreach (var word in list.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(word, out var address))
            {
                found.Add(new IPEndPoint(address, 53));
            }
            else if (IPEndPoint.TryParse(word, out var end) && end.Port > 0)
            {
                found.Add(end);
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}

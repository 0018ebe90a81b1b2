using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Madang.Outbound.Addresses;

/// <summary>What a host in a URL is: an address in any of the forms that some resolver would take for one, or a name.</summary>
internal static class HostName
{
    /// <summary>Longest name that DNS can hold, as text without the last dot (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 253;

    /// <summary>
    /// False when the host can be neither. <paramref name="address"/> is null when it is a name; then <paramref name="name"/> is lower case and without
    /// its last dot.
    /// </summary>
    public static bool TryRead(string host, out IPAddress? address, out string name)
    {
        address = null;
        name = "";
        if (host.Contains(':', StringComparison.Ordinal))
        {
            // Zone ids (fe80::1%eth0) are never public and differ from machine to machine.
            var text = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
            return !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        var plain = host.EndsWith('.') ? host[..^1] : host;
        if (plain.Length is 0 or > MaxLength)
        {
            return false;
        }

        if (EndsInNumber(plain))
        {
            return TryReadIPv4(plain, out address);
        }

        if (!IsName(plain))
        {
            return false;
        }

        name = plain.ToLowerInvariant();
        return true;
    }

    /// <summary>The test of the URL standard ("ends in a number checker"): such a host is an IPv4 address or nothing.</summary>
    private static bool EndsInNumber(string host)
    {
        var last = host.AsSpan(host.LastIndexOf('.') + 1);
        return last.Length > 0 && (!last.ContainsAnyExceptInRange('0', '9') || (last.Length >= 2 && last[0] == '0' && (last[1] | 0x20) == 'x' && TryNumber(last, out _)));
    }

    /// <summary>1 to 4 parts, each decimal, octal (0…) or hexadecimal (0x…); the last one fills what is left (inet_aton).</summary>
    private static bool TryReadIPv4(string host, out IPAddress? address)
    {
        address = null;
        var parts = host.Split('.');
        if (parts.Length > 4)
        {
            return false;
        }

        long value = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var room = isLast ? 1L << (8 * (5 - parts.Length)) : 256;
            if (!TryNumber(parts[i], out var number) || number >= room)
            {
                return false;
            }

            value += isLast ? number : number << (8 * (3 - i));
        }

        address = new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > 20)
        {
            return false;
        }

        if (text.Length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
        {
            return text.Length == 2 || (text.Length <= 12 && long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number));
        }

        var numberBase = text.Length >= 2 && text[0] == '0' ? 8 : 10;
        foreach (var digit in text)
        {
            var value = digit - '0';
            if (value < 0 || value >= numberBase || number > uint.MaxValue)
            {
                return false;
            }

            number = (number * numberBase) + value;
        }

        return true;
    }

    private static bool IsName(string host)
    {
        var label = 0;
        foreach (var letter in host)
        {
            if (letter == '.')
            {
                if (label == 0)
                {
                    return false;
                }

                label = 0;
            }
            else if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
            {
                return false;
            }
            else if (++label > 63)
            {
                return false;
            }
        }

        return label > 0;
    }
}

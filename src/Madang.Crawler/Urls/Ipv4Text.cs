using System.Globalization;

namespace Madang.Crawler.Urls;

/// <summary>IPv4 addresses in all the forms that browsers take (url.spec.whatwg.org §3.5): one to four numbers, decimal, octal or hexadecimal.</summary>
internal static class Ipv4Text
{
    /// <summary>Whether this domain has to be an IPv4 address because its last label is a number.</summary>
    public static bool EndsInNumber(ReadOnlySpan<byte> domain)
    {
        if (domain is [.. var rest, (byte)'.'])
        {
            domain = rest;
        }

        var last = domain[(domain.LastIndexOf((byte)'.') + 1)..];
        return !last.IsEmpty && char.IsAsciiDigit((char)last[0]) && (!last.ContainsAnyExceptInRange((byte)'0', (byte)'9') || TryNumber(last, out _));
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        if (text is [.. var rest, (byte)'.'])
        {
            text = rest;
        }

        ulong value = 0;
        for (var part = 0; part < 4; part++)
        {
            var dot = text.IndexOf((byte)'.');
            if (!TryNumber(dot < 0 ? text : text[..dot], out var number))
            {
                return false;
            }

            if (dot < 0)
            {
                // The last number fills all the bytes that are left.
                var bits = 8 * (4 - part);
                address = (uint)((value << bits) | number);
                return number < 1UL << bits;
            }

            if (number > 255)
            {
                return false;
            }

            value = (value << 8) | number;
            text = text[(dot + 1)..];
        }

        return false;
    }

    /// <summary>Writes four decimal numbers; at most 15 bytes.</summary>
    public static int Write(uint address, Span<byte> to)
    {
        var written = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            _ = ((address >> shift) & 255).TryFormat(to[written..], out var length, default, CultureInfo.InvariantCulture);
            written += length;
            if (shift > 0)
            {
                to[written++] = (byte)'.';
            }
        }

        return written;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        var radix = 10;
        if (text is [(byte)'0', (byte)'x' or (byte)'X', .. var hex])
        {
            text = hex;
            radix = 16;
        }
        else if (text is [(byte)'0', .. { IsEmpty: false } octal])
        {
            text = octal;
            radix = 8;
        }

        foreach (var value in text)
        {
            var digit = PercentSet.Digit(value);
            if (digit < 0 || digit >= radix)
            {
                return false;
            }

            // Whatever is beyond 32 bits is refused alike.
            number = Math.Min(1UL << 40, (number * (ulong)radix) + (ulong)digit);
        }

        return true;
    }
}

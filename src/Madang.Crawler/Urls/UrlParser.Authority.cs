using System.Globalization;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>The states between the slashes and the path: credentials, host, port.</summary>
internal ref partial struct UrlParser
{
    private bool Authority()
    {
        var end = _isSpecial ? _rest.IndexOfAny("/\\?#"u8) : _rest.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        end = end < 0 ? _rest.Length : end;
        var authority = _rest[..end];
        _rest = _rest[end..];
        Append("//"u8);
        _url.UserEnd = _at;
        var sign = authority.LastIndexOf((byte)'@');
        if (sign >= 0)
        {
            Credentials(authority[..sign]);
            authority = authority[(sign + 1)..];
            if (authority.IsEmpty)
            {
                return false;
            }
        }

        var colon = HostLength(authority);
        return (colon == authority.Length || colon > 0)
            && Host(authority[..colon])
            && (colon == authority.Length || Port(authority[(colon + 1)..]))
            && PathStart();
    }

    /// <summary>Where the colon of the port stands; those inside brackets are the host's.</summary>
    private static int HostLength(ReadOnlySpan<byte> authority)
    {
        if (!authority.Contains((byte)'['))
        {
            var colon = authority.IndexOf((byte)':');
            return colon < 0 ? authority.Length : colon;
        }

        var isInside = false;
        for (var at = 0; at < authority.Length; at++)
        {
            isInside = authority[at] == '[' || (isInside && authority[at] != ']');
            if (authority[at] == ':' && !isInside)
            {
                return at;
            }
        }

        return authority.Length;
    }

    private void Credentials(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        Append(colon < 0 ? text : text[..colon], PercentSet.UserInfo);
        _url.UserEnd = _at;
        if (colon >= 0 && colon + 1 < text.Length)
        {
            Append(':');
            Append(text[(colon + 1)..], PercentSet.UserInfo);
        }

        if (_at > _url.SchemeEnd + 3)
        {
            Append('@');
        }
    }

    private bool Port(ReadOnlySpan<byte> digits)
    {
        if (digits.IsEmpty)
        {
            return true;
        }

        var port = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = (port * 10) + digit - '0';
            if (port > ushort.MaxValue)
            {
                return false;
            }
        }

        if (port != _url.Kind.DefaultPort())
        {
            Append(':');
            _ = port.TryFormat(_to[_at..], out var written, default, CultureInfo.InvariantCulture);
            _at += written;
            _url.WrittenPort = port;
            _url.PathStart = _at;
        }

        return true;
    }

    /// <summary>Parses and writes the host (§3.5).</summary>
    private bool Host(ReadOnlySpan<byte> text)
    {
        _url.HostStart = _at;
        _url.HasHost = true;
        var isGood = text switch
        {
            [] => !_isSpecial,
            [(byte)'[', .. var inside, (byte)']'] => Ipv6Host(inside),
            [(byte)'[', ..] => false,
            _ => _isSpecial ? Domain(text) : OpaqueHost(text),
        };
        _url.HostEnd = _url.PathStart = _at;
        return isGood;
    }

    private bool Ipv6Host(ReadOnlySpan<byte> text)
    {
        Span<ushort> pieces = stackalloc ushort[8];
        if (!Ipv6Text.TryParse(text, pieces))
        {
            return false;
        }

        Append('[');
        _at += Ipv6Text.Write(pieces, _to[_at..]);
        Append(']');
        _url.HostKind = HostKind.Ipv6;
        return true;
    }

    private bool OpaqueHost(ReadOnlySpan<byte> text)
    {
        _url.HostKind = HostKind.Opaque;
        Append(text, PercentSet.Control);
        return !text.ContainsAny(Domains.ForbiddenInHost);
    }

    private bool Domain(ReadOnlySpan<byte> text)
    {
        _url.HostKind = HostKind.Domain;
        if (Domains.IsPlain(text))
        {
            Ascii.ToLower(text, _to[_at..], out _);
            _at += text.Length;
        }
        else
        {
            var ascii = Domains.ToAscii(text);
            if (ascii is null)
            {
                return false;
            }

            // A name in another script may grow beyond what was reserved for it.
            Reserve(ascii.Length + _rest.Length + 8);
            Append(ascii);
        }

        var domain = _to[_url.HostStart.._at];
        if (!Ipv4Text.EndsInNumber(domain))
        {
            return true;
        }

        if (!Ipv4Text.TryParse(domain, out var address))
        {
            return false;
        }

        _at = _url.HostStart + Ipv4Text.Write(address, _to[_url.HostStart..]);
        _url.HostKind = HostKind.Ipv4;
        return true;
    }
}

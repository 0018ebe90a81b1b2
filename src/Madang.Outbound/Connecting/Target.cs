using System.Buffers;
using Madang.Outbound.Addresses;

namespace Madang.Outbound.Connecting;

/// <summary>Reads the URL of a request: strictly, and without changing a letter of path and query.</summary>
internal static class Target
{
    private const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> s_visible = SearchValues.Create("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");
    private static readonly UriCreationOptions s_asGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <param name="fault">invalid_request, port_refused.</param>
    public static bool TryRead(string url, out Uri target, out string fault)
    {
        target = null!;
        fault = OutboundFaults.InvalidRequest;
        if (url.Length > MaxLength)
        {
            return false;
        }

        // Letters beyond ASCII: a person wrote it, and Uri writes it as it is sent. Spaces and control characters are in nobody's good interest.
        if (url.AsSpan().ContainsAnyExcept(s_visible))
        {
            if (url.AsSpan().ContainsAnyInRange('\0', ' ') || !Uri.TryCreate(url, UriKind.Absolute, out var written) || written.UserInfo.Length > 0)
            {
                return false;
            }

            var host = written.HostNameType == UriHostNameType.IPv6 ? $"[{written.IdnHost}]" : written.IdnHost;
            url = $"{written.Scheme}://{host}:{written.Port}{written.PathAndQuery}";
        }

        if (!TryParts(ref url) || !Uri.TryCreate(url, s_asGiven, out var read) || read.Scheme is not ("http" or "https") || !HostName.TryRead(read.IdnHost, out _, out _))
        {
            return false;
        }

        if (UnsafePorts.Contains(read.Port))
        {
            fault = OutboundFaults.PortRefused;
            return false;
        }

        target = read;
        return true;
    }

    /// <summary>Cuts the fragment off, sees to it that there is a path, and refuses what different parsers read differently.</summary>
    private static bool TryParts(ref string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return false;
        }

        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0)
        {
            url = url[..fragment];
        }

        var start = scheme + 3;
        if (start > url.Length)
        {
            return false;
        }

        var length = url.AsSpan(start).IndexOfAny('/', '?');
        var authority = url.AsSpan(start, length < 0 ? url.Length - start : length);
        if (authority.IsEmpty || authority.ContainsAny('@', '\\', '%'))
        {
            return false;
        }

        var end = start + authority.Length;
        if (end == url.Length || url[end] != '/')
        {
            url = string.Concat(url.AsSpan(0, end), "/", url.AsSpan(end));
        }

        return true;
    }
}

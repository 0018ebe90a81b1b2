namespace Madang.Crawler.Urls;

/// <summary>Session ids in paths: <c>/shop;jsessionid=1A2B/cart</c> of Java servers, and <c>/(S(ldi1e0zwyb3ucs45))/cart.aspx</c> of ASP.NET without cookies.</summary>
internal static class SessionIds
{
    public static void CutFromPath(Url url)
    {
        if (!url.Path.ContainsAny((byte)';', (byte)'('))
        {
            return;
        }

        for (var slash = url.PathStart; slash < url.PathEnd;)
        {
            // First, since what is left of a segment may be a session of the other kind.
            CutParameters(url, slash + 1);
            var length = SegmentLength(url, slash);
            if (!IsAspSession(url.Buffer.AsSpan(slash + 1, length)))
            {
                slash += length + 1;
                continue;
            }

            // A path keeps at least its first slash.
            if (url.Path.Length == length + 1)
            {
                url.Cut(slash + 1, length);
                return;
            }

            url.Cut(slash, length + 1);
        }
    }

    private static int SegmentLength(Url url, int slash)
    {
        var rest = url.Buffer.AsSpan((slash + 1)..url.PathEnd);
        var end = rest.IndexOf((byte)'/');
        return end < 0 ? rest.Length : end;
    }

    private static void CutParameters(Url url, int start)
    {
        var segment = url.Buffer.AsSpan(start, SegmentLength(url, start - 1));
        var semicolon = segment.IndexOf((byte)';');
        while (semicolon >= 0)
        {
            var rest = segment[(semicolon + 1)..];
            var end = rest.IndexOf((byte)';');
            var parameter = end < 0 ? rest : rest[..end];
            // What is left must not turn into a dot segment.
            var isDots = semicolon is 1 or 2 && !segment[..semicolon].ContainsAnyExcept((byte)'.');
            if (!isDots && NoiseParameters.Current.IsNoise(parameter, isSession: true, isTracking: false))
            {
                url.Cut(start + semicolon, parameter.Length + 1);
                segment = url.Buffer.AsSpan(start, SegmentLength(url, start - 1));
                end = segment[semicolon..].IndexOf((byte)';');
                semicolon = end < 0 ? -1 : semicolon + end;
            }
            else
            {
                semicolon = end < 0 ? -1 : semicolon + 1 + end;
            }
        }
    }

    /// <summary>One or more groups X(…) in one pair of brackets, each a letter and a token: (S(…)), (A(…)S(…)F(…)).</summary>
    private static bool IsAspSession(ReadOnlySpan<byte> segment)
    {
        if (segment is not [(byte)'(', .. var groups, (byte)')'] || groups.IsEmpty)
        {
            return false;
        }

        while (!groups.IsEmpty)
        {
            var close = groups.IndexOf((byte)')');
            if (close < 8 || groups[0] is not ((byte)'A' or (byte)'F' or (byte)'S' or (byte)'X') || groups[1] != '(' || groups[2..close].Contains((byte)'('))
            {
                return false;
            }

            groups = groups[(close + 1)..];
        }

        return true;
    }
}

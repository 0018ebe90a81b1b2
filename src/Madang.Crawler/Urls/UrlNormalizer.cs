namespace Madang.Crawler.Urls;

/// <summary>
/// Gives the many addresses of one page one spelling, in place and without allocation. The parser has already lower-cased scheme and host, dropped default ports and
/// resolved dot segments. Doing it twice changes nothing.
/// </summary>
/// <remarks>
/// Two things are left alone on purpose. Duplicate slashes: <c>/a//b</c> is another resource than <c>/a/b</c> for many servers. The order of the query: programs read
/// parameters by position and sign them, and a sorted address is one that nobody linked to.
/// </remarks>
public static class UrlNormalizer
{
    /// <summary>Normalises http and https URLs; of others only the fragment and the credentials are taken away.</summary>
    public static void Normalize(Url url, UrlNormalization steps = UrlNormalization.All)
    {
        if (!url.IsValid)
        {
            return;
        }

        if (url.HasFragment && Has(steps, UrlNormalization.Fragment))
        {
            (url.Length, url.FragmentStart) = (url.FragmentStart, -1);
        }

        if (url.HasCredentials && Has(steps, UrlNormalization.Credentials))
        {
            CutCredentials(url);
        }

        if (!url.Kind.IsWeb())
        {
            return;
        }

        if (Has(steps, UrlNormalization.Escapes))
        {
            Escapes.Simplify(url);
        }

        if (Has(steps, UrlNormalization.SessionIds))
        {
            SessionIds.CutFromPath(url);
        }

        if (url.HasQuery)
        {
            Query(url, steps);
        }
    }

    /// <summary>Enum.HasFlag boxes until the code is optimised.</summary>
    private static bool Has(UrlNormalization steps, UrlNormalization step) => (steps & step) != 0;

    private static void CutCredentials(Url url)
    {
        var count = url.HostStart - url.SchemeEnd - 3;
        url.Cut(url.SchemeEnd + 3, count);
        url.UserEnd = url.HostStart = url.SchemeEnd + 3;
        url.HostEnd -= count;
        url.PathStart -= count;
    }

    private static void Query(Url url, UrlNormalization steps)
    {
        var isSession = Has(steps, UrlNormalization.SessionIds);
        var isTracking = Has(steps, UrlNormalization.Tracking);
        var start = url.QueryStart + 1;
        while ((isSession || isTracking) && start < url.QueryEnd)
        {
            var rest = url.Buffer.AsSpan(start..url.QueryEnd);
            var end = rest.IndexOf((byte)'&');
            var parameter = end < 0 ? rest : rest[..end];
            if (!NoiseParameters.Current.IsNoise(parameter, isSession, isTracking))
            {
                start += parameter.Length + 1;
            }
            else if (end >= 0)
            {
                url.Cut(start, end + 1);
            }
            else
            {
                // The last one goes with the ampersand before it, if there is one.
                var ampersand = start > url.QueryStart + 1 ? 1 : 0;
                url.Cut(start - ampersand, parameter.Length + ampersand);
                break;
            }
        }

        if (url.Query.IsEmpty && Has(steps, UrlNormalization.EmptyQuery))
        {
            var at = url.QueryStart;
            url.QueryStart = -1;
            url.Cut(at, 1);
        }
    }
}

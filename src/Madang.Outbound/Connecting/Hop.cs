using System.Net.Http.Headers;

namespace Madang.Outbound.Connecting;

/// <summary>One step of a request that may be led on: where to, how, and whether secrets go along.</summary>
internal sealed class Hop
{
    private Hop(string url, HttpMethod method, bool hasBody, bool isHome)
    {
        (Url, Method, HasBody, IsHome) = (url, method, hasBody, isHome);
    }

    public string Url { get; }

    private HttpMethod Method { get; }

    private bool HasBody { get; }

    /// <summary>Still the origin that the request was meant for.</summary>
    private bool IsHome { get; }

    public static Hop First(OutboundRequest request) => new(request.Url, request.Method, !request.Body.IsEmpty || request.BodyType is not null, isHome: true);

    /// <summary>False when a header cannot go out as given.</summary>
    public bool Fill(HttpRequestMessage message, OutboundRequest request)
    {
        message.Method = Method;
        if (HasBody)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            if (request.BodyType is { } type)
            {
                if (!MediaTypeHeaderValue.TryParse(type, out var parsed))
                {
                    return false;
                }

                message.Content.Headers.ContentType = parsed;
            }
        }

        foreach (var (name, value) in request.Headers)
        {
            if (!IsHome && (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (!IsValue(value) || IsOurs(name))
            {
                return false;
            }

            // It tells about the body, and goes where the body goes.
            if (name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
            else if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                return false;
            }
        }

        if (request.AcceptsEncodings)
        {
            message.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");
        }

        return true;
    }

    /// <summary>RFC 9110 §15.4. Null, and the fault in the response, when it cannot be followed.</summary>
    public Hop? Next(OutboundRequest request, OutboundResponse response, Uri target)
    {
        if (response.Redirects >= request.MaxRedirects)
        {
            response.Failed(OutboundFaults.BadRedirect, $"More than {request.MaxRedirects} redirects.");
            return null;
        }

        if (response.Location is not { } location || !Uri.TryCreate(target, location, out var next) || next.Scheme is not ("http" or "https"))
        {
            response.Failed(OutboundFaults.BadRedirect, "The redirect leads nowhere.");
            return null;
        }

        response.Redirects++;
        var becomesGet = response.Status == 303 || (response.Status is 301 or 302 && Method == HttpMethod.Post);
        var method = becomesGet && Method != HttpMethod.Head ? HttpMethod.Get : Method;
        var isHome = IsHome && next.Scheme == target.Scheme && next.Port == target.Port && next.IdnHost == target.IdnHost;
        return new Hop(next.AbsoluteUri, method, HasBody && !becomesGet, isHome);
    }

    /// <summary>Latin-1 without control characters: nothing that could end a line.</summary>
    private static bool IsValue(string value)
    {
        foreach (var letter in value)
        {
            if ((letter < ' ' && letter != '\t') || letter == '\u007F' || letter > '\u00FF')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOurs(string name) =>
        name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expect", StringComparison.OrdinalIgnoreCase);
}

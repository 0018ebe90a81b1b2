namespace Madang.Outbound;

/// <summary>What to ask for, and how much of an answer is bearable. May be sent several times, also at the same time.</summary>
public sealed class OutboundRequest
{
    /// <summary>Absolute, http or https, without user and password. Path and query go out as given; a fragment stays here.</summary>
    public required string Url { get; init; }

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Names and values as they go out, besides Host, Content-Length and Accept-Encoding. One list may serve many requests.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    public string? BodyType { get; init; }

    /// <summary>Offers gzip, deflate and br.</summary>
    public bool AcceptsEncodings { get; init; } = true;

    /// <summary>Of the body as transferred.</summary>
    public int MaxWireBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Of the body as decoded.</summary>
    public int MaxBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Decoded bytes per transferred byte, once more than 1 MiB is decoded.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>A body that is too large is cut at its limit instead of refused (RFC 9309 §2.5 reads robots.txt so).</summary>
    public bool CutsAtLimit { get; init; }

    /// <summary>0 hands a redirect back.</summary>
    public int MaxRedirects { get; init; }

    /// <summary>Name, connection and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the request that went out to the headers that came.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence within the body.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All of it, redirects too.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Called whenever bytes of it are about to go out on a connection: the last call comes before the host can have all of it. False keeps them back, which is for a caller
    /// who cancels the request because its time is over. Quick, and throws nothing.
    /// </summary>
    public Func<bool>? Sends { get; init; }

    /// <summary>
    /// Called once, when the headers of the last answer are there and nothing of its body is: false leaves the body where it is
    /// (<see cref="OutboundResponse.IsSkipped"/>).
    /// </summary>
    public Func<OutboundResponse, bool>? Accepts { get; init; }
}

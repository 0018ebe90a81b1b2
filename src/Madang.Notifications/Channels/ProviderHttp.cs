using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Madang.Notifications.Channels;

/// <summary>What the HTTP stack tells about a request to an endpoint of the operator's choice.</summary>
internal static class ProviderHttp
{
    /// <summary>HTTP/2 REFUSED_STREAM (RFC 9113 §7): surely not processed.</summary>
    private const long RefusedStream = 7;

    /// <summary>Places of a pool's door (<see cref="SentContent.EnterAsync"/>): enough to keep its connections writing.</summary>
    public const int Door = 16;

    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>A connection pool to one configured host, with the keep-alive of HTTP/2.</summary>
    /// <param name="trusted">A certificate that is accepted beside the machine's roots, for sandboxes; null otherwise.</param>
    public static SocketsHttpHandler Pool(TimeSpan connectTimeout, TimeSpan ping, X509Certificate2? trusted) => new()
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = connectTimeout,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = ping,
        KeepAlivePingTimeout = ping < s_pingTimeout ? ping : s_pingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        // Apple asks for connections that last; the ping finds those that a firewall has forgotten.
        PooledConnectionIdleTimeout = TimeSpan.FromHours(12),
        PooledConnectionLifetime = TimeSpan.FromHours(24),
        SslOptions = trusted is null ? new SslClientAuthenticationOptions() : new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
                || (certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(trusted.RawData)),
        },
    };

    /// <summary>
    /// A fault of the line, classed by whether the message may have arrived. Streams above the last one that a GOAWAY names, and refused ones, have been sent again on
    /// another connection before anything is thrown (SocketsHttpHandler retries what surely was not processed); what is thrown after the body began may have arrived.
    /// </summary>
    public static ProviderAnswer Lost(HttpRequestException fault, bool isBegun)
    {
        if (Inner<HttpProtocolException>(fault) is { ErrorCode: RefusedStream })
        {
            return new ProviderAnswer(AnswerClass.Retry, "refused_stream");
        }

        return isBegun ? ProviderAnswer.Ambiguous(Word(fault)) with { Detail = Short(fault.Message) }
            : new ProviderAnswer(AnswerClass.Retry, Word(fault)) { Detail = Short(fault.Message), Scope = AnswerScope.Provider };
    }

    public static string Word(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "dns_failed",
        HttpRequestError.ConnectionError => "connect_failed",
        HttpRequestError.SecureConnectionError => "tls_failed",
        HttpRequestError.VersionNegotiationError => "no_http2",
        HttpRequestError.HttpProtocolError => "stream_reset",
        _ => "connection_lost",
    };

    /// <summary>From seconds or a date (RFC 9110 §10.2.3); null when there is none.</summary>
    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) => header switch
    {
        { Delta: { } delta } => Bounded(delta),
        { Date: { } date } => Bounded(date - now),
        _ => null,
    };

    /// <summary>Nobody is believed who says to come back in a year.</summary>
    public static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromHours(24) ? TimeSpan.FromHours(24) : wait;

    public static string Short(string text) => text.Length <= 500 ? text : text[..500];

    /// <summary>At most so many bytes of an answer; what comes after them is not read.</summary>
    public static async Task<byte[]> ReadAsync(HttpContent content, int max, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(max);
        try
        {
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, max), max, throwOnEndOfStream: false, cancellationToken);
            return buffer[..length];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static T? Inner<T>(Exception? fault) where T : Exception
    {
        while (fault is not null and not T)
        {
            fault = fault.InnerException;
        }

        return (T?)fault;
    }
}

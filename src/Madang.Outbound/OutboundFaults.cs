namespace Madang.Outbound;

/// <summary>Why a request got no usable answer: stable codes, kept in logs, in the page log of a crawl and in delivery logs.</summary>
public static class OutboundFaults
{
    /// <summary>The URL, a header or the method cannot be sent as given; nothing was looked up.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>The name does not exist or has no address.</summary>
    public const string NoSuchHost = "no_such_host";

    /// <summary>No name server gave an answer that counts, and none is remembered.</summary>
    public const string DnsFailed = "dns_failed";

    /// <summary>An address of the host is not a public one, and not on the allow list.</summary>
    public const string AddressRefused = "address_refused";

    /// <summary>The port belongs to another protocol (WHATWG Fetch, "bad port").</summary>
    public const string PortRefused = "port_refused";

    public const string ConnectTimeout = "connect_timeout";
    public const string ConnectFailed = "connect_failed";

    /// <summary>The certificate or the handshake was not acceptable.</summary>
    public const string TlsFailed = "tls_failed";

    public const string HeaderTimeout = "header_timeout";
    public const string IdleTimeout = "idle_timeout";
    public const string TotalTimeout = "total_timeout";

    /// <summary>More bytes than the request allows, as transferred or as decoded.</summary>
    public const string TooLarge = "too_large";

    /// <summary>It grows beyond the ratio that the request allows when decoded.</summary>
    public const string TooCompressed = "too_compressed";

    /// <summary>The body is not in the encoding that it claims, or ends in the middle of it.</summary>
    public const string BadEncoding = "bad_encoding";

    /// <summary>The answer breaks HTTP.</summary>
    public const string ProtocolError = "protocol_error";

    /// <summary>The connection ended before the answer did.</summary>
    public const string Reset = "reset";

    /// <summary>A redirect without a usable Location, or more of them than the request allows.</summary>
    public const string BadRedirect = "bad_redirect";

    /// <summary>All connections of this process are in use.</summary>
    public const string NoPlace = "no_place";
}

/// <summary>A fault on its way through a stack that knows exceptions only; never leaves this project.</summary>
internal sealed class OutboundException(string fault, string detail, Exception? inner = null) : IOException(detail, inner)
{
    public string Fault { get; } = fault;
}

namespace Madang.Crawler.Urls;

/// <summary>What a host is (url.spec.whatwg.org §3).</summary>
public enum HostKind : byte
{
    /// <summary>No host, or the empty one of <c>file:///</c>.</summary>
    None,

    /// <summary>A domain name in lower-case ASCII.</summary>
    Domain,

    /// <summary>Four decimal numbers.</summary>
    Ipv4,

    /// <summary>In brackets, compressed.</summary>
    Ipv6,

    /// <summary>The host of a scheme that is not special; nothing is known about it.</summary>
    Opaque,
}

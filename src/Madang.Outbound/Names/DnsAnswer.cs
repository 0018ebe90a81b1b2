using System.Net;

namespace Madang.Outbound.Names;

/// <summary>What a look-up came to.</summary>
public enum DnsVerdict
{
    /// <summary>There is at least one address.</summary>
    Found,

    /// <summary>The name does not exist, or has no address.</summary>
    NoSuchHost,

    /// <summary>Nobody could tell: time-outs, SERVFAIL, answers that do not count.</summary>
    Failed,
}

/// <param name="Addresses">IPv4 first; empty unless the verdict is Found.</param>
/// <param name="Ttl">How long it may be used, as the zone says.</param>
public sealed record DnsAnswer(DnsVerdict Verdict, IPAddress[] Addresses, TimeSpan Ttl)
{
    internal static readonly DnsAnswer NotAnswered = new(DnsVerdict.Failed, [], TimeSpan.Zero);

    internal static DnsAnswer Nothing(TimeSpan ttl) => new(DnsVerdict.NoSuchHost, [], ttl);
}

/// <summary>Port: where addresses come from.</summary>
internal interface IDnsSource
{
    /// <param name="name">Lower case, ASCII, without a last dot, not an address.</param>
    /// <returns>Never throws for what a name server does; cancels.</returns>
    Task<DnsAnswer> LookUpAsync(string name, CancellationToken cancellation);

    /// <summary>The TXT records of a name; empty for none, null when nobody could tell. Throws as little.</summary>
    Task<IReadOnlyList<string>?> TextsAsync(string name, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>?>(null);
}

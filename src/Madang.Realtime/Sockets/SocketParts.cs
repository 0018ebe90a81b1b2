using Madang.Accounts;
using Madang.Api;
using Madang.Realtime.Delivery;
using Microsoft.Extensions.Options;

namespace Madang.Realtime.Sockets;

/// <summary>What every socket needs beside the hub.</summary>
internal sealed class SocketParts(SocketVerbs verbs, WriteLimits limits, AckBook acks, Sessions sessions, AllowedOrigins origins, IOptions<WriteLimitOptions> limitOptions)
{
    public SocketVerbs Verbs => verbs;

    public WriteLimits Limits => limits;

    public AckBook Acks => acks;

    public Sessions Sessions => sessions;

    public AllowedOrigins Origins => origins;

    /// <summary>Off with <c>Madang:RateLimits=off</c>, for load tests.</summary>
    public bool LimitsFrames { get; } = limitOptions.Value.Enabled;

    /// <summary>Spreads the heartbeats, 0 to 1.</summary>
#pragma warning disable CA5394, CA1822 // No secret hangs on when a ping goes out.
    public double Random() => System.Random.Shared.NextDouble();
#pragma warning restore CA5394, CA1822
}

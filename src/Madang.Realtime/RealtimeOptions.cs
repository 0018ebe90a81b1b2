using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Madang.Realtime;

/// <summary>Section <c>Madang:Realtime</c>.</summary>
public sealed class RealtimeOptions
{
    public const string Section = "Madang:Realtime";

    /// <summary>A connection that was silent for so long is pinged; after two pings without an answer it is closed.</summary>
    [Range(1, 300)]
    public int HeartbeatSeconds { get; set; } = 25;

    /// <summary>A socket says hello within this time.</summary>
    [Range(1, 60)]
    public int HelloSeconds { get; set; } = 10;

    /// <summary>Open sockets, event streams and long polls of one person.</summary>
    [Range(1, 1000)]
    public int ConnectionsPerUser { get; set; } = 20;

    /// <summary>Frames a second that a socket may send, with twice as many at once after a pause. Not counted when <c>Madang:RateLimits=off</c>.</summary>
    [Range(1, 100_000)]
    public int FramesPerSecond { get; set; } = 50;

    /// <summary>What one connection may have waiting before signals are dropped and then entries are left to be read from the store.</summary>
    [Range(64 * 1024, 16 * 1024 * 1024)]
    public int QueueBytes { get; set; } = 1024 * 1024;

    /// <summary>A write to a connection that takes longer ends it: the reader is too slow, or gone.</summary>
    [Range(1, 300)]
    public int SlowSeconds { get; set; } = 20;

    /// <summary>Marks of what a device has processed are stored at most this often.</summary>
    [Range(1, 60)]
    public int AckSeconds { get; set; } = 2;

    /// <summary>On a database that other nodes write to: how often the heads and the credentials of connected people are looked at.</summary>
    [Range(1, 60)]
    public int RecheckSeconds { get; set; } = 3;

    /// <summary>When the server stops, clients come back spread over this time.</summary>
    [Range(0, 60)]
    public int DrainSpreadSeconds { get; set; } = 10;

    /// <summary>When the server stops, clients have this long to leave by themselves.</summary>
    [Range(0, 20)]
    public int DrainSeconds { get; set; } = 3;

    /// <summary>Entries are kept this long.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>Entries kept in one inbox.</summary>
    [Range(100, 10_000_000)]
    public int RetentionEntries { get; set; } = 20_000;
}

[OptionsValidator]
public sealed partial class RealtimeOptionsValidator : IValidateOptions<RealtimeOptions>;

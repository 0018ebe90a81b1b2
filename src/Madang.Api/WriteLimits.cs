using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Madang.Api;

/// <summary>
/// How often somebody may write: a bucket per person, per API key, and per address for who is not signed in (IPv6 by its /64: a customer's
/// whole network). Kept as one number a bucket, the time at which it would be empty of use (GCRA, ITU-T I.371), so that a bucket nobody used for
/// half a minute equals one that was never there and can be dropped. HTTP asks for every unsafe method, the socket for every writing frame.
/// </summary>
public sealed class WriteLimits(TimeProvider time, IOptions<WriteLimitOptions> options)
{
    /// <summary>More buckets than this are never kept; strangers beyond it share one.</summary>
    public const int MaxBuckets = 100_000;

    private static readonly Key Strangers = new(CallerKind.Anonymous, 0, 0);

    private readonly ConcurrentDictionary<Key, Bucket> _buckets = new();
    private readonly WriteLimitOptions _options = options.Value;
    private long _sweptAt = long.MinValue;
    private int _count;

    /// <summary>Takes one write; the refusal tells when the next one is allowed.</summary>
    /// <param name="address">Whom to count when nobody is signed in; ignored otherwise.</param>
    public Error? TryTake(Caller caller, IPAddress? address = null) => Take(caller, address) is { Granted: false } refused
        ? ApiErrors.RateLimited with { RetryAfter = refused.RetryAfter }
        : null;

    /// <summary>Takes one write, and tells how many are left.</summary>
    public WriteAllowance Take(Caller caller, IPAddress? address = null)
    {
        if (!_options.Enabled || caller.Kind == CallerKind.Operator)
        {
            return WriteAllowance.Unlimited;
        }

        var (perMinute, burst) = caller.Kind == CallerKind.ApiKey ? (_options.ApiKeyPerMinute, _options.ApiKeyBurst) : (_options.PerMinute, _options.Burst);
        var now = time.GetUtcNow().UtcTicks;
        var interval = TimeSpan.TicksPerMinute / perMinute;
        return BucketOf(KeyOf(caller, address), now).Take(now, interval, burst) with { PerMinute = perMinute };
    }

    /// <summary>Buckets in memory.</summary>
    internal int Count => _buckets.Count;

    private Bucket BucketOf(Key key, long now)
    {
        if (_buckets.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Volatile.Read(ref _count) >= MaxBuckets)
        {
            Sweep(now);
            if (Volatile.Read(ref _count) >= MaxBuckets && key.Kind == CallerKind.Anonymous)
            {
                return _buckets.GetOrAdd(Strangers, static _ => new Bucket());
            }
        }

        var fresh = new Bucket();
        var kept = _buckets.GetOrAdd(key, fresh);
        if (ReferenceEquals(kept, fresh))
        {
            Interlocked.Increment(ref _count);
        }

        return kept;
    }

    /// <summary>Drops the buckets that are full again; at most once a second, by whoever came first.</summary>
    private void Sweep(long now)
    {
        var last = Volatile.Read(ref _sweptAt);
        if (now - TimeSpan.TicksPerSecond < last || Interlocked.CompareExchange(ref _sweptAt, now, last) != last)
        {
            return;
        }

        foreach (var pair in _buckets)
        {
            if (pair.Value.IsFull(now) && _buckets.TryRemove(pair))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private static Key KeyOf(Caller caller, IPAddress? address) => caller switch
    {
        { User: { } user } => new(CallerKind.Session, user.Value, 0),
        { Kind: CallerKind.ApiKey } => new(CallerKind.ApiKey, caller.Credential, 0),
        _ => KeyOf(address ?? IPAddress.None),
    };

    private static Key KeyOf(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? new(CallerKind.Anonymous, BinaryPrimitives.ReadInt64BigEndian(bytes), 6)
            : new(CallerKind.Anonymous, BinaryPrimitives.ReadUInt32BigEndian(bytes), 4);
    }

    private readonly record struct Key(CallerKind Kind, long Number, byte Family);

    private sealed class Bucket
    {
        private long _emptyOfUseAt;

        public bool IsFull(long now) => Volatile.Read(ref _emptyOfUseAt) <= now;

        public WriteAllowance Take(long now, long interval, int burst)
        {
            var bound = interval * burst;
            while (true)
            {
                var before = Volatile.Read(ref _emptyOfUseAt);
                // A clock that stepped back must not lock anybody out for longer than an empty bucket would.
                if (before > now + bound && Interlocked.CompareExchange(ref _emptyOfUseAt, now + bound, before) != before)
                {
                    continue;
                }

                before = Math.Min(before, now + bound);
                var start = Math.Max(before, now);
                var after = start + interval;
                if (after > now + bound)
                {
                    return new WriteAllowance(false, burst, 0, TimeSpan.FromTicks(bound), TimeSpan.FromTicks(after - now - bound));
                }

                if (Interlocked.CompareExchange(ref _emptyOfUseAt, after, before) == before)
                {
                    return new WriteAllowance(true, burst, (int)((now + bound - after) / interval), TimeSpan.FromTicks(after - now), TimeSpan.Zero);
                }
            }
        }
    }
}

/// <summary>What <see cref="WriteLimits"/> answered.</summary>
/// <param name="Burst">Writes that a full bucket holds.</param>
/// <param name="Remaining">Writes that may follow at once.</param>
/// <param name="FullIn">When the bucket is full again.</param>
/// <param name="RetryAfter">When the next write is allowed; zero when this one was.</param>
public readonly record struct WriteAllowance(bool Granted, int Burst, int Remaining, TimeSpan FullIn, TimeSpan RetryAfter)
{
    public static readonly WriteAllowance Unlimited = new(true, 0, 0, TimeSpan.Zero, TimeSpan.Zero);

    public int PerMinute { get; init; }
}

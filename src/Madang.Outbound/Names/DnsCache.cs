using System.Collections.Concurrent;

namespace Madang.Outbound.Names;

/// <summary>
/// Remembers what names stand for, for as long as their zones allow: asked again in the background from 80 % of that time on, once for all who wait, and
/// used beyond it while no name server answers (RFC 8767).
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing that must be let go of.
public sealed class DnsCache
{
    /// <summary>How long somebody waits for fresh addresses while old ones are at hand (RFC 8767 §5, client response timer).</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(1_800);

    /// <summary>How long a look-up that failed is not repeated (RFC 8767 §5, failure recheck timer; RFC 9520).</summary>
    private static readonly TimeSpan s_recheck = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_failed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);

    private readonly IDnsSource _source;
    private readonly TimeProvider _time;
    private readonly TimeSpan _negative;
    private readonly TimeSpan _stale;
    private readonly int _bound;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(256);
    private int _sweeping;

    internal DnsCache(IDnsSource source, TimeProvider time, OutboundOptions options)
    {
        (_source, _time, _bound) = (source, time, options.MaxNames);
        _negative = TimeSpan.FromSeconds(options.NegativeSeconds);
        _stale = TimeSpan.FromMinutes(options.StaleMinutes);
    }

    internal Task<IReadOnlyList<string>?> TextsAsync(string name, CancellationToken cancellation) => _source.TextsAsync(name, cancellation);

    /// <summary>Names that are remembered.</summary>
    public int Count => _entries.Count;

    internal long Hits;
    internal long Misses;
    internal long StaleAnswers;

    /// <param name="name">Lower case, ASCII, without a last dot, not an address.</param>
    public ValueTask<DnsAnswer> ResolveAsync(string name, CancellationToken cancellation)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            entry = _entries.GetOrAdd(name, new Entry());
            if (_entries.Count > _bound)
            {
                Sweep();
            }
        }

        var now = _time.GetTimestamp();
        Task<DnsAnswer> look;
        DnsAnswer? old;
        lock (entry)
        {
            entry.UsedAt = now;
            old = entry.Answer;
            if (old is not null && now < entry.RefreshAt)
            {
                Interlocked.Increment(ref Hits);
                return ValueTask.FromResult(old);
            }

            look = entry.Look ??= Task.Run(() => LookUpAsync(name, entry), CancellationToken.None);
            if (old is not null && now < entry.EndsAt)
            {
                Interlocked.Increment(ref Hits);
                return ValueTask.FromResult(old);
            }
        }

        Interlocked.Increment(ref Misses);
        return new ValueTask<DnsAnswer>(WaitAsync(look, old is { Verdict: DnsVerdict.Found } && now < entry.StaleUntil ? old : null, cancellation));
    }

    private async Task<DnsAnswer> WaitAsync(Task<DnsAnswer> look, DnsAnswer? old, CancellationToken cancellation)
    {
        if (old is null)
        {
            return await look.WaitAsync(cancellation);
        }

        try
        {
            return await look.WaitAsync(s_patience, _time, cancellation);
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref StaleAnswers);
            return old;
        }
    }

    /// <summary>One look-up for all who wait; nobody's cancellation ends it for the others.</summary>
    private async Task<DnsAnswer> LookUpAsync(string name, Entry entry)
    {
        DnsAnswer answer;
        await _places.WaitAsync();
        try
        {
            answer = await _source.LookUpAsync(name, CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException or OperationCanceledException or UnauthorizedAccessException)
        {
            // No descriptor, no network: the name may be fine.
            answer = DnsAnswer.NotAnswered;
        }
        finally
        {
            _places.Release();
        }

        lock (entry)
        {
            entry.Look = null;
            return Keep(entry, answer);
        }
    }

    /// <summary>Under the entry's lock. What everybody gets from here on.</summary>
    private DnsAnswer Keep(Entry entry, DnsAnswer answer)
    {
        var now = _time.GetTimestamp();
        if (answer.Verdict == DnsVerdict.Failed)
        {
            if (entry.Answer is { Verdict: DnsVerdict.Found } old && now < entry.StaleUntil)
            {
                Interlocked.Increment(ref StaleAnswers);
                entry.RefreshAt = Math.Min(now + Ticks(s_recheck), entry.StaleUntil);
                entry.EndsAt = Math.Max(entry.EndsAt, entry.RefreshAt);
                return old;
            }

            entry.Answer = answer;
            entry.RefreshAt = entry.EndsAt = entry.StaleUntil = now + Ticks(s_failed);
            return answer;
        }

        var isFound = answer.Verdict == DnsVerdict.Found;
        var ttl = Clamp(answer.Ttl, isFound ? s_longest : _negative);
        entry.Answer = answer;
        entry.EndsAt = now + Ticks(ttl);
        // A name that has none is asked for when somebody wants it again, not before.
        entry.RefreshAt = isFound ? now + (Ticks(ttl) / 5 * 4) : entry.EndsAt;
        entry.StaleUntil = entry.EndsAt + (isFound ? Ticks(_stale) : 0);
        return answer;
    }

    private static TimeSpan Clamp(TimeSpan ttl, TimeSpan longest)
    {
        var shortest = s_shortest < longest ? s_shortest : longest;
        return ttl < shortest ? shortest : ttl > longest ? longest : ttl;
    }

    /// <summary>Lets go of a quarter of the names, those that nobody asked for the longest; one thread at a time.</summary>
    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        try
        {
            var used = _entries.Select(pair => pair.Value.UsedAt).Order().ToArray();
            var limit = used[used.Length / 4];
            foreach (var pair in _entries)
            {
                if (pair.Value.UsedAt <= limit && pair.Value.Look is null)
                {
                    _entries.TryRemove(pair);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Entry
    {
        public DnsAnswer? Answer;
        public Task<DnsAnswer>? Look;
        public long RefreshAt;
        public long EndsAt;
        public long StaleUntil;
        public long UsedAt;
    }
}

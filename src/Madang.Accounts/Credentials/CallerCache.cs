using System.Collections.Concurrent;
using Madang.Api;

namespace Madang.Accounts.Credentials;

/// <summary>
/// Who stands behind a token, as read not long ago. It only saves reads: it forgets what ended or changed the moment that commits here, and believes
/// nothing longer than <paramref name="life"/>, since other nodes may have ended it. Two generations bound it to <paramref name="bound"/> entries.
/// </summary>
internal sealed class CallerCache(TimeProvider time, TimeSpan life, int bound = 50_000)
{
    private ConcurrentDictionary<TokenDigest, Entry> _young = new();
    private ConcurrentDictionary<TokenDigest, Entry> _old = new();
    private readonly ConcurrentDictionary<long, TokenDigest> _digests = new();
    private long _forgotten;

    /// <summary>Marks the moment before a read, for <see cref="Keep"/>.</summary>
    public long Mark => Volatile.Read(ref _forgotten);

    public Credential? Find(TokenDigest digest)
    {
        if (!_young.TryGetValue(digest, out var entry) && !_old.TryGetValue(digest, out entry))
        {
            return null;
        }

        return time.GetUtcNow() - entry.ReadAt < life ? entry.Credential : null;
    }

    /// <summary>Keeps what was read, unless something was forgotten since <paramref name="mark"/>: the row may have been read just before it ended.</summary>
    public void Keep(TokenDigest digest, Credential credential, long mark)
    {
        if (_young.Count >= bound / 2)
        {
            Turn();
        }

        _young[digest] = new Entry(credential, time.GetUtcNow());
        _digests[credential.Id] = digest;
        if (Mark != mark)
        {
            Drop(digest);
        }
    }

    /// <summary>Replaces an entry by what we have just decided about it, such as a later end; does not make it believed any longer.</summary>
    public void Replace(TokenDigest digest, Credential before, Credential after)
    {
        if (_young.TryGetValue(digest, out var entry) && entry.Credential == before)
        {
            _young.TryUpdate(digest, entry with { Credential = after }, entry);
        }
    }

    public void Forget(IEnumerable<long> credentials)
    {
        Interlocked.Increment(ref _forgotten);
        foreach (var id in credentials)
        {
            if (_digests.TryRemove(id, out var digest))
            {
                Drop(digest);
            }
        }
    }

    /// <summary>Forgets everything about one person. A scan: roles change rarely.</summary>
    public void Forget(UserId user)
    {
        Interlocked.Increment(ref _forgotten);
        foreach (var (digest, entry) in _young.Concat(_old))
        {
            if (entry.Credential.User == user)
            {
                Drop(digest);
            }
        }
    }

    private void Drop(TokenDigest digest)
    {
        _young.TryRemove(digest, out _);
        _old.TryRemove(digest, out _);
    }

    private void Turn()
    {
        lock (_digests)
        {
            if (_young.Count < bound / 2)
            {
                return;
            }

            foreach (var entry in _old.Values)
            {
                _digests.TryRemove(entry.Credential.Id, out _);
            }

            (_old, _young) = (_young, new());
            foreach (var (digest, entry) in _old)
            {
                _digests[entry.Credential.Id] = digest;
            }
        }
    }

    private sealed record Entry(Credential Credential, DateTimeOffset ReadAt);
}

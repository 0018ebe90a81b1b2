using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Timelines;

/// <summary>The newest posts of authors who are pulled, each loaded once and kept up at every commit.</summary>
internal sealed class AuthorLogs(ITimelineStore store, TimeProvider time, IOptions<FeedsOptions> options)
{
    public const int Entries = 512;

    private readonly ConcurrentDictionary<long, AuthorLog> _logs = new();

    public int Count => _logs.Count;

    /// <summary>Milliseconds of the clock by which logs are let go of.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>The author's ids from its floor on, everything that committed before this call included.</summary>
    public ValueTask<Ring> OfAsync(long author, long now, CancellationToken cancellationToken)
    {
        if (_logs.TryGetValue(author, out var log) && log.Loading is { IsCompletedSuccessfully: true })
        {
            log.ReadAt = now;
            return new(log.Ring);
        }

        return new(BeginAsync(author, now, cancellationToken));
    }

    private async Task<Ring> BeginAsync(long author, long now, CancellationToken cancellationToken)
    {
        // In the table first, so that what commits from now on is noted, and what has committed is found by the look-up.
        var log = _logs.GetOrAdd(author, static _ => new AuthorLog());
        log.ReadAt = now;
        try
        {
            await log.LoadOnce(() => LoadAsync(author, log)).WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _logs.TryRemove(new KeyValuePair<long, AuthorLog>(author, log));
            throw;
        }

        LetGo();
        return log.Ring;
    }

    public void Heard(long author, long post)
    {
        if (_logs.TryGetValue(author, out var log))
        {
            log.Insert(post);
        }
    }

    private async Task LoadAsync(long author, AuthorLog log)
    {
        var slice = await store.OfAuthorsAsync([author], Reach.Below(long.MaxValue, Entries), CancellationToken.None);
        log.Merge([.. slice.Ids], slice.CompleteTo);
    }

    /// <summary>Beyond the bound, the half that was not read for longest.</summary>
    private void LetGo()
    {
        if (_logs.Count <= options.Value.AuthorLogs)
        {
            return;
        }

        foreach (var pair in _logs.ToArray().OrderBy(pair => pair.Value.ReadAt).Take(_logs.Count / 2))
        {
            _logs.TryRemove(pair);
        }
    }

    private sealed class AuthorLog
    {
        private readonly Lock _gate = new();

        // A lock of its own: a load may read on this very thread, and commits must not wait for it.
        private readonly Lock _loads = new();
        private Task? _loading;
        private long _readAt;

        public Ring Ring { get; } = new(Entries);

        public Task? Loading => Volatile.Read(ref _loading);

        public long ReadAt
        {
            get => Volatile.Read(ref _readAt);
            set => Volatile.Write(ref _readAt, value);
        }

        public Task LoadOnce(Func<Task> load)
        {
            lock (_loads)
            {
                return _loading ??= load();
            }
        }

        public void Insert(long id)
        {
            lock (_gate)
            {
                Ring.Insert(id);
            }
        }

        public void Merge(long[] ids, long completeTo)
        {
            lock (_gate)
            {
                Ring.Merge(ids, completeTo);
            }
        }
    }
}

using System.Collections.Frozen;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications;

/// <summary>
/// What is few and asked for often, by name from memory; what is built in stands wherever nothing of its name is stored. A change is seen on this node with its
/// commit (<see cref="Tell"/>) and on the others within five seconds.
/// </summary>
internal abstract partial class NamedBook<T> : BackgroundService
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, T> _builtIn;
    private readonly bool _isShared;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _newest = new(StringComparer.Ordinal);
    private FrozenDictionary<string, T> _known;
    private long _heard;
    private static long s_told;

    /// <param name="isShared">Other nodes write it too, so it is read again every few seconds.</param>
    protected NamedBook(FrozenDictionary<string, T> builtIn, bool isShared, Database database, TimeProvider time, ILogger log)
    {
        (_builtIn, _known, _isShared, _time, _log) = (builtIn, builtIn, isShared, time, log);
        database.OnCommit<Changed>(Hear);
    }

    /// <summary>By its exact name; null for a name of none.</summary>
    public T? Find(string name) => Volatile.Read(ref _known).GetValueOrDefault(name);

    /// <summary>By name.</summary>
    public IReadOnlyList<T> All() => [.. Volatile.Read(ref _known).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Value)];

    /// <summary>Reads again what is stored.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var heard = Volatile.Read(ref _heard);
        var known = _builtIn.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, stored) in await ReadAsync(cancellationToken))
        {
            known[name] = stored;
        }

        lock (_lock)
        {
            // A commit that came meanwhile may be newer than what was read: the next look settles it.
            if (heard == _heard)
            {
                _known = known.ToFrozenDictionary(StringComparer.Ordinal);
            }
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Says in its transaction that it is so from now on; null when what was stored is deleted. To be called after the row of that name was written or locked:
    /// from there on to the commit no other of that name writes, so that the numbers given here are in the order of the commits.
    /// </summary>
    protected static void Tell(WriteTx tx, string name, T? now) => tx.Publish(new Changed(name, now, Interlocked.Increment(ref s_told)));

    /// <summary>All that is stored now.</summary>
    protected abstract Task<IReadOnlyList<(string Name, T Stored)>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Another one stands in its place from now on, or none. On the writer's thread.</summary>
    protected virtual void Replaced(T before)
    {
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_isShared)
        {
            return;
        }

        using var timer = new PeriodicTimer(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LoadAsync(stoppingToken);
            }

            // A database that cannot be reached ends no loop: what is known stays.
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotRead(_log, typeof(T).Name, fault.Message);
            }
        }
    }

    private void Hear(Changed changed)
    {
        lock (_lock)
        {
            _heard++;
            if (_newest.GetValueOrDefault(changed.Name) > changed.Number)
            {
                // Where several write at the same time, the later commit may be heard first.
                return;
            }

            _newest[changed.Name] = changed.Number;
            var known = _known.ToDictionary(StringComparer.Ordinal);
            if (known.Remove(changed.Name, out var before))
            {
                Replaced(before);
            }

            if ((changed.Now ?? _builtIn.GetValueOrDefault(changed.Name)) is { } now)
            {
                known[changed.Name] = now;
            }

            _known = known.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    private sealed record Changed(string Name, T? Now, long Number);

    [LoggerMessage(LogLevel.Warning, "What is kept of {Kind} was not read again: {Reason}")]
    private static partial void LogNotRead(ILogger log, string kind, string reason);
}

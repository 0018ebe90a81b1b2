using System.Collections.Concurrent;
using Madang.Api;

namespace Madang.Realtime.Delivery;

/// <summary>Who is connected to this node. A person's connections are a small array that is replaced, never changed, so that reading takes no lock.</summary>
internal sealed class Seats
{
    private readonly ConcurrentDictionary<UserId, Connection[]> _taken = new();
    private TaskCompletionSource? _empty;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ReadOnlySpan<Connection> Of(UserId user) => _taken.TryGetValue(user, out var connections) ? connections : default;

    public IReadOnlyList<UserId> Users => [.. _taken.Keys];

    public IEnumerable<Connection> All => _taken.Values.SelectMany(connections => connections);

    /// <summary>False when the person has <paramref name="most"/> already: the newest is refused, so that nobody's open tabs are thrown out by another one.</summary>
    public bool TryAdd(Connection connection, int most)
    {
        while (true)
        {
            if (!_taken.TryGetValue(connection.User, out var before))
            {
                if (_taken.TryAdd(connection.User, [connection]))
                {
                    break;
                }
            }
            else if (before.Length >= most)
            {
                return false;
            }
            else if (_taken.TryUpdate(connection.User, [.. before, connection], before))
            {
                break;
            }
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    public void Remove(Connection connection)
    {
        while (_taken.TryGetValue(connection.User, out var before) && before.Contains(connection))
        {
            var gone = before.Length == 1
                ? _taken.TryRemove(new KeyValuePair<UserId, Connection[]>(connection.User, before))
                : _taken.TryUpdate(connection.User, [.. before.Where(other => other != connection)], before);
            if (gone)
            {
                if (Interlocked.Decrement(ref _count) == 0)
                {
                    Volatile.Read(ref _empty)?.TrySetResult();
                }

                return;
            }
        }
    }

    /// <summary>Completes when nobody is left; asked once, when the server stops.</summary>
    public Task WhenEmptyAsync()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _empty, empty);
        return Count == 0 ? Task.CompletedTask : empty.Task;
    }
}

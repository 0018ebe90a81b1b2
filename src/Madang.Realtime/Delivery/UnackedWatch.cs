using Madang.Api;
using Madang.Realtime.Sockets;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Decides by acks, not by presence, what is pushed (realtime.md, delivery rule 4): whoever has not acknowledged an entry within 5 s, or 15 s with a window in
/// front of them, is told by a notification. Nothing is written for those who have; the mark moves in the transaction that hands over.
/// </summary>
internal sealed partial class UnackedWatch : Timed
{
    public const long WaitMs = 5_000;
    public const long WaitInFrontMs = 15_000;

    /// <summary>What is older has been missed for too long to ring for.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private const int Batch = 50;
    private const int MostEntries = 500;
    private const int MostWaiting = 1_000_000;

    private readonly Database _database;
    private readonly IInboxStore _store;
    private readonly Hub _hub;
    private readonly IReadOnlyList<IUnackedEntries> _words;
    private readonly IUnackedDoor? _door;
    private readonly TimeProvider _time;
    private readonly ILogger<UnackedWatch> _log;
    private readonly HashSet<EntryType> _types;

    private readonly Lock _lock = new();
    private readonly HashSet<UserId> _waiting = [];
    private readonly Queue<(UserId User, long DueMs)> _soon = new();
    private readonly Queue<(UserId User, long DueMs)> _late = new();
    private bool _running;
    private Task _run = Task.CompletedTask;

    public UnackedWatch(
        Database database, IInboxStore store, Hub hub, IEnumerable<IUnackedEntries> words, IEnumerable<IUnackedDoor> doors, TimeProvider time, ILogger<UnackedWatch> log)
    {
        (_database, _store, _hub, _words, _door, _time, _log) = (database, store, hub, [.. words], doors.FirstOrDefault(), time, log);
        _types = [.. _words.SelectMany(one => one.Types)];
        if (_door is not null)
        {
            database.OnCommit<InboxPublication>(Hear);
        }
    }

    public bool IsOpen => _door is { IsOpen: true };

    /// <summary>These may have something that nobody acknowledged, since before this process began.</summary>
    public void Watch(IReadOnlyList<UserId> users)
    {
        lock (_lock)
        {
            foreach (var user in users)
            {
                Add(user);
            }
        }

        WakeForNext();
    }

    internal override long Tick(long now)
    {
        _ = RunAsync();
        return long.MaxValue;
    }

    /// <summary>Hands over what is due; nobody but tests waits for it.</summary>
    internal Task RunAsync()
    {
        lock (_lock)
        {
            if (_running)
            {
                return _run;
            }

            _running = true;
        }

        return _run = HandOverDueAsync();
    }

    private async Task HandOverDueAsync()
    {
        try
        {
            while (TakeDue() is { Count: > 0 } due)
            {
                await HandOverAsync(due);
            }
        }
        finally
        {
            lock (_lock)
            {
                _running = false;
            }

            WakeForNext();
        }
    }

    // On the writer's thread: whoever waits already costs a look-up.
    private void Hear(InboxPublication publication)
    {
        if (!_types.Contains(publication.Entry.Ref.Type) || !_door!.IsOpen)
        {
            return;
        }

        bool isFirst;
        lock (_lock)
        {
            isFirst = _waiting.Count == 0;
            foreach (var user in publication.Entry.To)
            {
                Add(user);
            }
        }

        if (isFirst)
        {
            WakeForNext();
        }
    }

    private void Add(UserId user)
    {
        if (_waiting.Count < MostWaiting && _waiting.Add(user))
        {
            _soon.Enqueue((user, _hub.Wheel.Now + WaitMs));
        }
    }

    private List<UserId> TakeDue()
    {
        var now = _hub.Wheel.Now;
        var due = new List<UserId>(Batch);
        lock (_lock)
        {
            while (due.Count < Batch && _late.TryPeek(out var late) && late.DueMs <= now)
            {
                _ = _late.Dequeue();
                due.Add(late.User);
            }

            while (due.Count < Batch && _soon.TryPeek(out var soon) && soon.DueMs <= now)
            {
                _ = _soon.Dequeue();
                if (IsInFront(soon.User))
                {
                    _late.Enqueue((soon.User, soon.DueMs + WaitInFrontMs - WaitMs));
                }
                else
                {
                    due.Add(soon.User);
                }
            }

            // From here on a new entry begins a new wait.
            _waiting.ExceptWith(due);
        }

        return due;
    }

    private bool IsInFront(UserId user)
    {
        foreach (var connection in _hub.Seats.Of(user))
        {
            if (connection is SocketConnection { IsActive: true })
            {
                return true;
            }
        }

        return false;
    }

    private async Task HandOverAsync(List<UserId> users)
    {
        try
        {
            var told = new List<(Unacked Unacked, IReadOnlyList<UnackedNotice> Notices)>();
            foreach (var unacked in await _store.UnackedAsync(users, CancellationToken.None))
            {
                told.Add((unacked, await TellAsync(unacked)));
            }

            if (told.Count > 0)
            {
                _ = await _database.WriteAsync(tx => HandOver(tx, told), Lane.Background);
            }
        }
        catch (Exception fault)
        {
            // A full disk or a lost database: the marks stay where they are, and it is tried again.
            Failed(fault);
            Watch(users);
        }
    }

    private async Task<IReadOnlyList<UnackedNotice>> TellAsync(Unacked unacked)
    {
        var page = await _store.ReadAsync(unacked.User, Math.Max(unacked.Seen, unacked.Head - MostEntries), MostEntries, CancellationToken.None);
        var since = _time.GetUtcNow() - MaxAge;
        var notices = new List<UnackedNotice>();
        foreach (var words in _words)
        {
            EntryRef[] mine = [.. page.Entries.Where(entry => entry.At >= since && words.Types.Contains(entry.Ref.Type)).Select(entry => entry.Ref)];
            if (mine.Length > 0)
            {
                notices.AddRange(await words.TellAsync(unacked.User, mine, CancellationToken.None));
            }
        }

        return notices;
    }

    private int HandOver(WriteTx tx, List<(Unacked Unacked, IReadOnlyList<UnackedNotice> Notices)> told)
    {
        var notices = new List<UnackedNotice>();
        foreach (var (unacked, mine) in told.OrderBy(one => one.Unacked.User))
        {
            // Another node may have handed it over meanwhile.
            if (_store.MarkPushed(tx, unacked))
            {
                notices.AddRange(mine);
            }
        }

        if (notices.Count > 0)
        {
            _door!.Push(tx, notices);
        }

        return notices.Count;
    }

    private void WakeForNext()
    {
        long next;
        lock (_lock)
        {
            if (_running)
            {
                return;
            }

            next = Math.Min(_soon.TryPeek(out var soon) ? soon.DueMs : long.MaxValue, _late.TryPeek(out var late) ? late.DueMs : long.MaxValue);
        }

        if (next < long.MaxValue)
        {
            _hub.Wheel.Wake(this, next);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What nobody acknowledged could not be handed over; it is tried again")]
    private partial void Failed(Exception fault);
}

using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>A write in the queue: runs on the writer's thread, perhaps twice, and is told its end once.</summary>
internal abstract class PendingWrite
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Cancelled = 2;

    private CancellationTokenRegistration _registration;
    private int _state;

    /// <summary>The exception of this write alone, when those beside it go on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Called before it is queued.</summary>
    public void CancelBy(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (write, token) => ((PendingWrite)write!).Cancel(token), this);
        }
    }

    /// <summary>False when its caller has cancelled it. Once it has started it can no longer be cancelled.</summary>
    public bool TryStart()
    {
        if (Interlocked.CompareExchange(ref _state, Started, Waiting) != Waiting)
        {
            return false;
        }

        _ = _registration.Unregister();
        return true;
    }

    /// <summary>The group it runs in with its kind, or null when it runs alone.</summary>
    public virtual HotGroup? Join(HotGroups groups) => null;

    public abstract void Run(SqliteTx tx);

    /// <summary>It is durable; or it failed by itself (<see cref="Fault"/>).</summary>
    public abstract void Complete();

    public abstract void Fail(Exception fault);

    protected abstract void TellCancelled(CancellationToken cancellationToken);

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            TellCancelled(cancellationToken);
        }
    }
}

internal abstract class PendingWrite<T> : PendingWrite
{
    // Whoever awaits goes on elsewhere, never on the writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => _done.Task;

    public T Result { get; set; } = default!;

    public override void Complete()
    {
        if (Fault is null)
        {
            _done.SetResult(Result);
        }
        else
        {
            _done.SetException(Fault);
        }
    }

    public override void Fail(Exception fault) => _done.SetException(Fault ?? fault);

    protected override void TellCancelled(CancellationToken cancellationToken) => _done.SetCanceled(cancellationToken);
}

internal sealed class PendingClosure<T>(Func<WriteTx, T> work) : PendingWrite<T>
{
    public override void Run(SqliteTx tx) => Result = work(tx);
}

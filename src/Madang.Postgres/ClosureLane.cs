namespace Madang.Postgres;

/// <summary>Write closures, each a transaction of its own; the server groups the commits of its sessions into one fsync.</summary>
internal sealed class ClosureLane(string name, int bound) : WriterLane<IClosure>(name, bound)
{
    protected override void Drain(WriterSession session)
    {
        foreach (var closure in Queue.GetConsumingEnumerable())
        {
            closure.Run(session);
        }
    }
}

internal interface IClosure
{
    /// <summary>Runs and completes its caller's task; never throws.</summary>
    void Run(WriterSession session);
}

internal sealed class Closure<T>(Func<PostgresTx, T> work, long queuedAt, CancellationToken cancellationToken) : IClosure
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    public void Run(WriterSession session)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _done.SetCanceled(cancellationToken);
            return;
        }

        // Whatever a closure throws belongs to its caller; the thread goes on to the next one.
        try
        {
            _done.SetResult(session.Run(work, queuedAt));
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }
}

namespace Madang.Jobs.Running;

/// <summary>A job that runs on this node, and the three reasons for which it may be told to stop.</summary>
internal sealed class Attempt(Job job, long startedAt) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isLost;
    private volatile bool _isCanceled;

    public Job Job => _isCanceled ? job with { CancelRequested = true } : job;

    /// <summary>A timestamp of the <see cref="TimeProvider"/>.</summary>
    public long StartedAt => startedAt;

    public CancellationToken Token => _stop.Token;

    /// <summary>What an attempt that obeyed its token comes to; null when nothing of it counts.</summary>
    public JobOutcome? Stopped => _isLost ? null : _isCanceled ? JobOutcome.Canceled : JobOutcome.Snooze(TimeSpan.Zero);

    /// <summary>Another node has the job by now.</summary>
    public void Lose()
    {
        _isLost = true;
        Release();
    }

    public void Cancel()
    {
        _isCanceled = true;
        Release();
    }

    /// <summary>The server stops. Never runs the worker's continuations on the caller's thread, which may be the writer's.</summary>
    public void Release()
    {
        try
        {
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the meantime.
        }
    }

    public void Dispose() => _stop.Dispose();
}

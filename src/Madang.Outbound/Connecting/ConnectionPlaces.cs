namespace Madang.Outbound.Connecting;

/// <summary>The bound on open connections of this process. When it is reached the connection that was idle the longest is closed for the next one.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing that must be let go of.
internal sealed class ConnectionPlaces(int bound)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<PinnedStream> _idle = new();
    private readonly SemaphoreSlim _free = new(bound);

    public int Open => bound - _free.CurrentCount;

    /// <summary>Waits for a place. Whoever gets one gives it back by <see cref="GiveBack"/>, or by closing the stream that it became.</summary>
    public Task EnterAsync(CancellationToken cancellation)
    {
        if (_free.Wait(0, CancellationToken.None))
        {
            return Task.CompletedTask;
        }

        CutLongestIdle();
        return _free.WaitAsync(cancellation);
    }

    public void GiveBack() => _free.Release();

    public void Leave(PinnedStream stream)
    {
        lock (_gate)
        {
            stream.IsClosed = true;
            TakeOut(stream);
        }

        _free.Release();
    }

    /// <summary>A request goes out on it.</summary>
    public void Uses(PinnedStream stream)
    {
        lock (_gate)
        {
            TakeOut(stream);
        }
    }

    /// <summary>Its request is over.</summary>
    public void Rests(PinnedStream stream)
    {
        lock (_gate)
        {
            if (!stream.IsClosed)
            {
                stream.Idle ??= _idle.AddLast(stream);
            }
        }
    }

    private void CutLongestIdle()
    {
        PinnedStream? oldest;
        lock (_gate)
        {
            oldest = _idle.First?.Value;
            if (oldest is not null)
            {
                TakeOut(oldest);
            }
        }

        // The pool that still knows it finds it closed and opens another one.
        oldest?.Dispose();
    }

    private void TakeOut(PinnedStream stream)
    {
        if (stream.Idle is { } node)
        {
            stream.Idle = null;
            _idle.Remove(node);
        }
    }
}

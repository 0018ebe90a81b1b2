namespace Madang.Notifications.Channels.Email;

/// <summary>Sessions that wait for their next message. How many there are at once is the queue's matter; this keeps what is open and lets go of it in time.</summary>
internal sealed class SmtpPool : IAsyncDisposable
{
    private readonly SmtpSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Stack<SmtpConnection> _idle = new();
    private readonly ITimer _sweep;
    private bool _isClosed;

    public SmtpPool(SmtpSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _sweep = time.CreateTimer(_ => _ = SweepAsync(), null, settings.Idle, settings.Idle);
    }

    /// <summary>One that is open and still good; null when a new one has to be made.</summary>
    public async Task<SmtpConnection?> TakeAsync()
    {
        while (true)
        {
            SmtpConnection? taken;
            lock (_gate)
            {
                if (!_idle.TryPop(out taken))
                {
                    return null;
                }
            }

            if (taken.IsQuiet && _time.GetElapsedTime(taken.IdleSince) < _settings.Idle)
            {
                return taken;
            }

            await taken.DisposeAsync();
        }
    }

    public async ValueTask GiveBackAsync(SmtpConnection connection)
    {
        var isKept = connection.IsUsable && connection.Sent < _settings.MessagesPerConnection;
        connection.IdleSince = _time.GetTimestamp();
        lock (_gate)
        {
            isKept &= !_isClosed;
            if (isKept)
            {
                _idle.Push(connection);
            }
        }

        if (!isKept)
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        SmtpConnection[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = [.. _idle];
            _idle.Clear();
        }

        foreach (var connection in all)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>Those at the bottom have waited longest.</summary>
    private async Task SweepAsync()
    {
        List<SmtpConnection> old = [];
        lock (_gate)
        {
            var kept = new Stack<SmtpConnection>();
            foreach (var connection in _idle)
            {
                if (_time.GetElapsedTime(connection.IdleSince) < _settings.Idle)
                {
                    kept.Push(connection);
                }
                else
                {
                    old.Add(connection);
                }
            }

            if (old.Count > 0)
            {
                _idle.Clear();
                foreach (var connection in kept)
                {
                    _idle.Push(connection);
                }
            }
        }

        foreach (var connection in old)
        {
            await connection.DisposeAsync();
        }
    }
}

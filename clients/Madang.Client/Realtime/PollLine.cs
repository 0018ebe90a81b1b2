using Madang.Client.Resources;

namespace Madang.Client.Realtime;

#pragma warning disable CA1001 // the run that Start begins ends them; nobody else holds this line
/// <summary>Reads by long poll; every <c>since</c> acks what came before it.</summary>
internal sealed class PollLine(Sync sync, string? since, ILineEvents events, Lock gate) : ILine
{
    private const int Limit = 500;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);
    private readonly CancellationTokenSource _stop = new();
    private bool _isOver;

    public void Start() => _ = RunAsync();

    public bool Send(string frame) => false;

    public void Ack(string cursor)
    {
        // The next since does it.
    }

    public void Probe()
    {
        // Every poll is bounded in time.
    }

    public void Close(int code)
    {
        if (!_isOver)
        {
            _isOver = true;
            _ = _stop.CancelAsync();
        }
    }

    private async Task RunAsync()
    {
        var cursor = since;
        var end = default(LineEnd);
        try
        {
            for (var isFirst = true; !_stop.IsCancellationRequested; isFirst = false)
            {
                var answer = await sync.ReadAsync(cursor, isFirst ? null : Wait, Limit, _stop.Token);
                lock (gate)
                {
                    Take(answer, isFirst);
                }

                cursor = answer.Cursor;
            }
        }
        catch (MadangException reason)
        {
            end = LineEnd.Of(reason);
        }
        catch (OperationCanceledException)
        {
            // Closed by us.
        }

        lock (gate)
        {
            if (!_isOver)
            {
                Close(LineEnd.Normal);
                events.Ended(end);
            }
        }
    }

    private void Take(SyncAnswer answer, bool isFirst)
    {
        if (isFirst && !_isOver)
        {
            events.Ready(since ?? answer.Cursor, null);
        }

        if (answer.Reset && !_isOver)
        {
            events.Reset(answer.Cursor);
        }

        foreach (var entry in answer.Entries)
        {
            if (!_isOver)
            {
                events.Arrived(entry);
            }
        }
    }
}

using System.Buffers;
using Madang.Api;
using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;

namespace Madang.Realtime.Sync;

/// <summary>A poll or long poll: answers once, with the first entries or when its time is over.</summary>
internal sealed class PollConnection(Hub hub, Caller caller, InboxCursor? since, int limit, TimeSpan wait)
    : Connection(hub, caller, since is { } cursor && cursor.Epoch == hub.Epoch ? cursor.Pos : null)
{
    private readonly TaskCompletionSource<PooledBuffer?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _deadline = hub.Wheel.Now + (long)wait.TotalMilliseconds;

    public override string Transport => "poll";

    /// <summary>The JSON to answer with; null when the credential was revoked meanwhile.</summary>
    public Task<PooledBuffer?> Answer => _answer.Task;

    protected override int PageSize => limit;

    protected override bool TakesSignals => false;

    public override void Drain(int afterMs) => Send(new Outgoing(OutgoingKind.Answer));

    public override void Cut(Exception? fault) => _answer.TrySetException(fault ?? new OperationCanceledException());

    protected override ValueTask WriteAsync(List<Outgoing> batch, InboxCursor through)
    {
        var revoked = batch.Exists(static item => item is { Kind: OutgoingKind.Close, Number: CloseCodes.Revoked });
        _answer.TrySetResult(revoked ? null : Write(batch, through));
        End();
        return ValueTask.CompletedTask;
    }

    protected override void Started(long pos, bool isReset)
    {
        if (isReset)
        {
            Put(new Outgoing(OutgoingKind.Reset, pos));
        }
    }

    protected override void CaughtUp()
    {
        if (wait <= TimeSpan.Zero || Hub.IsDraining)
        {
            Send(new Outgoing(OutgoingKind.Answer));
        }
    }

    protected override long Beat(long now)
    {
        if (wait <= TimeSpan.Zero)
        {
            return long.MaxValue;
        }

        if (now < _deadline)
        {
            return _deadline;
        }

        Send(new Outgoing(OutgoingKind.Answer));
        return long.MaxValue;
    }

    protected override void Ended() => _answer.TrySetCanceled();

    private PooledBuffer Write(List<Outgoing> batch, InboxCursor through)
    {
        var output = new PooledBuffer(1024);
        if (batch.FindIndex(static item => item.Kind == OutgoingKind.Reset) is >= 0 and var reset)
        {
            output.Write("{\"reset\":true,\"cursor\":"u8);
            EntryJson.WriteCursor(output, through with { Pos = batch[reset].Number });
            output.Write(",\"entries\":[],\"limited\":false}"u8);
            return output;
        }

        var limited = IsLimited;
        var entries = 0;
        output.Write("{\"entries\":["u8);
        foreach (var item in batch.Where(static item => item.Kind == OutgoingKind.Entry))
        {
            if (entries == limit)
            {
                // More came live while the first was on its way than this page may hold.
                limited = true;
                break;
            }

            if (entries++ > 0)
            {
                output.Write(","u8);
            }

            through = entries == limit ? through with { Pos = item.Number } : through;
            EntryJson.Write(output, "{"u8, through with { Pos = item.Number }, item.Body.Span);
        }

        output.Write("],\"cursor\":"u8);
        EntryJson.WriteCursor(output, through);
        output.Write(limited ? ",\"limited\":true}"u8 : ",\"limited\":false}"u8);
        return output;
    }
}

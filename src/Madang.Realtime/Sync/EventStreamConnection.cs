using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Madang.Api;
using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;

namespace Madang.Realtime.Sync;

/// <summary>Server-sent events (WHATWG HTML, section 9.2): <c>id:</c> is the cursor, so that <c>Last-Event-ID</c> resumes.</summary>
internal sealed class EventStreamConnection(Hub hub, Caller caller, InboxCursor? since, PipeWriter body, Action abort)
    : Connection(hub, caller, since is { } cursor && cursor.Epoch == hub.Epoch ? cursor.Pos : null)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

#pragma warning disable CA5394 // Spreads the heartbeats; no secret hangs on it.
    private readonly long _firstPing = hub.Wheel.Now + (long)(hub.Options.HeartbeatSeconds * 1000 * Random.Shared.NextDouble());
#pragma warning restore CA5394

    private bool _pinged;

    public override string Transport => "sse";

    /// <summary>Completes when the stream has ended.</summary>
    public Task Over => _over.Task;

    public override void Drain(int afterMs)
    {
        Send(new Outgoing(OutgoingKind.Reconnect, afterMs));
        Close(CloseCodes.GoingAway);
    }

    public override void Cut(Exception? fault)
    {
        abort();
        _over.TrySetResult();
    }

    protected override async ValueTask WriteAsync(List<Outgoing> batch, InboxCursor through)
    {
        var closes = false;
        foreach (var item in batch)
        {
            Write(item);
            closes |= item.Kind == OutgoingKind.Close;
        }

        var flushed = await body.FlushAsync(CancellationToken.None);
        if (closes || flushed.IsCompleted || flushed.IsCanceled)
        {
            End();
        }
    }

    protected override void Started(long pos, bool isReset)
    {
        if (isReset)
        {
            Put(new Outgoing(OutgoingKind.Reset, pos));
        }
    }

    protected override long Beat(long now)
    {
        var beat = Options.HeartbeatSeconds * 1000L;
        var due = _pinged ? LastWritten + beat : _firstPing;
        if (now < due)
        {
            return due;
        }

        _pinged = true;
        Send(new Outgoing(OutgoingKind.Ping));
        return now + beat;
    }

    protected override void Ended() => _over.TrySetResult();

    private void Write(in Outgoing item)
    {
        var cursor = new InboxCursor(Hub.Epoch, item.Number);
        switch (item.Kind)
        {
            case OutgoingKind.Entry:
                body.Write("id: "u8);
                cursor.Write(body.GetSpan(InboxCursor.Length));
                body.Advance(InboxCursor.Length);
                body.Write("\nevent: entry\ndata: "u8);
                EntryJson.Write(body, "{"u8, cursor, item.Body.Span);
                body.Write("\n\n"u8);
                break;
            case OutgoingKind.Signal:
                body.Write("event: signal\ndata: {"u8);
                body.Write(item.Body.Span);
                body.Write("\n\n"u8);
                break;
            case OutgoingKind.Reset:
                // It has an id too: who loses the line before the next entry goes on from here.
                body.Write("id: "u8);
                cursor.Write(body.GetSpan(InboxCursor.Length));
                body.Advance(InboxCursor.Length);
                body.Write("\nevent: reset\ndata: {\"cursor\":"u8);
                EntryJson.WriteCursor(body, cursor);
                body.Write("}\n\n"u8);
                break;
            case OutgoingKind.Reconnect:
                body.Write("retry: "u8);
                item.Number.TryFormat(body.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
                body.Advance(written);
                body.Write("\n\n"u8);
                break;
            case OutgoingKind.Ping:
                body.Write(": ping\n\n"u8);
                break;
            case OutgoingKind.Close:
                break;
            default:
                throw new InvalidOperationException($"An event stream has no event for {item.Kind}.");
        }
    }
}

using System.Data.Common;
using System.Net.WebSockets;
using System.Text.Json;
using Madang.Api;
using Madang.Realtime.Delivery;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Sockets;

/// <summary>A socket after its <c>hello</c>: frames of the client come in here, the pump of <see cref="Connection"/> writes ours.</summary>
internal sealed partial class SocketConnection(Hub hub, SocketParts parts, WebSocket socket, GatheringStream stream, Caller caller, InboxCursor? since)
    : Connection(hub, caller, since is { } cursor && cursor.Epoch == hub.Epoch ? cursor.Pos : null)
{
    /// <summary>Verbs that may run at once; more wait in the line, unread.</summary>
    private const int MostRunning = 64;

    private readonly Lock _verbs = new();
    private FrameRate _rate = new(hub.Options.FramesPerSecond);
    private TaskCompletionSource? _slot;
    private int _running;
    private bool _greeted;
    private bool _pinged;
    private int _unanswered;
    private long _firstPing = hub.Wheel.Now + (long)(hub.Options.HeartbeatSeconds * 1000 * parts.Random());
    private long _lastPing;
    private long _lastHeard = hub.Wheel.Now;

    public override string Transport => "socket";

    /// <summary>What the client last said of its window: <c>{"op":"active","value":true}</c>.</summary>
    public bool IsActive { get; private set; }

    protected override bool ResyncsByItself => true;

    /// <summary>Receives until the client has gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var message = await SocketMessage.ReceiveAsync(socket);
                _lastHeard = Hub.Wheel.Now;
                _unanswered = 0;
                if (message.Text is { } text)
                {
                    if (await TakeAsync(text) is { } code)
                    {
                        Close(code);
                        break;
                    }
                }
                else
                {
                    Close(message.Refused!.Value);
                    break;
                }
            }

            await SocketMessage.DrainAsync(socket);
            await WhenIdleAsync();
        }
        catch (WebSocketException fault) when (fault.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // Bytes that are no frame, or text that is no UTF-8: the socket has answered 1002 or 1007 by itself, and that must still get out.
            Close(CloseCodes.InvalidPayload);
            await WhenIdleAsync();
            await DrainBytesAsync();
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The line is gone; its client comes back with its cursor.
            socket.Abort();
        }
        finally
        {
            End();
            await WhenIdleAsync();
        }
    }

    private async Task DrainBytesAsync()
    {
        try
        {
            await stream.DrainAsync();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone, or cut after the patience of a close.
        }
    }

    public override void Drain(int afterMs) => Send(new Outgoing(OutgoingKind.Reconnect, afterMs));

    public override void Cut(Exception? fault) => socket.Abort();

    protected override async ValueTask WriteAsync(List<Outgoing> batch, InboxCursor through)
    {
        if (batch.Count > 1)
        {
            stream.Gather();
        }

        var closes = batch[^1].Kind == OutgoingKind.Close ? batch[^1].Number : (long?)null;
        using var frame = new PooledBuffer(1024);
        for (var i = 0; i < (closes is null ? batch.Count : batch.Count - 1); i++)
        {
            frame.Clear();
            if (batch[i].Buffer is null)
            {
                SocketFrames.Write(frame, batch[i], Hub, User);
            }

            await socket.SendAsync(batch[i].Buffer?.Written ?? frame.Written, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }

        if (closes is { } code && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, CancellationToken.None);
        }

        if (batch.Count > 1)
        {
            await stream.ReleaseAsync();
        }
    }

    protected override void Started(long pos, bool isReset)
    {
        if (!_greeted)
        {
            _greeted = true;
            Put(new Outgoing(OutgoingKind.Ready, pos));
            isReset &= since is not null;
        }

        if (isReset)
        {
            Put(new Outgoing(OutgoingKind.Reset, pos));
        }
    }

    protected override long Beat(long now)
    {
        var beat = Options.HeartbeatSeconds * 1000L;
        if (!_greeted)
        {
            // Nothing goes out before ready.
            return now + 1000;
        }

        var due = _pinged ? Math.Max(_lastPing, Math.Min(LastWritten, _lastHeard)) + beat : _firstPing;
        if (now < due)
        {
            return due;
        }

        if (_unanswered >= 2)
        {
            // Half open: the other end has been gone for two beats. If it is there after all, it learns why.
            Close(CloseCodes.GoingAway);
            return now + CloseCodes.PatienceMs;
        }

        _unanswered++;
        _pinged = true;
        _lastPing = now;
        Send(new Outgoing(OutgoingKind.Ping));
        return now + beat;
    }

    /// <summary>Answers the code to close with, or null to go on.</summary>
    private async ValueTask<int?> TakeAsync(PooledBuffer text)
    {
        var frame = SocketFrame.Parse(text);
        if (frame is null)
        {
            Hub.Metrics.Frame("malformed");
            text.Dispose();
            return CloseCodes.InvalidPayload;
        }

        if (Refuse(frame, out var verb) is { } refusal)
        {
            Hub.Metrics.Frame("refused");
            Send(new Outgoing(OutgoingKind.Reply, Buffer: SocketFrames.Error(frame.Id, refusal)));
            frame.Dispose();
            return null;
        }

        Hub.Metrics.Frame("taken");
        if (verb is null)
        {
            frame.Dispose();
            return null;
        }

        await SlotAsync();
        _ = RunVerbAsync(verb, frame);
        return null;
    }

    /// <summary>Does what the socket answers by itself; the refusal, or the verb that answers it.</summary>
    private Error? Refuse(SocketFrame frame, out ISocketVerb? verb)
    {
        verb = null;
        if (parts.LimitsFrames && _rate.TryTake(_lastHeard) is { } wait)
        {
            return ApiErrors.RateLimited with { RetryAfter = wait };
        }

        if (frame.HasLoneSurrogate)
        {
            return ApiErrors.MalformedJson with { Detail = "A string holds half of a surrogate pair." };
        }

        if (!frame.TryOp(out var op))
        {
            return ApiErrors.Invalid("op", "required", "A frame names its op.");
        }

        if (op.ValueEquals("pong"u8))
        {
            return null;
        }

        if (op.ValueEquals("ping"u8))
        {
            Send(new Outgoing(OutgoingKind.Pong));
            return null;
        }

        if (op.ValueEquals("ack"u8))
        {
            return Ack(frame);
        }

        if (op.ValueEquals("active"u8))
        {
            return Activate(frame);
        }

        if (op.ValueEquals("watch"u8))
        {
            return RealtimeErrors.NotAvailable with { Detail = "Presence is not offered yet." };
        }

        if (op.ValueEquals("hello"u8))
        {
            return ApiErrors.Invalid("op", "invalid", "This socket has said hello.");
        }

        verb = parts.Verbs.Find(op);
        return verb is null ? RealtimeErrors.UnknownOp : RefuseVerb(verb, frame);
    }

    private Error? RefuseVerb(ISocketVerb verb, SocketFrame frame)
    {
        if (verb.IsAnswered && frame.Id is null)
        {
            return ApiErrors.Invalid("id", frame.HasId ? "invalid" : "required", "id is a whole number from 1 to 2^53 - 1; the answer carries it.");
        }

        return verb.IsWrite ? parts.Limits.TryTake(Caller) : null;
    }

    private Error? Ack(SocketFrame frame)
    {
        if (!frame.TryText("cursor"u8, out var text) || !InboxCursor.TryRead(text, out var cursor))
        {
            return ApiErrors.Invalid("cursor", "invalid", "This cursor was not given by us.");
        }

        if (cursor.Epoch == Hub.Epoch)
        {
            parts.Acks.Ack(Caller, cursor.Pos);
        }

        return null;
    }

    private Error? Activate(SocketFrame frame)
    {
        if (!frame.Root.TryGetProperty("value"u8, out var value) || value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return ApiErrors.Invalid("value", "invalid", "value is true or false.");
        }

        IsActive = value.GetBoolean();
        return null;
    }

    private async Task RunVerbAsync(ISocketVerb verb, SocketFrame frame)
    {
        PooledBuffer? reply;
        try
        {
            var result = await verb.RunAsync(Caller, frame.Root, CancellationToken.None);
            reply = !result.IsOk ? SocketFrames.Error(frame.Id, result.Error)
                : verb.IsAnswered ? SocketFrames.Ok(frame.Id!.Value, result.Value)
                : null;
        }
        catch (StorageFullException)
        {
            reply = SocketFrames.Error(frame.Id, ApiErrors.StorageFull);
        }
        catch (OverloadedException)
        {
            reply = SocketFrames.Error(frame.Id, ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(1) });
        }
        catch (Exception fault) when (fault is UnavailableException or DbException { IsTransient: true })
        {
            // The database server is away: as over HTTP (Edge/Problems.cs).
            reply = SocketFrames.Error(frame.Id, ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(5) });
        }
        catch (Exception fault)
        {
            // The edge of a frame: what broke is in the log, the client learns that it may try again.
            VerbBroke(Hub.Log, verb.Op, fault);
            reply = SocketFrames.Error(frame.Id, ApiErrors.Internal);
        }
        finally
        {
            frame.Dispose();
            FreeSlot();
        }

        if (reply is not null)
        {
            Send(new Outgoing(OutgoingKind.Reply, Buffer: reply));
        }
    }

    private Task SlotAsync()
    {
        lock (_verbs)
        {
            if (++_running <= MostRunning)
            {
                return Task.CompletedTask;
            }

            _slot = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _slot.Task;
        }
    }

    private void FreeSlot()
    {
        lock (_verbs)
        {
            _running--;
            _slot?.TrySetResult();
            _slot = null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The socket verb {Op} broke")]
    private static partial void VerbBroke(ILogger log, string op, Exception fault);
}

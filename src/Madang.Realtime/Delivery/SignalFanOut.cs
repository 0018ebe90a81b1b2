using System.Buffers;
using System.Text.Json;
using Madang.Api;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Sends signals to the connections of this node. The first one of a kind goes at once; those with the same type and key that follow within a second for
/// the same recipient are one, the last, at the end of that second.
/// </summary>
internal sealed class SignalFanOut(Hub hub) : Timed, ISignals
{
    private const int WindowMs = 1000;
    private const int MostWindows = 100_000;

    private readonly Dictionary<(UserId User, string Type, string Key), Window> _windows = [];
    private readonly Queue<((UserId, string, string) Key, long Ends)> _order = new();
    private readonly Lock _lock = new();

    public void Send(IReadOnlyList<UserId> to, Signal signal)
    {
        ReadOnlyMemory<byte> body = default;
        for (var i = 0; i < to.Count; i++)
        {
            if (hub.Seats.Of(to[i]).IsEmpty)
            {
                continue;
            }

            body = body.IsEmpty ? BodyOf(signal) : body;
            if (MayGo(to[i], signal, body))
            {
                Deliver(to[i], body);
            }
        }
    }

    public bool IsHere(UserId user) => !hub.Seats.Of(user).IsEmpty;

    internal override long Tick(long now)
    {
        List<(UserId, ReadOnlyMemory<byte>)> due = [];
        long next;
        lock (_lock)
        {
            while (_order.TryPeek(out var first) && first.Ends <= now)
            {
                _order.Dequeue();
                if (_windows.Remove(first.Key, out var window) && !window.Waiting.IsEmpty)
                {
                    due.Add((first.Key.Item1, window.Waiting));
                    Begin(first.Key, now);
                }
            }

            next = _order.TryPeek(out var later) ? later.Ends : long.MaxValue;
        }

        foreach (var (user, body) in due)
        {
            Deliver(user, body);
        }

        return next;
    }

    private bool MayGo(UserId user, Signal signal, ReadOnlyMemory<byte> body)
    {
        var key = (user, signal.Type, signal.Key);
        lock (_lock)
        {
            if (_windows.TryGetValue(key, out var open))
            {
                open.Waiting = body;
                return false;
            }

            if (_windows.Count >= MostWindows)
            {
                hub.Metrics.SignalDropped();
                return false;
            }

            Begin(key, hub.Wheel.Now);
        }

        hub.Wheel.Wake(this, hub.Wheel.Now + WindowMs);
        return true;
    }

    private void Begin((UserId, string, string) key, long now)
    {
        _windows[key] = new Window();
        _order.Enqueue((key, now + WindowMs));
    }

    private void Deliver(UserId user, ReadOnlyMemory<byte> body)
    {
        foreach (var connection in hub.Seats.Of(user))
        {
            connection.Signal(body);
        }
    }

    private static ReadOnlyMemory<byte> BodyOf(Signal signal)
    {
        var body = new ArrayBufferWriter<byte>(signal.Data.Length + 64);
        body.Write("\"type\":\""u8);
        body.Write(JsonEncodedText.Encode(signal.Type).EncodedUtf8Bytes);
        body.Write("\",\"data\":"u8);
        body.Write(signal.Data.Span);
        body.Write("}"u8);
        return body.WrittenMemory;
    }

    private sealed class Window
    {
        public ReadOnlyMemory<byte> Waiting { get; set; }
    }
}

using System.Text;
using System.Text.Json;
using Madang.Client.Resources;

namespace Madang.Client.Realtime;

#pragma warning disable CA1001 // the run that Start begins ends them; nobody else holds this line
/// <summary>Reads over <c>text/event-stream</c>; sends nothing.</summary>
internal sealed class SseLine(Sync sync, string? since, ILineEvents events, TimeProvider time, Lock gate) : ILine
{
    // The server's comment comes as often as its ping on a socket.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan OpenWithin = TimeSpan.FromSeconds(10);

    private readonly Alarm _silence = new(time, gate);
    private readonly CancellationTokenSource _stop = new();
    private readonly SseParser _parser = new();
    private bool _isOver;

    public void Start()
    {
        _silence.Set(OpenWithin, () => End(default));
        _ = RunAsync();
    }

    public bool Send(string frame) => false;

    public void Ack(string cursor) => _ = AckAsync(cursor);

    public void Probe() => _silence.Set(Heartbeat + TimeSpan.FromSeconds(5), () => End(default));

    public void Close(int code)
    {
        if (!_isOver)
        {
            _isOver = true;
            _silence.Clear();
            _ = _stop.CancelAsync();
        }
    }

    private async Task RunAsync()
    {
        var end = default(LineEnd);
        try
        {
            using var response = await sync.StreamAsync(since, _stop.Token);
            lock (gate)
            {
                Live();
                if (since is not null && !_isOver)
                {
                    events.Ready(since, null);
                }
            }

            await ReadAsync(await response.Content.ReadAsStreamAsync(_stop.Token));
            end = new LineEnd(After: _parser.Retry);
        }
        catch (MadangException reason)
        {
            end = LineEnd.Of(reason);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or JsonException or OperationCanceledException)
        {
            // The stream broke, or was not ours: the client comes back with its cursor.
        }

        lock (gate)
        {
            End(end);
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var (bytes, chars) = (new byte[8192], new char[8192]);
        int read;
        while ((read = await stream.ReadAsync(bytes, _stop.Token)) > 0)
        {
            var count = decoder.GetChars(bytes.AsSpan(0, read), chars, flush: false);
            lock (gate)
            {
                Live();
                foreach (var said in _parser.Push(chars.AsSpan(0, count)))
                {
                    Take(said);
                }
            }
        }
    }

    private void Live()
    {
        if (!_isOver)
        {
            _silence.Set(2 * Heartbeat, () => End(default));
        }
    }

    private void Take(SseEvent said)
    {
        if (_isOver)
        {
            return;
        }

        using var document = JsonDocument.Parse(said.Data);
        var data = document.RootElement;
        switch (said.Event)
        {
            case "entry":
                events.Arrived(data.Deserialize(ClientJson.Default.Entry) ?? throw new JsonException("The entry is null."));
                break;
            case "signal":
                events.Signalled(data.Deserialize(ClientJson.Default.Signal) ?? throw new JsonException("The signal is null."));
                break;
            case "reset":
                var cursor = data.TryGetProperty("cursor", out var named) ? named.GetString() : null;
                if (since is null && cursor is not null)
                {
                    // Without a cursor of ours the stream begins with a reset, which is its ready.
                    events.Ready(cursor, null);
                }

                events.Reset(cursor);
                break;
        }
    }

    private async Task AckAsync(string cursor)
    {
        try
        {
            await sync.AckAsync(cursor, _stop.Token);
        }
        catch (Exception fault) when (fault is MadangException or OperationCanceledException)
        {
            // The next ack, or the next since, says the same.
        }
    }

    private void End(LineEnd end)
    {
        if (!_isOver)
        {
            Close(LineEnd.Normal);
            events.Ended(end);
        }
    }
}

using System.Globalization;
using System.Text;

namespace Madang.Client.Realtime;

/// <param name="Id">The last event id at that time.</param>
internal sealed record SseEvent(string Event, string Data, string? Id);

/// <summary>Takes <c>text/event-stream</c> in pieces and gives its events (HTML standard, section 9.2.6).</summary>
internal sealed class SseParser
{
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _data = new();
    private string _event = "";
    private string? _id;
    private bool _hasData;
    private bool _isAfterReturn;
    private bool _hasStarted;

    /// <summary>The last <c>retry:</c>.</summary>
    public TimeSpan? Retry { get; private set; }

    public IReadOnlyList<SseEvent> Push(ReadOnlySpan<char> piece)
    {
        List<SseEvent> events = [];
        foreach (var c in piece)
        {
            var isMark = !_hasStarted && c == '\uFEFF';
            _hasStarted = true;

            // A CR ends its line at once; an LF behind it, maybe in the next piece, belongs to it.
            var isTail = _isAfterReturn && c == '\n';
            _isAfterReturn = c == '\r';
            if (isMark || isTail)
            {
                continue;
            }

            if (c is '\r' or '\n')
            {
                End(_line.ToString(), events);
                _line.Clear();
            }
            else
            {
                _line.Append(c);
            }
        }

        return events;
    }

    private void End(string line, List<SseEvent> events)
    {
        if (line.Length > 0)
        {
            Field(line);
            return;
        }

        if (_hasData)
        {
            events.Add(new(_event.Length == 0 ? "message" : _event, _data.ToString(), _id));
        }

        (_event, _hasData) = ("", false);
        _data.Clear();
    }

    private void Field(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        value = value.StartsWith(' ') ? value[1..] : value;
        switch (name)
        {
            case "event":
                _event = value;
                break;
            case "data":
                _data.Append(_hasData ? "\n" : "").Append(value);
                _hasData = true;
                break;
            case "id" when !value.Contains('\0'):
                _id = value;
                break;
            case "retry" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ms):
                Retry = TimeSpan.FromMilliseconds(ms);
                break;
        }
    }
}

namespace Madang.Client.Realtime;

/// <summary>Where this client stands and what it has seen lately: no entry is handed on twice.</summary>
internal sealed class Inbox(string? cursor, Action<Entry> deliver)
{
    private const int Remembered = 1000;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private List<Entry>? _held;

    public string? Cursor { get; set; } = cursor;

    public void Take(Entry entry)
    {
        if (_held is null)
        {
            Pass(entry);
        }
        else
        {
            _held.Add(entry);
        }
    }

    /// <summary>Past whatever is held: for entries that were read on purpose.</summary>
    public void Pass(Entry entry)
    {
        if (!_seen.Add(entry.Cursor))
        {
            return;
        }

        _order.Enqueue(entry.Cursor);
        Cursor = entry.Cursor;
        deliver(entry);
        Forget();
    }

    /// <summary>Entries of the line wait until <see cref="Release"/>.</summary>
    public void Hold() => _held ??= [];

    public void Release()
    {
        foreach (var entry in _held ?? [])
        {
            Pass(entry);
        }

        _held = null;
        Forget();
    }

    public void Drop() => _held = null;

    // While entries are held, the reading may bring more than we remember of what is held: forget nothing until it is over.
    private void Forget()
    {
        while (_held is null && _order.Count > Remembered)
        {
            _seen.Remove(_order.Dequeue());
        }
    }
}

using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Up to where each device has processed its inbox: from <c>ack</c> frames, the next <c>since</c> and <c>POST /v1/sync/ack</c>. Kept for a moment and written
/// in the background lane, at most once per device in that time. A mark that a crash loses is given again.
/// </summary>
internal sealed partial class AckBook(IInboxStore store, Database database, Hub hub, ILogger<AckBook> log) : Timed
{
    private const int Batch = 50;
    private const int Most = 100_000;

    private readonly Dictionary<(UserId User, long Device), long> _marks = [];
    private readonly Lock _lock = new();
    private bool _writing;

    public void Ack(Caller caller, long pos)
    {
        if (pos <= 0 || caller.Kind is not (CallerKind.Session or CallerKind.UserToken))
        {
            return;
        }

        lock (_lock)
        {
            var key = (caller.Person, caller.Credential);
            if (_marks.TryGetValue(key, out var before) ? before >= pos : _marks.Count >= Most)
            {
                return;
            }

            _marks[key] = pos;
        }

        hub.Wheel.Wake(this, hub.Wheel.Now + (hub.Options.AckSeconds * 1000L));
    }

    internal override long Tick(long now)
    {
        _ = WriteAsync();
        return long.MaxValue;
    }

    /// <summary>Writes the marks that wait; also called at the end.</summary>
    public async Task WriteAsync()
    {
        InboxAck[] acks;
        lock (_lock)
        {
            if (_writing)
            {
                hub.Wheel.Wake(this, hub.Wheel.Now + (hub.Options.AckSeconds * 1000L));
                return;
            }

            // Sorted: neighbours share a page, and rows are locked in ascending order.
            acks = [.. _marks.Select(mark => new InboxAck(mark.Key.User, mark.Key.Device, mark.Value)).OrderBy(ack => ack.User).ThenBy(ack => ack.Device)];
            _marks.Clear();
            _writing = true;
        }

        try
        {
            foreach (var batch in acks.Chunk(Batch))
            {
                await database.WriteAsync(
                    tx =>
                    {
                        store.Ack(tx, batch);
                        return Done.Value;
                    },
                    Lane.Background);
            }
        }
        catch (Exception fault)
        {
            // Nobody waits for this write. A full disk or a busy writer costs marks, which come again with the next ack.
            NotWritten(fault);
        }
        finally
        {
            lock (_lock)
            {
                _writing = false;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Marks of what devices have processed could not be written")]
    private partial void NotWritten(Exception fault);
}

using System.Threading.Channels;
using Madang.Api;
using Madang.Realtime.Reading;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Takes what has committed from the writer's thread, in commit order, and offers it to the connections of its recipients. Its data is written once for all
/// of them. A hint that is lost is no loss: every connection is then asked to look into the store.
/// </summary>
internal sealed partial class Dispatcher : BackgroundService
{
    private const int Bound = 50_000;

    private readonly Channel<InboxPublication> _publications = Channel.CreateBounded<InboxPublication>(
        new BoundedChannelOptions(Bound) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Hub _hub;
    private readonly EntrySources _sources;
    private readonly IInboxStore _store;
    private readonly ILogger<Dispatcher> _log;
    private int _lost;

    public Dispatcher(Database database, Hub hub, EntrySources sources, IInboxStore store, ILogger<Dispatcher> log)
    {
        (_hub, _sources, _store, _log) = (hub, sources, store, log);
        database.OnCommit<InboxPublication>(Take);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _publications.Reader.WaitToReadAsync(stoppingToken))
        {
            while (_publications.Reader.TryRead(out var publication))
            {
                Deliver(publication);
            }

            if (Interlocked.Exchange(ref _lost, 0) == 1)
            {
                await RecheckAsync(stoppingToken);
            }
        }
    }

    /// <summary>Compares where connected people stand with their inboxes, in batches.</summary>
    internal async Task RecheckAsync(CancellationToken cancellationToken)
    {
        foreach (var users in _hub.Seats.Users.Chunk(1000))
        {
            foreach (var (user, head) in await _store.HeadsAsync(users, cancellationToken))
            {
                foreach (var connection in _hub.Seats.Of(user))
                {
                    connection.Recheck(head);
                }
            }
        }
    }

    private void Take(InboxPublication publication)
    {
        // On the writer's thread: whoever is not connected costs a look-up, nothing more.
        if (_hub.Seats.Count > 0 && !_publications.Writer.TryWrite(publication))
        {
            Volatile.Write(ref _lost, 1);
        }
    }

    private void Deliver(InboxPublication publication)
    {
        var entry = publication.Entry;
        ReadOnlyMemory<byte>? tail = null;
        for (var i = 0; i < entry.To.Count; i++)
        {
            foreach (var connection in _hub.Seats.Of(entry.To[i]))
            {
                tail ??= Render(publication);
                connection.Offer(publication.Positions[i], IsHiddenLive(entry, entry.To[i]) ? default : tail.Value);
            }
        }
    }

    private static bool IsHiddenLive(NewEntry entry, UserId reader) => entry.NotLive is { Count: > 0 } hidden && hidden.Contains(reader);

    private ReadOnlyMemory<byte> Render(InboxPublication publication)
    {
        try
        {
            return _sources.Render(publication.Entry, publication.At);
        }
        catch (Exception fault)
        {
            // A source that fails must not hold up everybody's entries: the readers go to the store, where it may fail for them alone.
            RenderFailed(publication.Entry.Ref.Type, fault);
            return default;
        }
    }

    [LoggerMessage(LogLevel.Error, "The live form of a {Type} entry could not be written; its readers read the store")]
    private partial void RenderFailed(EntryType type, Exception fault);
}

using System.Threading.Channels;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Posts;

/// <summary>
/// Adds up deeds a moment after they were done, as many as came meanwhile, in the background lane. Woken by commits of this node, and once at the start for
/// what a stopped one left; it sleeps when nothing happens.
/// </summary>
internal sealed partial class DeedCounting : BackgroundService
{
    /// <summary>A background closure writes at most so many rows (design: agreement 8).</summary>
    internal const int Batch = 50;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IPostCountStore _store;
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public DeedCounting(IPostCountStore store, Database database, TimeProvider time, ILogger<DeedCounting> log)
    {
        (_store, _database, _time, _log) = (store, database, time, log);
        database.OnCommit<DeedWritten>(_ => Wake());
        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Adds up everything there is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _database.WriteAsync(AddUp, Lane.Background, cancellationToken) == Batch)
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _wake.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Gathering, _time, stoppingToken);
            _wake.Reader.TryRead(out _);

            // A full disk or a lost server passes: what is to be added up stays written down.
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is StorageFullException or OverloadedException or UnavailableException)
            {
                LogNotCounted(fault.Message);
                await Task.Delay(PauseAfterFault, _time, stoppingToken);
                Wake();
            }
        }
    }

    private int AddUp(WriteTx tx)
    {
        var (posts, deeds) = _store.AddUp(tx, Batch);
        if (posts.Count > 0)
        {
            tx.Publish(new PostsCounted(posts));
        }

        return deeds;
    }

    [LoggerMessage(LogLevel.Warning, "Counts of posts wait: {Reason}")]
    private partial void LogNotCounted(string reason);
}

using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Storage;

/// <summary>
/// This node's id: leased from the database, renewed in the background, given back on stop. The lease's end is the mark that no id of this node
/// passes, so that whoever holds the number next, after a crash and on whatever clock, begins after every id that was ever handed out.
/// </summary>
internal sealed partial class NodeLease(Database database, INodeStore store, TimeProvider time, Fatal fatal, ILogger<NodeLease> log) : BackgroundService
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    public string Owner { get; } = $"{Environment.MachineName}/{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}/{RandomNumberGenerator.GetHexString(8, true)}";
    private Snowflake? _ids;
    private PeriodicTimer? _timer;

    /// <exception cref="InvalidOperationException">The storage is not open yet (<see cref="StorageModule.OpenStorageAsync"/>).</exception>
    public Snowflake Ids => _ids ?? throw new InvalidOperationException("The storage is not open yet.");

    /// <summary>Called once, after the database is open.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Length;
        _ids = await database.WriteAsync(tx => Take(tx, until), cancellationToken: cancellationToken)
            ?? throw new InvalidOperationException($"All {Snowflake.MaxNode + 1} node ids are taken.");
        Taken(_ids.Node, Owner);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Counts from now on, not from when the pool finds a thread for the loop.
        _timer = new PeriodicTimer(Renewal, time);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer!.WaitForNextTickAsync(stoppingToken))
        {
            await RenewAsync(stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_ids is { } ids)
        {
            // Requests may still be ending: their ids borrow from the gap.
            var last = ids.Ceiling = ids.HighWater;
            try
            {
                _ = await database.WriteAsync(
                    tx =>
                    {
                        store.Release(tx, ids.Node, Owner, last);
                        return true;
                    },
                    cancellationToken: cancellationToken);
            }
            catch (Exception fault) when (IsPassing(fault) || fault is StorageBrokenException)
            {
                // As after a crash: the lease runs out by itself, and the next holder begins at its mark.
                NotGivenBack(fault.Message);
            }
        }
    }

    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Length;
        var mark = MarkOf(Ids, until);
        try
        {
            if (await database.WriteAsync(tx => store.Renew(tx, Ids.Node, Owner, until, mark), cancellationToken: cancellationToken))
            {
                Ids.Ceiling = mark;
            }
            else
            {
                fatal(new InvalidOperationException($"The lease of node id {Ids.Node} went to another process."));
            }
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            // Nothing can be written that would need the ids; the next tick tries again.
            NotRenewed(fault.Message);
        }
    }

    private static bool IsPassing(Exception fault) => fault is StorageFullException or OverloadedException or UnavailableException;

    /// <summary>When the ids are ahead of the clock, as after a crash or when it was set back, they need room beyond themselves.</summary>
    private static DateTimeOffset MarkOf(Snowflake ids, DateTimeOffset until) => ids.HighWater + Snowflake.Gap is var ahead && ahead > until ? ahead : until;

    private Snowflake? Take(WriteTx tx, DateTimeOffset until)
    {
        if (store.Take(tx, Owner, until) is not { } grant)
        {
            return null;
        }

        var ids = new Snowflake(time, grant.Id, grant.HighWater == default ? default : grant.HighWater + Snowflake.Gap);
        ids.Ceiling = MarkOf(ids, until);
        _ = store.Renew(tx, grant.Id, Owner, until, ids.Ceiling);
        return ids;
    }

    [LoggerMessage(LogLevel.Information, "Node id {Node} leased by {Owner}")]
    private partial void Taken(int node, string owner);

    [LoggerMessage(LogLevel.Warning, "The lease of the node id was not renewed: {Reason}")]
    private partial void NotRenewed(string reason);

    [LoggerMessage(LogLevel.Warning, "The node id was not given back: {Reason}")]
    private partial void NotGivenBack(string reason);
}

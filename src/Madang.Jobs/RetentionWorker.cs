using Madang.Jobs.Scheduling;
using Madang.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Jobs;

/// <summary>Lets every module drop what has expired, every ten minutes, on one node: itself a job, so that its failures are seen where all others are.</summary>
internal sealed partial class RetentionWorker(Database database, IEnumerable<IRetention> retentions, ILogger<RetentionWorker> log) : IJobWorker
{
    public const string Name = "retention";

    // What one turn of SQLite's writer may spend on the background lane (agreement 8).
    private const int Limit = 50;

    public static JobSchedule Schedule { get; } = new(Name, "*/10 * * * *", "Etc/UTC", new NewJob(Name, "{}") { MaxAttempts = 1 });

    public string Queue => Name;

    public int Concurrency => 1;

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken cancellationToken)
    {
        List<string> failed = [];
        foreach (var retention in retentions)
        {
            // One module's broken pruner must not keep the others from theirs; the job tells of it in the end.
            try
            {
                await PruneAsync(retention, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFailed(retention.Name, fault);
                failed.Add($"{retention.Name}: {fault.Message}");
            }
        }

        return failed.Count == 0 ? JobOutcome.Done : JobOutcome.Dead(string.Join("; ", failed));
    }

    private async Task PruneAsync(IRetention retention, CancellationToken cancellationToken)
    {
        long total = 0;
        int pruned;
        do
        {
            pruned = await database.WriteAsync(tx => retention.Prune(tx, tx.Now, Limit), Lane.Background, cancellationToken);
            total += pruned;
        }
        while (pruned >= Limit);

        if (total > 0)
        {
            LogPruned(retention.Name, total);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention {Name} deleted {Rows} rows")]
    private partial void LogPruned(string name, long rows);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retention {Name} failed")]
    private partial void LogFailed(string name, Exception fault);
}

/// <summary>Drops jobs that ended a while ago.</summary>
internal sealed class JobRetention(IJobArchive archive, IOptions<JobsOptions> options) : IRetention
{
    public string Name => "jobs";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var done = now - TimeSpan.FromHours(options.Value.KeepDoneHours);
        var pruned = archive.Prune(tx, JobState.Done, done, limit);
        pruned += pruned < limit ? archive.Prune(tx, JobState.Canceled, done, limit - pruned) : 0;
        return pruned + (pruned < limit ? archive.Prune(tx, JobState.Dead, now - TimeSpan.FromDays(options.Value.KeepDeadDays), limit - pruned) : 0);
    }
}

using System.Globalization;

namespace Madang.Bench.Notifying.Queues;

/// <param name="Lost">Accepted, and never done.</param>
/// <param name="Doubled">Done again after they had been done.</param>
/// <param name="Marked">Of the doubled: those whose queue says that this may have happened; null where it has no word for it.</param>
internal sealed record QueueKillResult(string Name, int Accepted, int WorkerKills, int ServerKills, int Lost, int Doubled, int? Marked, double Seconds);

/// <summary>Kills worker and server of one queue by turns while it runs, then holds its two journals against each other.</summary>
internal sealed class QueueKill(QueueContender contender, string place, int count, int batch, int kills)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public async Task<QueueKillResult> RunAsync(CancellationToken cancellationToken)
    {
        QueueRace.OpenFolder(place);
        var journals = Directory.CreateDirectory(Path.Combine(place, "journals")).FullName;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await using var server = contender.Server is null ? null : await contender.Server(Path.Combine(place, "server"), limit.Token);
        var task = new QueueTask(server?.Address ?? Path.Combine(place, "data"), count, 0, batch, journals);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var worker = new QueueWorkerProcess(contender.Worker(task));
        try
        {
            var (ofWorker, ofServer) = (0, 0);
            for (var kill = 1; kill <= kills; kill++)
            {
                worker = await ReachAsync(worker, task, (int)((long)count * kill / (kills + 1)), limit.Token);
                if (server is not null && kill % 2 == 0)
                {
                    ofServer++;
                    await Task.WhenAll(server.CrashAndRestartAsync(limit.Token), EndAsync(worker));
                }
                else
                {
                    ofWorker++;
                }

                await worker.DisposeAsync();
                worker = new QueueWorkerProcess(contender.Worker(task));
            }

            while (await worker.SaysAsync("done", limit.Token) is null)
            {
                await worker.DisposeAsync();
                worker = new QueueWorkerProcess(contender.Worker(task));
            }

            return Judge(journals, ofWorker, ofServer, System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            await worker.DisposeAsync();
        }
    }

    /// <summary>Until so many were done; a worker that ended by itself is started again.</summary>
    private async Task<QueueWorkerProcess> ReachAsync(QueueWorkerProcess worker, QueueTask task, int done, CancellationToken cancellationToken)
    {
        var file = Path.Combine(task.Journals!, "performed");
        while (!File.Exists(file) || File.ReadLines(file).Count() < done)
        {
            await Task.Delay(50, cancellationToken);
            if (worker.HasExited)
            {
                await worker.DisposeAsync();
                worker = new QueueWorkerProcess(contender.Worker(task));
            }
        }

        return worker;
    }

    /// <summary>Soon after its server the worker dies too: whether its client would have found back is not the question here.</summary>
    private static async Task EndAsync(QueueWorkerProcess worker)
    {
        await Task.Delay(200);
        await worker.KillAsync();
    }

    private QueueKillResult Judge(string journals, int ofWorker, int ofServer, double seconds)
    {
        var accepted = Lines(journals, "acked").ToHashSet();
        HashSet<string> done = [];
        var (doubled, marked, canMark) = (0, 0, contender.Server is null || contender.Name.StartsWith("madang", StringComparison.Ordinal));
        foreach (var line in Lines(journals, "performed"))
        {
            var isMarked = line.EndsWith('?');
            if (!done.Add(line.TrimEnd('?')))
            {
                doubled++;
                marked += isMarked ? 1 : 0;
            }
        }

        return new(contender.Name, accepted.Count, ofWorker, ofServer, accepted.Count(id => !done.Contains(id)), doubled, canMark ? marked : null, seconds);
    }

    /// <summary>Whole lines: a kill may have cut the last one of a write.</summary>
    private static IEnumerable<string> Lines(string folder, string name) =>
        File.ReadAllText(Path.Combine(folder, name)).Split('\n')[..^1].Where(line => line.Length > 0);

    public static string Table(IEnumerable<QueueKillResult> results) => string.Join(Environment.NewLine,
    [
        "| queue | accepted | kills of worker, server | lost | done twice | of these marked as in doubt |", "|---|---|---|---|---|---|",
        .. results.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"| {one.Name} | {one.Accepted:N0} | {one.WorkerKills}, {one.ServerKills} | {one.Lost} | {one.Doubled} | {(one.Marked is { } marked ? $"{marked}" : "–")} |")),
    ]);
}

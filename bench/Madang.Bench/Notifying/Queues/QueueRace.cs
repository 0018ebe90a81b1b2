using System.Globalization;
using Madang.Bench.Serving;

namespace Madang.Bench.Notifying.Queues;

/// <param name="CpuSeconds">Of server and worker together.</param>
/// <param name="WorkerSeconds">Of the worker alone.</param>
/// <param name="PeakMegabytes">Of server and worker together, shared pages counted once.</param>
/// <param name="Processes">Of server and worker.</param>
internal sealed record QueueResult(string Name, int Cycles, double Seconds, double CpuSeconds, double WorkerSeconds, double PeakMegabytes, int Processes)
{
    public double PerCpuSecond => Cycles / Math.Max(CpuSeconds, 0.01);

    public double PerSecond => Cycles / Seconds;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name,-16} {PerCpuSecond,7:0} cycles/CPU-s {PerSecond,7:0}/s {CpuSeconds,6:0.00} CPU-s (worker {WorkerSeconds / Cycles * 1e6:0.0} us a cycle, server {(CpuSeconds - WorkerSeconds) / Cycles * 1e6:0.0}) {PeakMegabytes,5:0} MB {Processes,3} processes");
}

/// <summary>Several queues, one after the other and round after round: enqueued durably, claimed, completed.</summary>
internal sealed class QueueRace(IReadOnlyList<QueueContender> contenders, string folder, int count, int warmup, int batch, TextWriter log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<QueueResult>> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        List<QueueResult> results = [];
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var place = Path.Combine(folder, $"{contender.Name}-{round}");
                var result = await RunAsync(contender, place, cancellationToken);
                results.Add(result);
                await log.WriteLineAsync($"round {round}  {result}");
                Directory.Delete(place, recursive: true);
            }
        }

        return results;
    }

    /// <summary>The median round of each, by cycles per processor second.</summary>
    public static string Table(IReadOnlyList<QueueResult> results)
    {
        List<string> lines = ["| queue | cycles/CPU-s | cycles/s | peak MB | processes |", "|---|---|---|---|---|"];
        foreach (var rounds in results.GroupBy(result => result.Name))
        {
            var one = rounds.OrderBy(result => result.PerCpuSecond).ElementAt(rounds.Count() / 2);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {one.Name} | {one.PerCpuSecond:N0} | {one.PerSecond:N0} | {rounds.Max(round => round.PeakMegabytes):0} | {one.Processes} |"));
        }

        return string.Join(Environment.NewLine, lines);
    }

    private async Task<QueueResult> RunAsync(QueueContender contender, string place, CancellationToken cancellationToken)
    {
        OpenFolder(place);
        await using var server = contender.Server is null ? null : await contender.Server(Path.Combine(place, "server"), cancellationToken);
        await using var worker = new QueueWorkerProcess(contender.Worker(new QueueTask(server?.Address ?? Path.Combine(place, "data"), count, warmup, batch)));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        if (await worker.SaysAsync("ready", limit.Token) is null)
        {
            throw new InvalidOperationException($"{contender.Name} did not start: {worker.Faults()}");
        }

        int[] roots = [.. server?.Roots ?? [], worker.Pid];
        var (before, own) = (ProcessTree.Cpu(roots), CpuTime.WithWaited(worker.Pid));
        worker.Go();
        var done = worker.SaysAsync("done", limit.Token);
        var (peak, processes) = (0.0, 0);
        do
        {
            var pids = ProcessTree.Of(roots);
            (peak, processes) = (Math.Max(peak, ProcessTree.Megabytes(pids)), Math.Max(processes, pids.Count));
        }
        while (await Task.WhenAny(done, Task.Delay(1_000, limit.Token)) != done);

        // What is written behind the last answer counts too.
        await Task.Delay(200, limit.Token);
        var seconds = await done ?? throw new InvalidOperationException($"{contender.Name} ended early: {worker.Faults()}");
        return new QueueResult(
            contender.Name, count, double.Parse(seconds, CultureInfo.InvariantCulture), ProcessTree.Cpu(roots) - before, CpuTime.WithWaited(worker.Pid) - own, peak, processes);
    }

    /// <summary>PostgreSQL has a user of its own, who must be let in.</summary>
    internal static void OpenFolder(string folder)
    {
        var made = Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            made.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
        }
    }
}

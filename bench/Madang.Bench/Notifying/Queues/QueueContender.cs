using System.Diagnostics;
using System.Globalization;

namespace Madang.Bench.Notifying.Queues;

/// <summary>A queue in the race: what it runs on and how its producer and worker are started.</summary>
/// <param name="Server">Null where the worker's process is all there is.</param>
/// <param name="Settings">How it is run, for the reader.</param>
internal sealed record QueueContender(string Name, string Settings, Func<string, CancellationToken, Task<IQueueServer>>? Server, Func<QueueTask, ProcessStartInfo> Worker)
{
    public static IReadOnlyList<QueueContender> All { get; } =
    [
        new("madang-sqlite", "one process; WAL, synchronous=FULL; batches of 250 in one transaction; each cycle writes the delivery's row of the log and an attempt", null, Own),
        new("madang-postgres", "the same on PostgreSQL 15, synchronous_commit on", (folder, _) => PostgresQueueServer.StartAsync(folder, asUrl: false), Own),
        new("bullmq", "BullMQ 6.7.0 on Redis 7, appendfsync always; addBulk by 250, concurrency 250, jobs removed when done", RedisServer.StartAsync, task => Node("bullmq", task)),
        new("graphile-worker", "graphile-worker 0.17.3 on PostgreSQL 15, synchronous_commit on; addJobs by 250, local queue of 500, batched completion, concurrency 24",
            (folder, _) => PostgresQueueServer.StartAsync(folder, asUrl: true), task => Node("graphile", task)),
        new("rabbitmq", "RabbitMQ 3.10 quorum queue on one node; publisher confirms by 250, manual acks, prefetch 500, acknowledged together", RabbitServer.StartAsync, task => Node("rabbitmq", task)),
    ];

    private static ProcessStartInfo Own(QueueTask task)
    {
        var start = new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], "notify-queue-worker", .. task.Arguments()]);
        // As the server runs (src/Madang/Madang.csproj): it keeps to what it needs, and compiles a method once.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_QuickJit"] = "0";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        return start;
    }

    private static ProcessStartInfo Node(string system, QueueTask task)
    {
        var peers = Environment.GetEnvironmentVariable("MADANG_BENCH_QUEUES")
            ?? throw new InvalidOperationException("Run this by bench/run, which installs the peers.");
        var start = new ProcessStartInfo("node", [Path.Combine(peers, "queue_peer.cjs"), system, .. task.Arguments()]);
        start.Environment["NODE_ENV"] = "production";
        start.Environment["NODE_PATH"] = Path.Combine(peers, "node_modules");
        return start;
    }
}

/// <param name="Address">Of the server; a folder where there is none.</param>
/// <param name="Journals">Where it writes down what was accepted and what was done; null when it is only measured.</param>
internal sealed record QueueTask(string Address, int Count, int Warmup, int Batch, string? Journals = null)
{
    public IEnumerable<string> Arguments()
    {
        string[] always = [Address, Text(Count), Text(Warmup), Text(Batch)];
        return Journals is null ? always : [.. always, Journals];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

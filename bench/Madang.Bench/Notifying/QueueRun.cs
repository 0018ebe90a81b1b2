using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Madang.Accounts;
using Madang.Bench.Serving;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Outbound;
using Madang.Postgres;
using Madang.Realtime;
using Madang.Sqlite;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Bench.Notifying;

/// <summary>
/// The queue of deliveries alone: planned, claimed and ended with an attempt, in batches, every commit on disk. Says how many whole cycles a second of
/// processor time carries, ours and the database server's together.
/// </summary>
internal static class QueueRun
{
    private const string Queue = "apns";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var engine = new Option<string>("--engine") { Description = "sqlite, or postgres (a private server)", DefaultValueFactory = _ => "sqlite" };
        var count = new Option<int>("--count") { Description = "Deliveries", DefaultValueFactory = _ => 200_000 };
        var batch = new Option<int>("--batch") { Description = "Per transaction", DefaultValueFactory = _ => 250 };
        var backlog = new Option<int>("--backlog") { Description = "Deliveries that wait beside it, due tomorrow", DefaultValueFactory = _ => 0 };
        var jobs = new Option<bool>("--jobs") { Description = "A job beside each delivery too, as ADR 8 decided against" };
        var statements = new Option<bool>("--statements") { Description = "PostgreSQL: what each statement took (pg_stat_statements; it costs a few percent itself)" };
        var command = new Command("notify-queue", "Whole cycles of the delivery queue per second of processor time: insert, claim, complete with an attempt") { engine, count, batch, backlog, jobs, statements };
        command.SetAction(async (given, cancelled) =>
        {
            var folder = Directory.CreateTempSubdirectory("madang-queue-").FullName;
            try
            {
                await using var postgres = given.GetValue(engine) == "postgres" ? await StartAsync(folder, given.GetValue(statements)) : null;
                var size = new Size(given.GetValue(count), given.GetValue(batch), given.GetValue(backlog), given.GetValue(jobs), given.GetValue(statements));
                await RunAsync(folder, postgres, size, cancelled);
                return 0;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task<PostgresProcess> StartAsync(string folder, bool withStatements)
    {
        if (!OperatingSystem.IsWindows())
        {
            // The server has a user of its own.
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        return await PostgresProcess.StartAsync(Path.Combine(folder, "postgres"), withStatements ? "shared_preload_libraries = 'pg_stat_statements'" : "");
    }

    private static async Task RunAsync(string folder, PostgresProcess? postgres, Size size, CancellationToken cancellationToken)
    {
        using var host = BuildHost(folder, postgres?.ConnectionString);
        await using var database = host.Services.GetRequiredService<Database>();
        await database.OpenAsync(cancellationToken);
        var cycles = new Cycles(database, host.Services.GetRequiredService<IDeliveryQueue>(), host.Services.GetRequiredService<Deliveries>(), size.WithJobs ? host.Services : null);
        await cycles.PlanAsync(size.Backlog, size.Batch, TimeSpan.FromDays(1));
        await cycles.RunAsync(Math.Min(size.Count / 4, 50_000), size.Batch);

        await using var books = postgres is null ? null : await PostgresBooks.OpenAsync(postgres.ConnectionString, size.WithStatements, cancellationToken);
        double Theirs() => postgres is null ? 0 : CpuTime.OfFamily(postgres.Pid);
        var (own, theirs, began) = (CpuTime.Of(Environment.ProcessId), Theirs(), Stopwatch.GetTimestamp());
        await cycles.RunAsync(size.Count, size.Batch);
        (own, theirs) = (CpuTime.Of(Environment.ProcessId) - own, Theirs() - theirs);
        var (used, elapsed) = (own + theirs, Stopwatch.GetElapsedTime(began));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{database.Engine}: {size.Count:N0} cycles in {elapsed.TotalSeconds:0.0} s, {size.Count / elapsed.TotalSeconds:N0}/s; {used:0.0} CPU s, {size.Count / used:N0} cycles per CPU second"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a cycle {used / size.Count * 1e6:0.0} µs of processor: ours {own / size.Count * 1e6:0.0}, the server's {theirs / size.Count * 1e6:0.0}"));
        foreach (var part in cycles.Parts().Concat(books is null ? [] : await books.CloseAsync(size.Count, cancellationToken)))
        {
            Console.WriteLine(part);
        }
    }

    private sealed record Size(int Count, int Batch, int Backlog, bool WithJobs, bool WithStatements);

    /// <param name="folder">Of SQLite, and of the keys.</param>
    /// <param name="postgres">A connection string; null for SQLite.</param>
    /// <param name="clock">The system's when it is null.</param>
    internal static IHost BuildHost(string folder, string? postgres, TimeProvider? clock = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddOutbound().AddJobs().AddAccounts().AddWebhooks().AddRealtime().AddNotifications(folder);
        _ = postgres is null ? builder.AddSqlite(folder) : builder.AddPostgres(postgres);
        builder.Services.AddSingleton(new Snowflake(clock ?? TimeProvider.System, 1));
        return builder.Build();
    }

    /// <summary>One turn after another: plan a batch, and in the next transaction end what was claimed and claim again, as the runner does.</summary>
    /// <param name="withJobs">Where the job queue is found; null without jobs.</param>
    private sealed class Cycles(Database database, IDeliveryQueue queue, Deliveries deliveries, IServiceProvider? withJobs)
    {
        private readonly JobQueue? _jobs = withJobs?.GetRequiredService<JobQueue>();
        private readonly IJobStore? _jobStore = withJobs?.GetRequiredService<IJobStore>();
        private IReadOnlyList<Job> _running = [];
        private readonly Snowflake _ids = new(TimeProvider.System, 2);
        private long _planned;
        private long _planning;
        private long _claiming;
        private long _ending;
        private long _rows;

        public async Task PlanAsync(int count, int batch, TimeSpan wait)
        {
            for (var planned = 0; planned < count; planned += batch)
            {
                await database.WriteAsync(tx => Plan(tx, Math.Min(batch, count - planned), wait));
            }
        }

        public async Task RunAsync(int count, int batch)
        {
            (_planning, _claiming, _ending, _rows) = (0, 0, 0, count);
            IReadOnlyList<Delivery> claimed = [];
            for (var planned = 0; planned < count || claimed.Count > 0;)
            {
                var more = Math.Min(batch, count - planned);
                planned += more;
                var plan = more == 0 ? Task.FromResult(0) : database.WriteAsync(tx => Plan(tx, more, TimeSpan.Zero));
                var ended = claimed;
                await plan;
                claimed = await database.WriteAsync(tx => Turn(tx, ended, batch));
            }
        }

        public IEnumerable<string> Parts() => new[] { ("plan", _planning), ("claim", _claiming), ("end", _ending) }.Select(part => string.Create(
            CultureInfo.InvariantCulture, $"  {part.Item1,-6} {part.Item2 * 1e6 / Stopwatch.Frequency / _rows:0.0} µs a delivery (wall, without the commit)"));

        private int Plan(WriteTx tx, int count, TimeSpan wait)
        {
            var began = Stopwatch.GetTimestamp();
            deliveries.Plan(tx, [.. Enumerable.Range(0, count).Select(_ => new NewDelivery
            {
                Notification = new(_ids.Next()),
                User = new(++_planned * 7919 % 1_000_003 + 1),
                Category = "chat.message",
                Channel = DeliveryChannel.Push,
                Provider = Queue,
                AddressId = _planned * 104729 % 1_000_033 + 1,
                Priority = DeliveryPriority.Normal,
                Ambiguous = AmbiguousPolicy.Hold,
                DueAt = tx.Now + wait,
                ExpiresAt = tx.Now.AddDays(3),
            })]);
            for (var i = 0; _jobs is not null && i < count; i++)
            {
                _jobs.Enqueue(tx, new NewJob("deliver", $"{{\"delivery\":{_planned - i}}}"));
            }

            _planning += Stopwatch.GetTimestamp() - began;
            return count;
        }

        private IReadOnlyList<Delivery> Turn(WriteTx tx, IReadOnlyList<Delivery> ended, int batch)
        {
            var began = Stopwatch.GetTimestamp();
            var stale = queue.Put(tx, [.. ended.Select(delivery => new DeliveryChange(
                delivery,
                delivery.After(ProviderAnswer.Ok("200", "f47ac10b-58cc-4372-a567-0e02b2c3d479"), "apns", collapses: true, 0.5, tx.Now),
                new DeliveryAttempt { Number = delivery.Fence, At = tx.Now, Provider = Queue, Class = AnswerClass.Ok, Code = "200", Latency = TimeSpan.FromMilliseconds(17) }))]);
            if (stale.Count > 0)
            {
                throw new InvalidOperationException($"{stale.Count} deliveries were lost to nobody.");
            }

            foreach (var job in _running)
            {
                _jobStore!.Put(tx, job, job.After(JobOutcome.Done, Backoff.Default, 0, tx.Now));
            }

            var middle = Stopwatch.GetTimestamp();
            _ending += middle - began;
            var claimed = queue.Claim(tx, new DeliveryClaim(Queue, Queue, batch, 1, tx.Now + Lease));
            _running = _jobStore?.Claim(tx, "deliver", batch, 1, tx.Now + Lease) ?? [];
            _claiming += Stopwatch.GetTimestamp() - middle;
            return claimed;
        }
    }
}

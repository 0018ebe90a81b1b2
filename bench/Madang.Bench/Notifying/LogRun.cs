using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Madang.Api;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Sqlite;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Madang.Bench.Notifying;

/// <summary>
/// What a notification leaves on the disk, and what it costs to let go of it: accepted, planned, sent and logged, then a month later pruned as the retention does,
/// alone and beside senders whose waiting is measured.
/// </summary>
internal static class LogRun
{
    private const int Batch = 250;

    public static Command Create()
    {
        var engine = new Option<string>("--engine") { Description = "sqlite, or postgres (a private server)", DefaultValueFactory = _ => "sqlite" };
        var count = new Option<int>("--count") { Description = "Notifications, one push each", DefaultValueFactory = _ => 200_000 };
        var rate = new Option<int>("--rate") { Description = "Notifications accepted a second beside the pruning; 185 are 16 million a day", DefaultValueFactory = _ => 200 };
        var command = new Command("notify-log", "The log of notifications: bytes of each, and what pruning costs and does to others") { engine, count, rate };
        command.SetAction(async (given, cancelled) =>
        {
            var folder = Directory.CreateTempSubdirectory("madang-log-").FullName;
            try
            {
                await RunAsync(folder, given.GetValue(engine) == "postgres", given.GetValue(count), given.GetValue(rate), cancelled);
                return 0;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task RunAsync(string folder, bool isPostgres, int count, int rate, CancellationToken cancellationToken)
    {
        Queues.QueueRace.OpenFolder(folder);
        await using var postgres = isPostgres ? await PostgresProcess.StartAsync(Path.Combine(folder, "postgres")) : null;
        var clock = new MovedClock();
        using var host = QueueRun.BuildHost(folder, postgres?.ConnectionString, clock);
        await using var database = host.Services.GetRequiredService<Database>();
        await database.OpenAsync(cancellationToken);
        var log = new FilledLog(database, host.Services, clock);

        var empty = await BytesAsync(database, postgres, cancellationToken);
        await log.FillAsync(count);
        var full = await BytesAsync(database, postgres, cancellationToken);
        Say($"{database.Engine}: {count:N0} notifications, {(double)(full - empty) / count:0} bytes each, {(full - empty) * 16e6 / count / 1e9:0.0} GB for 16 million");

        var alone = await LoadAsync(log, rate, TimeSpan.FromSeconds(10), cancellationToken);
        Say($"accepted at {rate}/s, nothing pruned:  {alone}");
        clock.Advance(TimeSpan.FromDays(31));
        double Cpu() => CpuTime.Of(Environment.ProcessId) + (postgres is null ? 0 : CpuTime.OfFamily(postgres.Pid));
        var pruning = Task.Run(() => PruneAsync(database, host.Services, Cpu), cancellationToken);
        var beside = new Histogram();
        while (!pruning.IsCompleted)
        {
            await log.AcceptAtAsync(rate, TimeSpan.FromSeconds(1), beside, cancellationToken);
        }

        Say($"accepted at {rate}/s beside pruning:  {beside}");
        Console.Write(await pruning);
    }

    private static async Task<Histogram> LoadAsync(FilledLog log, int rate, TimeSpan time, CancellationToken cancellationToken)
    {
        await log.AcceptAtAsync(rate, TimeSpan.FromSeconds(2), new Histogram(), cancellationToken);
        var seen = new Histogram();
        await log.AcceptAtAsync(rate, time, seen, cancellationToken);
        return seen;
    }

    /// <summary>As the retention's job does: each until it has nothing left.</summary>
    private static async Task<string> PruneAsync(Database database, IServiceProvider services, Func<double> cpu)
    {
        const int limit = 50;
        var lines = "";
        foreach (var retention in services.GetServices<IRetention>())
        {
            var (rows, turns, longest, used, began) = (0L, 0, TimeSpan.Zero, cpu(), Stopwatch.GetTimestamp());
            int pruned;
            do
            {
                var turn = TimeSpan.Zero;
                pruned = await database.WriteAsync(
                    tx =>
                    {
                        var start = Stopwatch.GetTimestamp();
                        var gone = retention.Prune(tx, tx.Now, limit);
                        turn = Stopwatch.GetElapsedTime(start);
                        return gone;
                    },
                    Lane.Background);
                (rows, turns, longest) = (rows + pruned, turns + 1, turn > longest ? turn : longest);
            }
            while (pruned >= limit);
            var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(began).TotalSeconds, cpu() - used);
            if (seconds > 0.02)
            {
                lines += string.Create(CultureInfo.InvariantCulture,
                    $"  {retention.Name,-24} {rows,9:N0} rows, {turns,6:N0} turns in {seconds:0.00} s ({rows / seconds:N0}/s); {cpuSeconds:0.00} CPU s with the senders'; longest turn {longest.TotalMilliseconds:0.0} ms\n");
            }
        }

        return lines;
    }

    private static async Task<long> BytesAsync(Database database, PostgresProcess? postgres, CancellationToken cancellationToken)
    {
        if (database is SqliteDatabase sqlite)
        {
            return await sqlite.ReadAsync(
                connection =>
                {
                    using var size = connection.Use("SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())");
                    return size.Scalar() ?? 0;
                },
                cancellationToken);
        }

        await using var source = NpgsqlDataSource.Create(postgres!.ConnectionString);
        await using var sum = source.CreateCommand("SELECT pg_database_size(current_database())");
        return (long)(await sum.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The system's clock, set on by days.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private long _ticks;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _ticks));
    }

    /// <summary>Writes what the whole road of a notification writes, without people and providers.</summary>
    private sealed class FilledLog(Database database, IServiceProvider services, TimeProvider clock)
    {
        private const string Queue = "apns";
        private readonly INotificationStore _store = services.GetRequiredService<INotificationStore>();
        private readonly IDeliveryQueue _queue = services.GetRequiredService<IDeliveryQueue>();
        private readonly Deliveries _deliveries = services.GetRequiredService<Deliveries>();
        private readonly Snowflake _ids = services.GetRequiredService<Snowflake>();
        private int _made;

        public async Task FillAsync(int count)
        {
            for (var done = 0; done < count; done += Batch)
            {
                var batch = Enumerable.Range(0, Batch).Select(_ => Next()).ToList();
                await database.WriteAsync(tx => _store.Accept(tx, batch).Count);
                await database.WriteAsync(tx => Plan(tx, [.. batch.Select(one => one.Notification)]));
                var claimed = await database.WriteAsync(tx => _queue.Claim(tx, new DeliveryClaim(Queue, Queue, Batch, 1, tx.Now.AddMinutes(1))));
                await database.WriteAsync(tx => End(tx, claimed));
            }

            await services.GetRequiredService<IDeliveryLog>().FoldAsync(default);
        }

        /// <summary>Each at its own moment, whatever became of the ones before.</summary>
        public async Task AcceptAtAsync(int rate, TimeSpan time, Histogram seen, CancellationToken cancellationToken)
        {
            List<Task> under = [];
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < rate * time.TotalSeconds; i++)
            {
                var due = TimeSpan.FromSeconds((double)i / rate);
                if (due - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } wait)
                {
                    await Task.Delay(wait, cancellationToken);
                }

                under.Add(AcceptAsync(began, due, seen, cancellationToken));
            }

            await Task.WhenAll(under);
        }

        private async Task AcceptAsync(long began, TimeSpan due, Histogram seen, CancellationToken cancellationToken)
        {
            await _store.AcceptAsync(Next(), PlanTurn.Later, cancellationToken);
            seen.Record((long)(Stopwatch.GetElapsedTime(began) - due).TotalMicroseconds);
        }

        private Acceptance Next()
        {
            var (n, now) = (Interlocked.Increment(ref _made), clock.GetUtcNow());
            return new(
                new Notification
                {
                    Id = new(_ids.Next()),
                    Sender = 7,
                    EventId = $"order-{n:00000000}",
                    Category = "message",
                    Template = new TemplateRef("message", 1),
                    To = new Recipients { UserIds = [new UserId(Person(n))] },
                    Data = $$"""{"sender":"Kim Min-jun","text":"Your order {{n}} is on its way, it arrives today."}""",
                    SendAt = now,
                    ExpiresAt = now.AddDays(3),
                    State = NotificationState.Accepted,
                },
                n);
        }

        private int Plan(WriteTx tx, IReadOnlyList<Notification> notifications)
        {
            _store.Put(tx, [.. notifications.Select(one => one with { State = NotificationState.Planned, People = 1 })]);
            _store.Decide(tx, [.. notifications.Select(one => new PersonDecision(one.Id, one.To.UserIds![0], tx.Now, 0, DecisionCodes.Write(
            [
                new Decision(Rule.Preference, DeliveryChannel.Push, Decision.Send, Reasons.On(PreferenceSource.Default)),
            ])))]);
            _deliveries.Plan(tx, [.. notifications.Select(one => new NewDelivery
            {
                Notification = one.Id,
                User = one.To.UserIds![0],
                Category = one.Category,
                Channel = DeliveryChannel.Push,
                Provider = Queue,
                AddressId = one.Id.Value / 3,
                Priority = DeliveryPriority.Normal,
                Ambiguous = AmbiguousPolicy.Hold,
                DueAt = one.SendAt,
                ExpiresAt = one.ExpiresAt,
            })]);
            return notifications.Count;
        }

        private int End(WriteTx tx, IReadOnlyList<Delivery> claimed) => _queue.Put(tx, [.. claimed.Select(delivery => new DeliveryChange(
            delivery,
            delivery.After(ProviderAnswer.Ok("200", "f47ac10b-58cc-4372-a567-0e02b2c3d479"), "apns", collapses: true, 0.5, tx.Now),
            new DeliveryAttempt { Number = delivery.Fence, At = tx.Now, Provider = Queue, Class = AnswerClass.Ok, Code = "200", Latency = TimeSpan.FromMilliseconds(17) }))]).Count;

        private static long Person(int n) => ((long)n * 7919 % 1_000_003) + 1;
    }
}

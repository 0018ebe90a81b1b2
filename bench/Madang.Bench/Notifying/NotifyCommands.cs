using System.CommandLine;
using Madang.Bench.Notifying.Queues;
using Madang.Bench.Serving;

namespace Madang.Bench.Notifying;

/// <summary><c>bench notify-peers</c> and its kin.</summary>
internal static class NotifyCommands
{
    public static IEnumerable<Command> Create() => [Whole(), Peers(), QueueRun.Create(), LogRun.Create(), QueueWorkerCommand.Create()];

    private static Command Whole()
    {
        var engine = new Option<string>("--engine") { Description = "sqlite, or postgres (a private server)", DefaultValueFactory = _ => "sqlite" };
        var program = new Option<string?>("--program") { Description = "The server's madang.dll; the one built in this repository otherwise" };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 10_000 };
        var rate = new Option<int>("--rate") { Description = "Notifications per second; 0 saturates", DefaultValueFactory = _ => 1_000 };
        var bulk = new Option<int>("--bulk") { Description = "Notifications of one call; 1 sends them one by one", DefaultValueFactory = _ => 1 };
        var window = new Option<int>("--window") { Description = "Saturated: calls in flight", DefaultValueFactory = _ => 16 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60 };
        var minutes = new Option<int>("--minutes") { Description = "Instead of seconds" };
        var broadcast = new Option<int>("--broadcast") { Description = "One send to so many people, beside single ones at the rate" };
        var kill = new Option<int>("--kill") { Description = "So many kill -9 of the server while notifications are sent" };
        var notifications = new Option<int>("--notifications") { Description = "Of a run with kills", DefaultValueFactory = _ => 100_000 };
        var lost = new Option<double>("--lost") { Description = "Share of the providers' answers that are lost in a run with kills", DefaultValueFactory = _ => 0.01 };
        var seed = new Option<int?>("--seed") { Description = "Repeats a run's choices" };
        var dead = new Option<string?>("--dead") { Description = "Who answers 503 for --seconds: sms (all of its providers), apns or fcm" };
        var backlog = new Option<int>("--backlog") { Description = "With --dead: so many wait at least when it is back, whatever the rate has brought" };
        var to = new Option<string?>("--to") { Description = "apns or fcm: people with that phone; sms, email or webhook: codes to addresses, one by one; everybody's phones otherwise" };
        var command = new Command("notify", "Notifications from acceptance to the stand-in's phone: rates, latencies, kills, broadcasts, dead providers")
        {
            engine, program, people, rate, bulk, window, seconds, minutes, broadcast, kill, notifications, lost, seed, dead, backlog, to,
        };
        command.SetAction(async (given, cancelled) =>
        {
            var length = given.GetValue(minutes) > 0 ? given.GetValue(minutes) * 60 : given.GetValue(seconds);
            var everybody = given.GetValue(broadcast) > 0 ? given.GetValue(broadcast) : given.GetValue(people);
            await using var places = await NotifyPlaces.StartAsync(given.GetValue(engine)!, given.GetValue(program) ?? ServerSettings.FindProgram(), everybody, cancelled);
            if (given.GetValue(broadcast) > 0)
            {
                return await new NotifyBroadcast(places, given.GetValue(rate), Math.Min(length, 60), TimeSpan.FromMinutes(15), Console.Out).RunAsync(cancelled);
            }

            if (given.GetValue(kill) > 0)
            {
                var choice = given.GetValue(seed) ?? Environment.TickCount;
                Console.WriteLine($"seed {choice}");
                var size = given.GetValue(bulk) > 1 ? given.GetValue(bulk) : 100;
                return await new NotifyKill(places, given.GetValue(notifications), given.GetValue(kill), given.GetValue(lost), size, new Random(choice), Console.Out).RunAsync(cancelled);
            }

            if (given.GetValue(dead) is { } name)
            {
                return await new NotifyDead(places, name, given.GetValue(rate), length, given.GetValue(backlog), Console.Out).RunAsync(cancelled);
            }

            var load = new NotifyLoad(places, new NotifyLoadOptions { Rate = given.GetValue(rate), Bulk = given.GetValue(bulk), Window = given.GetValue(window), Seconds = length, Phone = given.GetValue(to) });
            Console.Write(await load.RunAsync(cancelled));
            return load.Errors.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Peers()
    {
        var only = new Option<string[]>("--only") { Description = "Queues by name; all otherwise", AllowMultipleArgumentsPerToken = true };
        var rounds = new Option<int>("--rounds") { Description = "0 leaves the race out", DefaultValueFactory = _ => 3 };
        var count = new Option<int>("--count") { Description = "Cycles of a round", DefaultValueFactory = _ => 100_000 };
        var warmup = new Option<int?>("--warmup") { Description = "Cycles before a round is measured; a quarter of it otherwise" };
        var batch = new Option<int>("--batch") { DefaultValueFactory = _ => 250 };
        var kills = new Option<int>("--kills") { Description = "kill -9 of worker and server by turns; 0 leaves them out", DefaultValueFactory = _ => 4 };
        var killCount = new Option<int>("--kill-count") { Description = "Jobs of a run with kills", DefaultValueFactory = _ => 20_000 };
        var command = new Command("notify-peers", "The queue of deliveries beside BullMQ, graphile-worker and RabbitMQ: cycles per CPU second, and what a kill -9 costs")
        {
            only, rounds, count, warmup, batch, kills, killCount,
        };
        command.SetAction(async (given, cancelled) =>
        {
            var names = given.GetValue(only) is { Length: > 0 } some ? some : null;
            var contenders = QueueContender.All.Where(one => names?.Contains(one.Name) ?? true).ToList();
            var folder = Directory.CreateTempSubdirectory("madang-queues-").FullName;
            QueueRace.OpenFolder(folder);
            try
            {
                var first = given.GetValue(warmup) ?? given.GetValue(count) / 4;
                var results = await new QueueRace(contenders, folder, given.GetValue(count), first, given.GetValue(batch), Console.Out).RunAsync(given.GetValue(rounds), cancelled);
                List<QueueKillResult> killed = [];
                foreach (var contender in given.GetValue(kills) > 0 ? contenders : [])
                {
                    var result = await new QueueKill(contender, Path.Combine(folder, $"{contender.Name}-kill"), given.GetValue(killCount), given.GetValue(batch), given.GetValue(kills)).RunAsync(cancelled);
                    killed.Add(result);
                    Console.WriteLine(result);
                }

                Console.WriteLine();
                Console.WriteLine(QueueRace.Table(results));
                Console.WriteLine();
                Console.WriteLine(QueueKill.Table(killed));
                foreach (var contender in contenders)
                {
                    Console.WriteLine($"- {contender.Name}: {contender.Settings}");
                }

                return killed.Where(result => result.Name.StartsWith("madang", StringComparison.Ordinal)).All(result => result.Lost == 0 && result.Doubled == result.Marked) ? 0 : 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }
}

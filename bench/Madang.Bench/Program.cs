using System.CommandLine;
using Madang.Bench;
using Madang.Bench.Crawling;
using Madang.Bench.Feeding;
using Madang.Bench.Killing;
using Madang.Bench.Notifying;
using Madang.Bench.Serving;
using Madang.Bench.Sites;

var engine = new Option<string>("--engine") { Description = "sqlite, postgres (a private server), or the connection string of an empty database", DefaultValueFactory = _ => "sqlite" };
var program = new Option<string?>("--program") { Description = "The server's madang.dll; the one built in this repository otherwise" };
var folder = new Option<string?>("--folder") { Description = "Where data, logs and journal go; a temporary folder otherwise, removed at the end" };

var rate = new Option<int>("--rate") { Description = "Messages per second; 0 saturates", DefaultValueFactory = _ => 1000 };
var window = new Option<int>("--window") { Description = "Saturated: messages in flight per connection", DefaultValueFactory = _ => 8 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30 };
var warmup = new Option<int>("--warmup") { DefaultValueFactory = _ => 5 };
var users = new Option<int>("--users") { DefaultValueFactory = _ => 100 };
var groupSize = new Option<int>("--group-size") { Description = "2 is a direct room for each pair", DefaultValueFactory = _ => 2 };
var transport = new Option<Transport>("--transport") { DefaultValueFactory = _ => Transport.Socket };
var chat = new Command("chat", "Durable messages under load: latency at a rate, or throughput when saturated")
{
    engine, program, folder, rate, window, seconds, warmup, users, groupSize, transport,
};
chat.SetAction((given, cancelled) => Places.WithAsync(given.GetValue(engine)!, given.GetValue(program), given.GetValue(folder), async places =>
{
    var report = await ChatLoad.RunAsync(
        places.Server.Address,
        new ChatLoadOptions
        {
            Rate = given.GetValue(rate),
            Window = given.GetValue(window),
            Seconds = given.GetValue(seconds),
            Warmup = given.GetValue(warmup),
            Users = given.GetValue(users),
            GroupSize = given.GetValue(groupSize),
            Transport = given.GetValue(transport),
            Journal = places.Journal,
        },
        places.ServerCpu,
        ServerProcess.SetupToken,
        cancelled);
    Console.Write(report);
    Console.WriteLine($"memory      server {CpuTime.ResidentMegabytes(places.Server.Pid):0} MB");
    return report.IsComplete ? 0 : 1;
}, cancelled));

var senders = new Option<int>("--senders") { DefaultValueFactory = _ => 50 };
var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 100_000 };
var kills = new Option<int>("--kills") { DefaultValueFactory = _ => 10 };
var victim = new Option<Victim>("--victim") { DefaultValueFactory = _ => Victim.Server };
var seed = new Option<int?>("--seed") { Description = "Repeats a run's choices" };
var kill = new Command("kill", "Kills the server (or PostgreSQL) while people write, then looks for what was lost, doubled or out of order")
{
    engine, program, folder, senders, messages, kills, victim, seed,
};
kill.SetAction((given, cancelled) => Places.WithAsync(given.GetValue(engine)!, given.GetValue(program), given.GetValue(folder), async places =>
{
    var options = new KillOptions
    {
        Senders = given.GetValue(senders),
        Messages = given.GetValue(messages),
        Kills = given.GetValue(kills),
        Victim = given.GetValue(victim),
        Seed = given.GetValue(seed) ?? Environment.TickCount,
    };
    Console.WriteLine($"seed {options.Seed}");
    var report = await new KillTest(options, places.Server, places.Postgres, Console.Out).RunAsync(places.Journal, cancelled);
    report = report with { Faults = [.. report.Faults, .. await places.AuditStorageAsync(cancelled)] };
    Console.WriteLine(report);
    return report.Faults.Count == 0 ? 0 : 1;
}, cancelled));

var root = new RootCommand("Load drivers and kill tests of Madang") { chat, kill, SitesCommand.Create() };
foreach (var command in CrawlCommands.Create().Concat(NotifyCommands.Create()).Concat(FeedCommands.Create()))
{
    root.Add(command);
}

return await root.Parse(args).InvokeAsync();

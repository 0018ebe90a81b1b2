using System.CommandLine;

namespace Madang.Bench.Feeding;

/// <summary><c>bench feed</c>: each part alone, or all of them in one run.</summary>
internal static class FeedCommands
{
    private static readonly string[] Parts = ["rings", "peers", "publish", "crowd", "policy", "http"];

    public static IEnumerable<Command> Create() => [Whole()];

    private static Command Whole()
    {
        var only = new Option<string[]>("--only")
        {
            Description = "Some of: rings (the fan-out alone), peers (Redis and PostgreSQL beside it), publish (from the disk to the last ring), crowd (one author with a million followers), policy (push, pull and hybrid), http",
            DefaultValueFactory = _ => Parts,
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong(Parts);
        var seed = new Option<int>("--seed") { Description = "Repeats a run's choices", DefaultValueFactory = _ => 20_260_101 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var deliveries = new Option<int>("--deliveries") { DefaultValueFactory = _ => 20_000_000 };
        var peerReaders = new Option<int>("--peer-readers") { Description = "Timelines in Redis, 800 ids each, and readers in PostgreSQL", DefaultValueFactory = _ => 5_000 };
        var crowd = new Option<int>("--crowd") { Description = "Followers of one author among others", DefaultValueFactory = _ => 1_000_000 };
        var program = new Option<string?>("--program") { Description = "The server's madang.dll; the one built in this repository otherwise" };
        var folder = new Option<string?>("--folder") { Description = "Keeps the server's data, and uses what an earlier run left there; a temporary one otherwise" };
        var readers = new Option<int>("--readers") { Description = "Of the people, those who sign in", DefaultValueFactory = _ => 2_000 };
        var history = new Option<int>("--history") { Description = "Posts that are there before", DefaultValueFactory = _ => 500_000 };
        var posts = new Option<int>("--posts") { Description = "Published by http; 0 for reads only", DefaultValueFactory = _ => 10_000 };
        var rate = new Option<int[]>("--rate")
        {
            Description = "Reads per second, after a saturated run; several one after the other",
            DefaultValueFactory = _ => [5_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 32 };
        var seconds = new Option<int>("--seconds") { Description = "Of each timed part; 0 with http only fills the folder", DefaultValueFactory = _ => 10 };
        var keep = new Option<int?>("--keep") { Description = "http: restarts the server too, with so many MiB for timelines that outlive it and with none" };
        var command = new Command("feed", "Feeds: deliveries and reads beside Redis and PostgreSQL, publishing into the last ring, an author with a crowd, push against pull, and everything over HTTP")
        {
            only, seed, people, deliveries, peerReaders, crowd, program, folder, readers, history, posts, rate, connections, seconds, keep,
        };
        command.SetAction(async (given, cancelled) =>
        {
            var parts = given.GetValue(only)!.ToHashSet();
            await InProcessAsync(
                parts, new(given.GetValue(people), given.GetValue(seed), given.GetValue(deliveries), given.GetValue(peerReaders), given.GetValue(crowd), given.GetValue(seconds)),
                cancelled);
            var options = new FeedLoadOptions(
                given.GetValue(people), given.GetValue(readers), given.GetValue(history), given.GetValue(posts), 500, given.GetValue(rate)!,
                given.GetValue(connections), given.GetValue(seconds), given.GetValue(seed))
            {
                Keep = given.GetValue(keep),
            };
            return !parts.Contains("http") ? 0 : await Places.WithAsync(
                "sqlite", given.GetValue(program), given.GetValue(folder),
                places => new FeedLoad(places.Server, places.Data, options, Console.Out).RunAsync(cancelled), cancelled);
        });
        return command;
    }

    private static async Task InProcessAsync(HashSet<string> parts, Sizes sizes, CancellationToken cancellationToken)
    {
        if (parts.Contains("crowd"))
        {
            await new CrowdRun(sizes.Crowd / 10, Console.Out).RunAsync(cancellationToken);
            await new CrowdRun(sizes.Crowd, Console.Out).RunAsync(cancellationToken);
        }

        if (!parts.Overlaps(["rings", "peers", "publish", "policy"]))
        {
            return;
        }

        var graph = FollowGraph.Of(sizes.People, sizes.Seed);
        await Console.Out.WriteLineAsync($"graph       {sizes.People:N0} people, {graph.Edges:N0} edges, most followers {graph.Followers.Max():N0}");
        if (parts.Contains("rings"))
        {
            await new FanOutRun(graph, sizes.Deliveries, 200_000, Console.Out).RunAsync(cancellationToken);
        }

        if (parts.Contains("peers"))
        {
            await new RedisFeedPeer(graph, sizes.PeerReaders, sizes.Deliveries / 20, 50_000, Console.Out).RunAsync(cancellationToken);
            await new PostgresFeedPeer(graph, sizes.PeerReaders, 500_000, 2_000, Console.Out).RunAsync(cancellationToken);
        }

        if (parts.Contains("publish"))
        {
            await new PublishRun(graph, sizes.Seconds, Console.Out).RunAsync(cancellationToken);
        }

        if (parts.Contains("policy"))
        {
            await new PolicyRun(graph, Console.Out).RunAsync(cancellationToken);
        }
    }

    private sealed record Sizes(int People, int Seed, int Deliveries, int PeerReaders, int Crowd, int Seconds);
}

using System.CommandLine;

namespace Madang.Bench.Feeding;

/// <summary><c>bench feed</c> and <c>bench feed-rings</c>.</summary>
internal static class FeedCommands
{
    private static readonly Option<int> Seed = new("--seed") { Description = "Repeats a run's choices", DefaultValueFactory = _ => 20_260_101 };

    public static IEnumerable<Command> Create() => [Whole(), Rings()];

    private static Command Whole()
    {
        var program = new Option<string?>("--program") { Description = "The server's madang.dll; the one built in this repository otherwise" };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 20_000 };
        var readers = new Option<int>("--readers") { Description = "Of the people, those who sign in", DefaultValueFactory = _ => 1_000 };
        var history = new Option<int>("--history") { Description = "Posts that are there before", DefaultValueFactory = _ => 200_000 };
        var posts = new Option<int>("--posts") { DefaultValueFactory = _ => 10_000 };
        var rate = new Option<int>("--rate") { Description = "Reads per second, after a saturated run", DefaultValueFactory = _ => 5_000 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 32 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var command = new Command("feed", "Feeds over HTTP: people who return, reads, publishing, from publishing into the feed, and deep scrolling")
        {
            program, people, readers, history, posts, rate, connections, seconds, Seed,
        };
        command.SetAction((given, cancelled) => Places.WithAsync("sqlite", given.GetValue(program), null, places =>
        {
            var options = new FeedLoadOptions(
                given.GetValue(people), given.GetValue(readers), given.GetValue(history), given.GetValue(posts), 500, given.GetValue(rate),
                given.GetValue(connections), given.GetValue(seconds), given.GetValue(Seed));
            return new FeedLoad(places.Server, places.Data, options, Console.Out).RunAsync(cancelled);
        }, cancelled));
        return command;
    }

    private static Command Rings()
    {
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var deliveries = new Option<int>("--deliveries") { DefaultValueFactory = _ => 20_000_000 };
        var crowd = new Option<int>("--crowd") { Description = "Followers of one author among others", DefaultValueFactory = _ => 1_000_000 };
        var redis = new Option<int>("--redis") { Description = "So many deliveries into sorted sets of a private Redis beside it; 0 for none", DefaultValueFactory = _ => 500_000 };
        var command = new Command("feed-rings", "The fan-out alone, in this process: deliveries, memory of timelines, and one author with a crowd beside others")
        {
            people, deliveries, crowd, redis, Seed,
        };
        command.SetAction(async (given, cancelled) =>
        {
            var graph = FollowGraph.Of(given.GetValue(people), given.GetValue(Seed));
            await new FanOutRun(graph, given.GetValue(deliveries), given.GetValue(crowd), Console.Out).RunAsync(cancelled);
            if (given.GetValue(redis) > 0)
            {
                await new RedisFeedPeer(graph, given.GetValue(redis), Console.Out).RunAsync(cancelled);
            }

            return 0;
        });
        return command;
    }
}

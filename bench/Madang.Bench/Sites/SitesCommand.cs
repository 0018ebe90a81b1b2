using System.CommandLine;
using System.Runtime.InteropServices;

namespace Madang.Bench.Sites;

/// <summary><c>bench sites</c>: a generated internet in a process of its own, until it is told to end.</summary>
internal static class SitesCommand
{
    public static Command Create()
    {
        var mix = new Option<string>("--mix") { Description = string.Join(", ", Mixes.Names), DefaultValueFactory = _ => "clean" };
        var pages = new Option<int>("--pages") { DefaultValueFactory = _ => 20_000 };
        var hosts = new Option<int>("--hosts") { DefaultValueFactory = _ => 200 };
        var port = new Option<int>("--port") { Description = "0 takes a free one", DefaultValueFactory = _ => 0 };
        var seed = new Option<ulong>("--seed") { DefaultValueFactory = _ => 1 };
        var log = new Option<string?>("--log") { Description = "Where the log of all requests goes at the end" };
        var command = new Command("sites", "Serves a generated internet on 127.1.x.y; prints its seed URLs when it is ready") { mix, pages, hosts, port, seed, log };
        command.SetAction(async (given, cancelled) =>
        {
            // Read once, at the first socket: answers are then made on the thread that waits for the sockets, without a hop.
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            var asked = new MixSettings(given.GetValue(mix)!, given.GetValue(pages), given.GetValue(hosts), given.GetValue(seed));
            await using var server = Mixes.Start(asked, given.GetValue(port));
            foreach (var url in server.Web.Seeds)
            {
                Console.WriteLine(url);
            }

            Console.WriteLine($"ports {string.Join(' ', server.Ports)}");
            Console.WriteLine("ready");
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
            await Task.WhenAny(server.Quit, Task.Delay(Timeout.Infinite, cancelled));
            if (given.GetValue(log) is { } path)
            {
                await File.WriteAllLinesAsync(path, server.Log.Read().Select(request => request.ToString()), CancellationToken.None);
            }

            return 0;
        });
        return command;
    }
}

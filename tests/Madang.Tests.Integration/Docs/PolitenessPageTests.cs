using System.Diagnostics;

namespace Madang.Tests.Integration.Docs;

/// <summary>The commands of the page on politeness, run as they stand there against a server that crawls nothing. One of them ends with 1: its robots.txt says no.</summary>
public sealed class PolitenessPageTests
{
    private const string Address = "http://127.0.0.1:8080";

    [Theory]
    [InlineData("docs/politeness.md")]
    [InlineData("docs/politeness.ko.md")]
    public async Task Its_commands_judge_a_robots_txt_and_start_and_stop_a_crawl(string page)
    {
        var scripts = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, page), TestContext.Current.CancellationToken))
            .Split("```sh\n")[1..].Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]);
        await using var host = await MadangHost.StartAsync(new() { ["Madang:Crawler:Enabled"] = "false" });
        var folder = Directory.CreateTempSubdirectory("madang-politeness-");
        try
        {
            var script = $"madang() {{ dotnet '{typeof(Madang.Commands.ServeCommand).Assembly.Location}' \"$@\"; }}\n" + string.Concat(scripts);
            using var shell = Process.Start(new ProcessStartInfo("bash", ["-uc", script.Replace(Address, host.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)])
            {
                WorkingDirectory = folder.FullName,
                Environment = { ["admin"] = (await host.AdminAsync()).Token },
                RedirectStandardOutput = true,
            })!;
            var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Contains("Disallow: /private/", said, StringComparison.Ordinal);
            Assert.EndsWith("paused\nstopped\n", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

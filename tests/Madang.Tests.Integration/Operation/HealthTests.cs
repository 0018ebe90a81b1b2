using System.Net;

namespace Madang.Tests.Integration.Operation;

public sealed class HealthTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_started_server_is_live_started_and_ready(bool postgres)
    {
        await using var host = await MadangHost.StartAsync(postgres: postgres);
        foreach (var path in new[] { "/health/live", "/health/startup", "/health/ready" })
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Client().GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Sigterm_ends_it_in_time_with_exit_code_0_and_its_folder_is_free_again()
    {
        var folder = MadangHost.NewFolder();
        for (var i = 0; i < 2; i++)
        {
            await using var server = await MadangProcess.ServeAsync(folder);
            var ended = server.StopAsync();
            Assert.Equal(0, await ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_killed_one_leaves_nothing_that_hinders_the_next()
    {
        var folder = MadangHost.NewFolder();
        await using (var killed = await MadangProcess.ServeAsync(folder))
        {
            await killed.KillAsync();
        }

        await using (var next = await MadangProcess.ServeAsync(folder))
        {
            using var client = new HttpClient { BaseAddress = await next.AddressAsync() };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
        }

        Directory.Delete(folder, recursive: true);
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Tests.Integration.Operation;

public sealed class DrainTests
{
    [Fact]
    public async Task A_server_that_is_told_to_stop_is_not_ready_while_it_still_answers()
    {
        await using var host = await MadangHost.StartAsync();
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await Problems.AssertAsync(await host.Client().GetAsync("/health/ready", TestContext.Current.CancellationToken), HttpStatusCode.ServiceUnavailable, "draining");
        Assert.Equal(HttpStatusCode.OK, (await host.Client().GetAsync("/v1/setup", TestContext.Current.CancellationToken)).StatusCode);
    }
}

namespace Madang.Tests.Integration;

/// <summary>One server for the tests of a class that leave it as they found it (<c>IClassFixture&lt;SharedHost&gt;</c>). It keeps crawls and runs none.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    public MadangHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await MadangHost.StartAsync(new() { ["Madang:Crawler:Enabled"] = "false" });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

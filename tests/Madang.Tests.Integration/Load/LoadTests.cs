using Madang.Bench;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;

namespace Madang.Tests.Integration.Load;

/// <summary>That the load driver measures what it says; how fast the server is stands in docs/benchmarks.md.</summary>
public sealed class LoadTests
{
    [Theory]
    [InlineData("Socket", 100, 2)]
    [InlineData("Http", 100, 2)]
    [InlineData("Socket", 0, 5)]
    public async Task Every_message_of_a_load_is_acknowledged_journaled_and_delivered(string transport, int rate, int groupSize)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var places = await Places.StartAsync("sqlite", Path.Combine(AppContext.BaseDirectory, "madang.dll"), null, cancelled);
        var options = new ChatLoadOptions
        {
            Rate = rate,
            Window = 2,
            Seconds = 1,
            Warmup = 1,
            Users = 10,
            GroupSize = groupSize,
            Transport = Enum.Parse<Transport>(transport),
            Journal = places.Journal,
        };
        var report = await ChatLoad.RunAsync(places.Server.Address, options, places.ServerCpu, ServerProcess.SetupToken, cancelled);

        Assert.True(report.IsComplete, report.ToString());
        Assert.InRange(report.Sent, rate == 0 ? 20 : 2 * rate, rate == 0 ? long.MaxValue : 2 * rate);
        Assert.InRange(report.Receipt.Count, 1, report.Delivered);
        Assert.Equal(report.Acked, (await Journal.ReadAsync(places.Journal)).DistinctBy(ack => ack.Id).Count());
    }

    [Fact]
    public void A_latency_is_reported_at_most_a_64th_too_high()
    {
        var histogram = new Histogram();
        for (var i = 1; i <= 100_000; i++)
        {
            histogram.Record(i);
        }

        Assert.Equal(100_000, histogram.Count);
        Assert.Equal(100_000, histogram.Max);
        Assert.All(new[] { 0.01, 1, 50, 90, 99, 99.9 }, percent => Assert.InRange(histogram.Percentile(percent), percent * 1000, percent * 1000 * 65 / 64 + 1));
        Assert.Equal(0, new Histogram().Percentile(99));
    }
}

using System.Diagnostics.Metrics;
using Madang.Operation;

namespace Madang.Tests.Unit.Operation;

public sealed class MetricsBookTests : IDisposable
{
    private readonly OwnMeters _factory = new();
    private readonly MetricsBook _book;
    private readonly Meter _meter;

    public MetricsBookTests()
    {
        _book = new MetricsBook(_factory);
        _meter = _factory.Create(new MeterOptions("Madang.Test"));
    }

    public void Dispose()
    {
        _book.Dispose();
        _factory.Dispose();
    }

    [Fact]
    public void Counters_add_up_by_label_whatever_the_order_of_the_labels()
    {
        var counter = _meter.CreateCounter<long>("madang.test.things", "{thing}", "Things.");
        counter.Add(1, new("a", 1), new("b.c", "x"));
        counter.Add(2, new("b.c", "x"), new("a", 1));
        counter.Add(5, new KeyValuePair<string, object?>("a", 2));
        var text = _book.Write();
        Assert.Contains("# HELP madang_test_things_total Things.\n# TYPE madang_test_things_total counter\n", text);
        Assert.Contains("madang_test_things_total{a=\"1\",b_c=\"x\"} 3\n", text);
        Assert.Contains("madang_test_things_total{a=\"2\"} 5\n", text);
    }

    [Fact]
    public void Labels_and_help_are_escaped()
    {
        _meter.CreateCounter<int>("madang.test.escaped", null, "a\\b\nc").Add(1, new KeyValuePair<string, object?>("l", "q\"b\\n\n가"));
        var text = _book.Write();
        Assert.Contains("# HELP madang_test_escaped_total a\\\\b\\nc\n", text);
        Assert.Contains("madang_test_escaped_total{l=\"q\\\"b\\\\n\\n가\"} 1\n", text);
    }

    [Fact]
    public void A_histogram_counts_upwards_in_seconds()
    {
        var histogram = _meter.CreateHistogram("madang.test.duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(7);
        Assert.Contains(
            """
            # TYPE madang_test_duration_seconds histogram
            madang_test_duration_seconds_bucket{le="0.1"} 1
            madang_test_duration_seconds_bucket{le="1"} 2
            madang_test_duration_seconds_bucket{le="+Inf"} 3
            madang_test_duration_seconds_sum 7.6
            madang_test_duration_seconds_count 3

            """.ReplaceLineEndings("\n"),
            _book.Write());
    }

    [Fact]
    public void Gauges_tell_the_last_value_and_observed_ones_are_asked_anew()
    {
        var lanes = new Dictionary<string, int> { ["x"] = 1, ["y"] = 2 };
        _meter.CreateObservableGauge("madang.test.queue", () => lanes.Select(lane => new Measurement<int>(lane.Value, new KeyValuePair<string, object?>("lane", lane.Key))));
        var level = _meter.CreateUpDownCounter<int>("madang.test.level");
        level.Add(5);
        level.Add(-2);
        var set = _meter.CreateGauge<double>("madang.test.set", "By");
        set.Record(3);
        set.Record(1.5);
        var text = _book.Write();
        Assert.Contains("madang_test_queue{lane=\"y\"} 2\n", text);
        Assert.Contains("madang_test_level 3\n", text);
        Assert.Contains("madang_test_set_bytes 1.5\n", text);

        lanes.Remove("y");
        Assert.DoesNotContain("lane=\"y\"", _book.Write());
    }

    [Fact]
    public void Labels_without_end_end_in_one_series()
    {
        var counter = _meter.CreateCounter<long>("madang.test.flood");
        for (var i = 0; i < MetricsBook.MaxSeries + 1000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("path", $"/{i}"));
        }

        var lines = _book.Write().Split('\n').Where(line => line.StartsWith("madang_test_flood_total", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, MetricsBook.MaxSeries + 1);
        Assert.Contains("madang_test_flood_total{overflow=\"true\"} 1000", lines);
    }

    [Fact]
    public void Meters_of_others_are_not_heard()
    {
        using var foreign = new Meter("Somebody.Else");
        foreign.CreateCounter<int>("foreign").Add(1);
        Assert.DoesNotContain("foreign", _book.Write());
    }

    private sealed class OwnMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}

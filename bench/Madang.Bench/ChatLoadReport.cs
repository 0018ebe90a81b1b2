using System.Globalization;
using System.Text;
using Madang.Bench.Measuring;

namespace Madang.Bench;

internal sealed record ChatLoadReport
{
    public required ChatLoadOptions Options { get; init; }

    public required long Sent { get; init; }

    public required long Acked { get; init; }

    /// <summary>Receipts that the acknowledged messages should bring: one for each other member.</summary>
    public required long Expected { get; init; }

    public required long Delivered { get; init; }

    public required IReadOnlyDictionary<string, int> Errors { get; init; }

    /// <summary>In the measured time.</summary>
    public required double AckedPerSecond { get; init; }

    public required Histogram Ack { get; init; }

    public required Histogram Receipt { get; init; }

    /// <summary>How late the driver itself sent at worst, in microseconds. The latencies hold it.</summary>
    public required long WorstLag { get; init; }

    /// <summary>Processors that the server kept busy (database server included); the driver likewise.</summary>
    public required double ServerCpu { get; init; }

    public required double OwnCpu { get; init; }

    public bool IsComplete => Errors.Count == 0 && Acked == Sent && Delivered == Expected;

    public override string ToString()
    {
        var text = new StringBuilder();
        var load = Options.Rate > 0 ? $"{Options.Rate}/s" : $"saturated, window {Options.Window}";
        Line($"load        {load}, {Options.Users} users in rooms of {Options.GroupSize}, {Options.Transport}, {Options.Seconds} s after {Options.Warmup} s");
        Line($"messages    {Sent} sent, {Acked} acked ({AckedPerSecond:0}/s), {Delivered} of {Expected} delivered");
        Line($"ack         {Ack}");
        Line($"receipt     {Receipt}");
        Line($"driver lag  {WorstLag / 1000.0:0.0} ms at worst");
        Line($"processors  server {ServerCpu:0.00}, driver {OwnCpu:0.00}; server {ServerCpu / Math.Max(1, AckedPerSecond) * 1e6:0} us a message");
        if (Errors.Count > 0)
        {
            Line($"errors      {string.Join(", ", Errors.Select(error => $"{error.Key}: {error.Value}"))}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}

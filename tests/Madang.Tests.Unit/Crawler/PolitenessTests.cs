using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Politeness;

namespace Madang.Tests.Unit.Crawler;

/// <summary>When a host may be asked again.</summary>
public sealed class PolitenessTests
{
    private const long Now = 1_780_000_000_000; // 2026-05-28T20:26:40Z

    private static readonly CrawlSettings Settings = new() { Seeds = [] };

    [Theory]
    [InlineData(1_000, 5, 100, null, 1_000)]
    [InlineData(1_000, 5, 400, null, 2_000)] // five times the latency
    [InlineData(1_000, 5, 50_000, null, 60_000)] // as far as the longest delay
    [InlineData(1_000, 5, 400, 7.5, 7_500)]
    [InlineData(1_000, 5, 100, 0.2, 1_000)]
    [InlineData(0, 5, 400, null, 0)]
    [InlineData(0, 5, 400, 2.0, 2_000)] // Crawl-delay holds even then
    [InlineData(90_000, 5, 400, null, 90_000)]
    [InlineData(1_000, double.NaN, 400, -3.0, 1_000)]
    [InlineData(300, 5, 64.05, null, 321)] // never a part of a millisecond short
    public void The_delay_is_the_longest_that_anybody_asks_for(int own, double factor, double latency, double? crawlDelay, int expected) =>
        Assert.Equal(expected, HostDelay.Delay(Settings with { DelayMs = own, LatencyFactor = factor }, crawlDelay is { } s ? TimeSpan.FromSeconds(s) : null, latency));

    [Fact]
    public void A_slow_hosts_pause_is_never_shorter_than_five_times_its_mean_latency() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var settings = Settings with { DelayMs = 1 };
        var (exact, known) = (0.0, 0.0);
        for (var i = 0; i < 40; i++)
        {
            var took = 1 + (random.NextDouble() * random.Next(1, 1_000));
            exact = exact == 0 ? took : exact + ((took - exact) / 5);
            var pause = HostDelay.Next(settings, Turn(200) with { LatencyMs = known, HeadersMs = took });
            known = pause.LatencyMs;
            // A whole millisecond more at most, or slow hosts would be asked less often than they may.
            if (pause.NextAt - Now - (5 * exact) is < -1e-6 or > 1 + 1e-6)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(60.0, false)]
    [InlineData(60.001, true)]
    [InlineData(1e9, true)]
    public void A_host_that_asks_for_more_patience_than_we_have_is_left_out(double seconds, bool isLeftOut)
    {
        var pause = HostDelay.Next(Settings, Turn(200) with { CrawlDelay = TimeSpan.FromSeconds(seconds) });
        Assert.Equal(isLeftOut ? RefusalReason.CrawlDelayTooLong : RefusalReason.None, pause.Refusal);
        Assert.True(pause.NextAt >= Now + Math.Min(seconds * 1_000, int.MaxValue));
    }

    [Theory]
    [InlineData(200, 9, null, 1_000, null, 0)]
    [InlineData(404, 9, null, 1_000, null, 0)]
    [InlineData(500, 0, null, 1_000, null, 1)] // a broken page is not a broken host
    [InlineData(500, 1, null, 1_000, null, 2)]
    [InlineData(500, 3, null, 4_000, "errors", 4)]
    [InlineData(0, 0, null, 1_000, null, 1)]
    [InlineData(0, 3, null, 8_000, "errors", 4)]
    [InlineData(0, 500, null, 3_600_000, "errors", 501)]
    [InlineData(429, 0, null, 10_000, "errors", 1)]
    [InlineData(503, 1, null, 20_000, "errors", 2)]
    [InlineData(503, 5, "120", 120_000, "retry_after", 6)]
    [InlineData(429, 0, "0", 1_000, null, 1)] // its own word against our guess
    [InlineData(429, 0, "999999999999999999999999", 86_400_000, "retry_after", 1)]
    [InlineData(503, 0, "-5", 10_000, "errors", 1)]
    [InlineData(503, 0, "soon", 10_000, "errors", 1)]
    [InlineData(200, 0, "3600", 1_000, null, 0)]
    [InlineData(301, 0, "3600", 1_000, null, 0)] // that is said of the redirected request
    [InlineData(403, 0, "3600", 3_600_000, "retry_after", 0)]
    public void Trouble_and_Retry_After_make_the_pause_longer(int status, int errors, string? retryAfter, long wait, string? block, int now)
    {
        var pause = HostDelay.Next(Settings, Turn(status) with { Errors = errors, RetryAfter = retryAfter });
        Assert.Equal((Now + wait, block, now), (pause.NextAt, pause.Block, pause.Errors));
    }

    [Theory]
    [InlineData("120", 120_000L)]
    [InlineData(" 7\t", 7_000L)]
    [InlineData("000", 0L)]
    [InlineData("Thu, 28 May 2026 20:27:40 GMT", 60_000L)]
    [InlineData("Thursday, 28-May-26 20:27:40 GMT", 60_000L)]
    [InlineData("Thu May 28 20:27:40 2026", 60_000L)]
    [InlineData("Sun Mar  1 00:00:00 2026", 0L)] // over
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 251_622_300_799_000L - 1_000_000)]
    [InlineData("Thu, 32 May 2026 20:27:40 GMT", null)]
    [InlineData("1.5", null)]
    [InlineData("1e9", null)]
    [InlineData("60, 60", null)]
    [InlineData("٦٠", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Retry_After_is_seconds_or_a_date(string? value, long? expected)
    {
        var parsed = RetryAfter.Parse(value, Now);
        if (expected > 1_000_000_000)
        {
            Assert.InRange(parsed!.Value, 200_000_000_000_000, 260_000_000_000_000);
        }
        else
        {
            Assert.Equal(expected, parsed);
        }
    }

    [Fact]
    public void Whatever_a_host_sends_it_is_never_asked_sooner_than_agreed_nor_forgotten() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var settings = Settings with
        {
            DelayMs = random.Next(3) == 0 ? 0 : random.Next(0, 100_000),
            LatencyFactor = random.NextDouble() * 20 * (random.Next(10) == 0 ? -1 : 1),
            MaxDelayMs = random.Next(0, 100_000),
        };
        var turn = new HostTurn
        {
            Now = Now,
            LatencyMs = random.Next(-5, 100_000),
            Errors = random.Next(4) == 0 ? random.Next() : random.Next(10),
            CrawlDelay = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.NextDouble() * Math.Pow(10, random.Next(-2, 4))),
            Status = random.Next(3) == 0 ? 0 : random.Next(200, 600),
            HeadersMs = random.Next(-5, int.MaxValue),
            RetryAfter = random.Next(3) switch { 0 => null, 1 => random.NextInt64(long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture), _ => random.Next(90_000).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            Random = random.NextDouble(),
        };
        var pause = HostDelay.Next(settings, turn);
        var least = Math.Max(settings.DelayMs, turn.CrawlDelay?.TotalMilliseconds ?? 0);
        var asked = turn.Status is 429 or 503 ? Math.Min(RetryAfter.Parse(turn.RetryAfter, Now) ?? 0, HostDelay.MostRetryAfterMs) : 0;
        var most = Math.Max(HostDelay.MostRetryAfterMs, Math.Max(least, settings.MaxDelayMs) + 1);
        var wait = pause.NextAt - Now;
        return wait >= least && wait >= asked && wait <= most
            && pause.LatencyMs is > 0 and <= 100_000
            && pause.Errors > 0 == HostDelay.IsTrouble(turn.Status)
            && (pause.Block is null) == (wait <= HostDelay.Delay(settings, turn.CrawlDelay, pause.LatencyMs));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Failures_in_a_row_never_shorten_the_pause() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (last, errors) = (0L, 0);
        for (var i = 0; i < 30; i++)
        {
            var pause = HostDelay.Next(Settings, Turn(0) with { Errors = errors, LatencyMs = 10, HeadersMs = 10, Random = 0 });
            if (pause.NextAt - Now < last)
            {
                return false;
            }
            (last, errors) = (pause.NextAt - Now, pause.Errors);
        }
        return last == HostDelay.MostBackoffMs;
    }).QuickCheckThrowOnFailure();

    private static HostTurn Turn(int status) => new() { Now = Now, LatencyMs = 0, Errors = 0, Status = status, HeadersMs = 20 };
}

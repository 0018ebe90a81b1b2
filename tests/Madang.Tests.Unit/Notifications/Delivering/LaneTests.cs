using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;

namespace Madang.Tests.Unit.Notifications.Delivering;

/// <summary>Pace, breaker and health of one lane.</summary>
public sealed class LaneTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly ProviderAnswer Ok = ProviderAnswer.Ok("200");
    private static readonly ProviderAnswer Down = new(AnswerClass.RetryNewConnection, "connect");

    [Fact]
    public void A_limit_is_kept_to_over_every_second()
    {
        var (bucket, now) = (new TokenBucket(100, TimeSpan.Zero, Start), Start);
        for (var second = 0; second < 20; second++)
        {
            var taken = 0;
            for (var tick = 0; tick < 100; tick++)
            {
                now = now.AddMilliseconds(10);
                taken += bucket.Take(500, now);
            }

            Assert.InRange(taken, 90, 111);
        }

        Assert.True(bucket.NextAt(now) <= now.AddMilliseconds(10));
    }

    [Fact]
    public void A_ramp_grows_from_nearly_nothing_to_the_full_rate()
    {
        var (bucket, now) = (new TokenBucket(1_000, TimeSpan.FromSeconds(60), Start), Start);
        int Second()
        {
            var taken = 0;
            for (var tick = 0; tick < 100; tick++)
            {
                now = now.AddMilliseconds(10);
                taken += bucket.Take(500, now);
            }

            return taken;
        }

        var seconds = Enumerable.Range(0, 70).Select(_ => Second()).ToList();
        Assert.InRange(seconds[0], 5, 60);
        Assert.InRange(seconds[29], 400, 600);
        Assert.InRange(seconds[69], 950, 1_050);
    }

    [Fact]
    public void A_provider_that_says_too_much_gets_half_and_slowly_more()
    {
        var bucket = new TokenBucket(0, TimeSpan.Zero, Start);
        Assert.Equal(500, bucket.Take(500, Start));
        bucket.Slow(400, Start);
        Assert.Equal(200, bucket.Rate);
        bucket.Slow(400, Start);
        Assert.Equal(100, bucket.Rate);
        Assert.Equal(500, bucket.Take(500, Start.AddMinutes(2)));
    }

    [Fact]
    public void A_provider_that_is_back_from_a_break_gets_all_that_its_places_hold()
    {
        var bucket = new TokenBucket(0, TimeSpan.Zero, Start);
        for (var i = 0; i < 10; i++)
        {
            bucket.Slow(200, Start);
        }

        Assert.InRange(bucket.Take(500, Start.AddSeconds(1)), 0, 10);
        bucket.Restart(Start.AddSeconds(2));
        Assert.Null(bucket.Rate);
        Assert.Equal(500, bucket.Take(500, Start.AddSeconds(2)));
    }

    [Fact]
    public void A_limit_that_was_set_holds_after_a_break_too_and_its_ramp_begins_anew()
    {
        var (limited, ramped) = (new TokenBucket(100, TimeSpan.Zero, Start), new TokenBucket(1_000, TimeSpan.FromSeconds(60), Start));
        limited.Slow(100, Start);
        Assert.Equal(50, limited.Rate);
        limited.Restart(Start.AddSeconds(1));
        ramped.Restart(Start.AddSeconds(50));
        Assert.Equal(100, limited.Rate);
        Assert.Equal(20, ramped.Rate);
    }

    [Fact]
    public void The_breaker_opens_after_ten_faults_of_the_provider_and_asks_with_one()
    {
        var (breaker, now) = (new Breaker(), Start);
        for (var i = 0; i < 9; i++)
        {
            Assert.False(breaker.Observe(Down, now));
        }

        Assert.True(breaker.Observe(Down, now));
        Assert.Equal((BreakerState.Open, 0), (breaker.State, breaker.Admit(100, now)));
        Assert.Equal(1, breaker.Admit(100, now.AddSeconds(5)));
        breaker.Probe();
        Assert.Equal(0, breaker.Admit(100, now.AddSeconds(6)));
        breaker.Observe(Down, now.AddSeconds(6));
        Assert.Equal(now.AddSeconds(16), breaker.Until);
        breaker.Probe();
        Assert.True(breaker.Observe(Ok, now.AddSeconds(17)));
        Assert.Equal(100, breaker.Admit(100, now.AddSeconds(17)));
    }

    [Fact]
    public void A_provider_that_was_dead_for_ten_minutes_is_found_alive_within_twenty_seconds()
    {
        var (breaker, now) = (new Breaker(), Start);
        for (var i = 0; i < 10; i++)
        {
            breaker.Observe(Down, now);
        }

        var asked = 0;
        for (; now < Start.AddMinutes(10); now = breaker.Until)
        {
            breaker.Probe();
            breaker.Observe(Down, now);
            Assert.InRange(breaker.Until - now, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
            asked++;
        }

        Assert.InRange(asked, 28, 33);
    }

    [Fact]
    public void Dead_addresses_and_rejects_show_a_provider_that_lives()
    {
        var breaker = new Breaker();
        for (var i = 0; i < 1_000; i++)
        {
            breaker.Observe(i % 9 == 0 ? new ProviderAnswer(AnswerClass.DeadAddress, "410") : Down, Start);
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void What_a_provider_cannot_be_asked_is_not_held_against_it()
    {
        var (breaker, health) = (new Breaker(), new Health());
        for (var i = 0; i < 100; i++)
        {
            Assert.False(breaker.Observe(ProviderAnswer.NoLookUp, Start));
            health.Observe(ProviderAnswer.NoLookUp, isSlow: false, Start);
        }

        Assert.Equal((BreakerState.Closed, 0.0), (breaker.State, health.Illness(Start)));

        for (var i = 0; i < 10; i++)
        {
            breaker.Observe(Down, Start);
        }

        var later = Start.AddSeconds(6);
        Assert.Equal(1, breaker.Admit(5, later));
        breaker.Probe();
        breaker.Observe(ProviderAnswer.NoLookUp, later);
        Assert.Equal(1, breaker.Admit(5, later));
    }

    [Fact]
    public void Fifteen_percent_of_faults_halve_the_share_each_minute_and_it_drifts_back()
    {
        var (health, now) = (new Health(), Start);
        void Minute(int bad)
        {
            for (var i = 0; i < 100; i++)
            {
                health.Observe(i < bad ? Down : Ok, false, now);
            }

            now = now.AddMinutes(1);
            _ = health.Illness(now);
        }

        for (var i = 0; i < 5; i++)
        {
            Minute(14);
        }

        Assert.Equal(1, health.Share);
        Minute(60);
        Minute(60);
        Assert.InRange(health.Share, 0.2, 0.5);
        var low = health.Share;
        for (var i = 0; i < 30; i++)
        {
            Minute(0);
        }

        Assert.True(low < 1);
        Assert.Equal(1, health.Share);
    }

    [Fact]
    public void Slowness_counts_as_a_fault()
    {
        var health = new Health();
        for (var i = 0; i < 30; i++)
        {
            health.Observe(Ok, isSlow: i % 5 == 0, Start);
            health.Receipt(TimeSpan.FromMinutes(i % 2 == 0 ? 1 : 6), Start);
        }

        Assert.InRange(health.Illness(Start), 0.6, 0.8);
    }

    [Theory]
    [InlineData("kim@Example.ORG", "example.org")]
    [InlineData("https://hooks.example.org/a@b?c", "hooks.example.org")]
    [InlineData("""{"endpoint":"https://push.example.net/x","keys":{}}""", "push.example.net")]
    [InlineData("+821012345678", "+821012345678")]
    public void The_domain_of_an_address_is_what_a_provider_answers_for(string address, string domain) => Assert.Equal(domain, ProviderLane.Domain(address));
}

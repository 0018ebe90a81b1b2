using System.Net;
using Madang.Api;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Unit.Edge;

public sealed class WriteLimitsTests
{
    private readonly FakeTime _time = new();
    private readonly WriteLimits _limits;

    public WriteLimitsTests() => _limits = new WriteLimits(_time, Options.Create(new WriteLimitOptions()));

    [Fact]
    public void A_burst_of_60_then_one_every_half_second()
    {
        var caller = Somebody(1);
        Assert.Equal(60, Enumerable.Range(0, 100).Count(_ => _limits.TryTake(caller) is null));
        var refusal = _limits.TryTake(caller);
        Assert.Equal("rate_limited", refusal!.Code);
        Assert.Equal(TimeSpan.FromMilliseconds(500), refusal.RetryAfter);

        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Null(_limits.TryTake(caller));
        Assert.NotNull(_limits.TryTake(caller));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(60, Enumerable.Range(0, 100).Count(_ => _limits.TryTake(caller) is null));
    }

    [Fact]
    public void Over_a_minute_of_trying_all_the_time_180_pass()
    {
        var caller = Somebody(1);
        var passed = 0;
        for (var i = 0; i < 6000; i++)
        {
            passed += _limits.TryTake(caller) is null ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(passed, 179, 180);
    }

    [Fact]
    public void The_devices_of_a_person_share_and_people_do_not()
    {
        for (var i = 0; i < 60; i++)
        {
            Assert.Null(_limits.TryTake(new Caller(i % 2 == 0 ? CallerKind.Session : CallerKind.UserToken, new UserId(1), Role.User, i)));
        }

        Assert.NotNull(_limits.TryTake(Somebody(1)));
        Assert.Null(_limits.TryTake(Somebody(2)));
    }

    [Fact]
    public void An_address_is_a_person_and_an_ipv6_network_of_64_bits_is_one()
    {
        Drain("203.0.113.5");
        Assert.NotNull(_limits.TryTake(Caller.Anonymous, IPAddress.Parse("::ffff:203.0.113.5")));
        Assert.Null(_limits.TryTake(Caller.Anonymous, IPAddress.Parse("203.0.113.6")));

        Drain("2001:db8:1:2::1");
        Assert.NotNull(_limits.TryTake(Caller.Anonymous, IPAddress.Parse("2001:db8:1:2:3:4:5:6")));
        Assert.Null(_limits.TryTake(Caller.Anonymous, IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void Keys_may_write_more_and_the_operator_as_much_as_it_likes()
    {
        var key = new Caller(CallerKind.ApiKey, null, Role.User, 7);
        Assert.Equal(1000, Enumerable.Range(0, 1100).Count(_ => _limits.TryTake(key) is null));
        Assert.Equal(5000, Enumerable.Range(0, 5000).Count(_ => _limits.TryTake(Caller.Operator) is null));
    }

    [Fact]
    public void A_clock_that_steps_back_locks_nobody_out()
    {
        var caller = Somebody(1);
        _time.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < 60; i++)
        {
            _limits.TryTake(caller);
        }

        _time.Step(TimeSpan.FromHours(-5));
        Assert.InRange(_limits.TryTake(caller)!.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(_limits.TryTake(caller));
    }

    [Fact]
    public void The_table_of_addresses_is_bounded_and_forgets_who_was_quiet()
    {
        for (var i = 0; i < WriteLimits.MaxBuckets + 5_000; i++)
        {
            _limits.TryTake(Caller.Anonymous, new IPAddress(0x0A000000L + i));
        }

        Assert.InRange(_limits.Count, 1, WriteLimits.MaxBuckets + 1);

        _time.Advance(TimeSpan.FromMinutes(1));
        _limits.TryTake(Caller.Anonymous, IPAddress.Parse("198.51.100.1"));
        Assert.InRange(_limits.Count, 1, 10);
    }

    private static Caller Somebody(long id) => new(CallerKind.Session, new UserId(id), Role.User, id);

    private void Drain(string address)
    {
        for (var i = 0; i < 60; i++)
        {
            Assert.Null(_limits.TryTake(Caller.Anonymous, IPAddress.Parse(address)));
        }
    }
}

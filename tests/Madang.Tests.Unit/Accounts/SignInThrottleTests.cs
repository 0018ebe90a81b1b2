using System.Net;
using Madang.Accounts.Passwords;

namespace Madang.Tests.Unit.Accounts;

public sealed class SignInThrottleTests
{
    private static readonly ClientAddress Home = ClientAddress.Of(IPAddress.Parse("203.0.113.7"))!.Value;
    private readonly FakeTime _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_time);

    [Fact]
    public void Ten_failures_of_one_account_from_anywhere_are_enough()
    {
        for (var i = 0; i < SignInThrottle.Failures; i++)
        {
            Assert.Null(_throttle.Check("mina", Address(i)));
            _throttle.Failed("mina", Address(i));
        }

        var refusal = _throttle.Check("mina", Address(99));
        Assert.Equal(("rate_limited", 429, TimeSpan.FromMinutes(1)), (refusal!.Code, refusal.Status, refusal.RetryAfter));
        Assert.Null(_throttle.Check("hana", Address(99)));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_throttle.Check("mina", Address(99)));
        _throttle.Failed("mina", Address(99));
        Assert.NotNull(_throttle.Check("mina", Address(99)));
    }

    [Fact]
    public void Ten_failures_of_one_address_at_any_accounts_are_enough()
    {
        for (var i = 0; i < SignInThrottle.Failures; i++)
        {
            Assert.Null(_throttle.Check($"user{i}", Home));
            _throttle.Failed($"user{i}", Home);
        }

        Assert.Equal(TimeSpan.FromSeconds(10), _throttle.Check("another", Home)!.RetryAfter);
        Assert.Null(_throttle.Check("another", Address(1)));
        Assert.Null(_throttle.Check("another", null));
    }

    [Fact]
    public void A_success_forgives_the_account_and_not_the_address()
    {
        for (var i = 0; i < SignInThrottle.Failures; i++)
        {
            _throttle.Failed("mina", Home);
        }

        _throttle.Succeeded("mina");
        Assert.Null(_throttle.Check("mina", Address(1)));
        Assert.NotNull(_throttle.Check("mina", Home));
    }

    [Fact]
    public void Guesses_that_ran_at_the_same_time_lengthen_the_wait()
    {
        for (var i = 0; i < 30; i++)
        {
            _throttle.Failed("mina", Address(i));
        }

        Assert.Equal(TimeSpan.FromMinutes(21), _throttle.Check("mina", null)!.RetryAfter);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "cb00:7107::", false)]
    public void One_line_is_an_IPv4_address_or_a_slash_64(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.Of(IPAddress.Parse(one)) == ClientAddress.Of(IPAddress.Parse(other)));

    private static ClientAddress Address(int n) => ClientAddress.Of(new IPAddress([198, 51, 100, (byte)n]))!.Value;
}

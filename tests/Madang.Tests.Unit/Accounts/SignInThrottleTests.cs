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
            Assert.Null(Fail("mina", Address(i)));
        }

        var refusal = Fail("mina", Address(99));
        Assert.Equal(("rate_limited", 429, TimeSpan.FromMinutes(1)), (refusal!.Code, refusal.Status, refusal.RetryAfter));
        Assert.Null(Fail("hana", Address(99)));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Fail("mina", Address(99)));
        Assert.NotNull(Fail("mina", Address(99)));
    }

    [Fact]
    public void Ten_failures_of_one_address_at_any_accounts_are_enough()
    {
        for (var i = 0; i < SignInThrottle.Failures; i++)
        {
            Assert.Null(Fail($"user{i}", Home));
        }

        Assert.Equal(TimeSpan.FromSeconds(10), Fail("another", Home)!.RetryAfter);
        Assert.Null(Fail("another", Address(1)));
        Assert.Null(Fail("another", null));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Fail("another", Home));
    }

    [Fact]
    public void A_success_forgives_the_account_and_not_the_address()
    {
        for (var i = 0; i < SignInThrottle.Failures; i++)
        {
            Fail("mina", Home);
        }

        _throttle.Succeeded("mina");
        Assert.Null(_throttle.Begin("mina", Address(1)));
        Assert.NotNull(_throttle.Begin("mina", Home));
    }

    [Fact]
    public void Of_many_guesses_at_one_time_ten_are_looked_at()
    {
        Assert.Equal(SignInThrottle.Failures, Enumerable.Range(0, 300).AsParallel().Count(i => _throttle.Begin("mina", Address(i % 250)) is null));
        Assert.Equal(TimeSpan.FromMinutes(1), _throttle.Begin("mina", null)!.RetryAfter);
    }

    [Fact]
    public void Many_people_sign_in_from_one_address_at_once()
    {
        Assert.All(Enumerable.Range(0, 200), i => Assert.Null(_throttle.Begin($"user{i}", Home)));
        for (var i = 0; i < 200; i++)
        {
            _throttle.Failed(Home);
        }

        Assert.Equal(TimeSpan.FromSeconds(310), _throttle.Begin("user", Home)!.RetryAfter);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "cb00:7107::", false)]
    public void One_line_is_an_IPv4_address_or_a_slash_64(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.Of(IPAddress.Parse(one)) == ClientAddress.Of(IPAddress.Parse(other)));

    private Api.Error? Fail(string account, ClientAddress? address)
    {
        var refusal = _throttle.Begin(account, address);
        if (refusal is null)
        {
            _throttle.Failed(address);
        }

        return refusal;
    }

    private static ClientAddress Address(int n) => ClientAddress.Of(new IPAddress([198, 51, 100, (byte)n]))!.Value;
}

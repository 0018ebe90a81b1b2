using Madang.Crawler.Robots;

namespace Madang.Tests.Unit.Crawler.Robots;

public sealed class RobotsPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200, 0, RobotsMeaning.Body)]
    [InlineData(206, 5, RobotsMeaning.Body)]
    [InlineData(200, 6, RobotsMeaning.AllowAll)]
    [InlineData(302, 6, RobotsMeaning.AllowAll)]
    [InlineData(404, 0, RobotsMeaning.AllowAll)]
    [InlineData(401, 0, RobotsMeaning.AllowAll)]
    [InlineData(403, 0, RobotsMeaning.AllowAll)]
    [InlineData(410, 0, RobotsMeaning.AllowAll)]
    [InlineData(429, 0, RobotsMeaning.DisallowAll)]
    [InlineData(500, 0, RobotsMeaning.DisallowAll)]
    [InlineData(503, 2, RobotsMeaning.DisallowAll)]
    [InlineData(0, 0, RobotsMeaning.DisallowAll)]
    public void Reads_the_status_as_the_rfc_says(int status, int redirects, RobotsMeaning expected) =>
        Assert.Equal(expected, RobotsPolicy.Judge(status, redirects, null, null, default, Now).Meaning);

    [Fact]
    public void A_known_file_outlives_trouble_and_is_confirmed_by_304()
    {
        var known = new RobotsStanding(HasBody: true, null);

        Assert.Equal(new RobotsRuling(RobotsMeaning.Known, Now.AddDays(1), null), RobotsPolicy.Judge(304, 0, null, null, known, Now));
        var failing = RobotsPolicy.Judge(503, 0, null, null, known, Now);
        Assert.Equal((RobotsMeaning.Known, Now), (failing.Meaning, failing.UnreachableSince));
    }

    [Fact]
    public void After_thirty_days_without_an_answer_everything_is_allowed()
    {
        Assert.Equal(RobotsMeaning.DisallowAll, RobotsPolicy.Judge(0, 0, null, null, new(false, Now.AddDays(-30).AddSeconds(1)), Now).Meaning);
        Assert.Equal(RobotsMeaning.AllowAll, RobotsPolicy.Judge(0, 0, null, null, new(false, Now.AddDays(-30)), Now).Meaning);
    }

    [Theory]
    [InlineData(200, null, 24 * 60)]
    [InlineData(200, 60, 60)]
    [InlineData(200, 0, 10)]
    [InlineData(404, 7 * 24 * 60, 24 * 60)]
    public void An_answer_is_used_for_a_day_at_most(int status, int? maxAgeMinutes, int minutes) =>
        Assert.Equal(
            Now.AddMinutes(minutes),
            RobotsPolicy.Judge(status, 0, maxAgeMinutes is { } age ? TimeSpan.FromMinutes(age) : null, null, default, Now).FetchAgainAt);

    [Fact]
    public void Trouble_is_retried_ever_more_rarely_or_when_the_server_says()
    {
        Assert.Equal(Now.AddMinutes(1), RobotsPolicy.Judge(500, 0, null, null, default, Now).FetchAgainAt);
        Assert.Equal(Now.AddMinutes(8), RobotsPolicy.Judge(500, 0, null, null, new(false, Now.AddMinutes(-8)), Now).FetchAgainAt);
        Assert.Equal(Now.AddHours(6), RobotsPolicy.Judge(500, 0, null, null, new(false, Now.AddDays(-8)), Now).FetchAgainAt);
        Assert.Equal(Now.AddHours(2), RobotsPolicy.Judge(429, 0, null, TimeSpan.FromHours(2), default, Now).FetchAgainAt);
    }
}

using System.Diagnostics;
using Madang.Bench.Sites;
using Madang.Bench.Sites.Hostile;
using Madang.Crawler.Parsing;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Every hostile body through the parser: no exception, no more than two seconds of processor time.</summary>
public sealed class HostilePagesTests
{
    public static TheoryData<string> Names => [.. PageCases.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_body_is_read_within_its_bounds(string name)
    {
        var one = PageCases.All.Single(one => one.Name == name);
        using var reply = new Reply();
        one.Answer(SiteHost.OnItsOwnAddress(0, 80), new SiteRequest(), reply);
        using var page = new ParsedPage();
        var began = Stopwatch.GetTimestamp();
        PageParser.Default.Parse(reply.Body, reply.ContentType, page);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 2);
    }
}

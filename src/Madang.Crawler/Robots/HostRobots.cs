using System.Text;
using Madang.Crawler.Frontier;

namespace Madang.Crawler.Robots;

/// <summary>What a host's robots.txt means for us now, and when it is asked for again.</summary>
internal sealed class HostRobots
{
    /// <summary>Never asked.</summary>
    public static readonly HostRobots Unknown = new() { Rules = RobotsRules.DisallowAll, Meaning = RobotsMeaning.DisallowAll };

    private HostRobots()
    {
    }

    public required RobotsRules Rules { get; init; }

    public required RobotsMeaning Meaning { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long CheckAt { get; private init; }

    /// <summary>Since when it cannot be reached, Unix milliseconds; 0 when it can.</summary>
    public long FailingSince { get; private init; }

    /// <summary>Of the last answer that had one.</summary>
    public byte[]? Body { get; private init; }

    public IReadOnlyList<string> Sitemaps { get; private init; } = [];

    public bool IsDue(long now) => now >= CheckAt;

    /// <param name="pathAndQuery">Normalised, ASCII.</param>
    public bool Allows(string pathAndQuery)
    {
        Span<byte> path = stackalloc byte[512];
        return pathAndQuery.Length <= path.Length
            ? Rules.Check(path[..Encoding.ASCII.GetBytes(pathAndQuery, path)]).Allowed
            : Rules.Check(Encoding.ASCII.GetBytes(pathAndQuery)).Allowed;
    }

    /// <summary>Whether the file itself says no; false also when it is not known what it says.</summary>
    /// <param name="pathAndQuery">Normalised, ASCII.</param>
    public bool Forbids(string pathAndQuery) => Meaning is RobotsMeaning.Body or RobotsMeaning.Known && !Allows(pathAndQuery);

    /// <summary>As the last process left it.</summary>
    public static HostRobots Of(HostRow row, string agent) =>
        row.RobotsAt == 0 ? Unknown : Of(row.RobotsStatus, 0, null, row.RobotsFailingSince, row.Robots, row.RobotsAt, agent);

    /// <summary>After an answer.</summary>
    /// <param name="status">As <see cref="RobotsPolicy.Judge"/> takes it.</param>
    /// <param name="body">The file that came; null when none did.</param>
    public HostRobots After(int status, int redirects, TimeSpan? retryAfter, byte[]? body, long now, string agent) =>
        Of(status, redirects, retryAfter, FailingSince, body ?? Body, now, agent);

    /// <summary>The same, but asked for again at the next turn.</summary>
    public HostRobots Again() => new() { Rules = Rules, Meaning = Meaning, FailingSince = FailingSince, Body = Body, Sitemaps = Sitemaps };

    private static HostRobots Of(int status, int redirects, TimeSpan? retryAfter, long failingSince, byte[]? body, long at, string agent)
    {
        DateTimeOffset? since = failingSince == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(failingSince);
        var ruling = RobotsPolicy.Judge(status, redirects, null, retryAfter, new RobotsStanding(body is not null, since), DateTimeOffset.FromUnixTimeMilliseconds(at));
        var file = ruling.Meaning is RobotsMeaning.Body or RobotsMeaning.Known ? RobotsFile.Parse(body) : null;
        return new HostRobots
        {
            Rules = file?.For(agent) ?? (ruling.Meaning == RobotsMeaning.AllowAll ? RobotsRules.AllowAll : RobotsRules.DisallowAll),
            Meaning = ruling.Meaning,
            CheckAt = ruling.FetchAgainAt.ToUnixTimeMilliseconds(),
            FailingSince = ruling.UnreachableSince?.ToUnixTimeMilliseconds() ?? 0,
            Body = body,
            Sitemaps = file?.Sitemaps ?? [],
        };
    }
}

namespace Madang.Crawler.Robots;

/// <summary>Whether a URL may be fetched.</summary>
/// <param name="Line">The line of robots.txt that decided, from 1; null when no rule matched.</param>
public readonly record struct RobotsVerdict(bool Allowed, int? Line)
{
    /// <summary>Allowed, because nothing forbids it.</summary>
    public static readonly RobotsVerdict NoRule = new(true, null);
}

namespace Madang.Client.Realtime;

/// <summary>The delay before attempt n: between half a second and a ceiling that doubles from one second to thirty (docs/realtime, rule 8).</summary>
internal static class Jitter
{
    private const double FloorMs = 500;
    private const double CeilingMs = 30_000;

    public static TimeSpan Delay(int attempt, double random) =>
        TimeSpan.FromMilliseconds(FloorMs + (random * (Math.Min(CeilingMs, 1000 * Math.Pow(2, attempt)) - FloorMs)));
}

namespace Madang.Bench.Sites;

/// <summary>What kind of internet, how large, from which seed.</summary>
internal sealed record MixSettings(string Mix, int Pages, int Hosts, ulong Seed);

internal static class Mixes
{
    public static IReadOnlyList<string> Names { get; } = ["clean"];

    /// <param name="port">0 takes a free one.</param>
    public static SiteServer Start(MixSettings settings, int port) =>
        SiteServer.Start([port, .. Enumerable.Repeat(0, PortsOf(settings.Mix) - 1)], ports => Make(settings, ports));

    public static IWeb Make(MixSettings settings, IReadOnlyList<int> ports) => settings.Mix switch
    {
        "clean" => new CleanWeb(settings.Seed, settings.Pages, settings.Hosts, ports[0]),
        _ => throw new ArgumentException($"There is no mix '{settings.Mix}'; there are {string.Join(", ", Names)}."),
    };

    private static int PortsOf(string mix) => mix == "polite" ? 3 : 1;
}

using Madang.Bench.Sites.Hostile;

namespace Madang.Bench.Sites;

/// <summary>What kind of internet, how large, from which seed.</summary>
internal sealed record MixSettings(string Mix, int Pages, int Hosts, ulong Seed);

internal static class Mixes
{
    public static IReadOnlyList<string> Names { get; } = ["clean", "dup", "trap", "hostile", "polite", "wide"];

    /// <param name="port">0 takes a free one.</param>
    public static SiteServer Start(MixSettings settings, int port) =>
        SiteServer.Start([port], ports => Make(settings, ports));

    public static IWeb Make(MixSettings settings, IReadOnlyList<int> ports) => settings.Mix switch
    {
        "clean" => new CleanWeb(settings.Seed, settings.Pages, settings.Hosts, ports[0]),
        "hostile" => new HostileWeb(settings.Seed, settings.Pages, settings.Hosts, ports[0]),
        "polite" => new PoliteWeb(settings.Seed, settings.Pages / settings.Hosts, settings.Hosts, ports[0]),
        "dup" => new DupWeb(settings.Seed, settings.Pages, settings.Hosts, ports[0]),
        "wide" => new WideWeb(settings.Seed, settings.Pages / settings.Hosts, settings.Hosts, ports[0]),
        "trap" => new TrapWeb(settings.Seed, settings.Pages / settings.Hosts, settings.Hosts, ports[0]),
        _ => throw new ArgumentException($"There is no mix '{settings.Mix}'; there are {string.Join(", ", Names)}."),
    };
}

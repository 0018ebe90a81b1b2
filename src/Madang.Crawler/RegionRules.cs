namespace Madang.Crawler;

/// <summary>The operator's table of regions: the longest end of a host's name that is in it decides.</summary>
internal sealed class RegionRules
{
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _ends;

    private RegionRules(Dictionary<string, string> ends) => _ends = ends.GetAlternateLookup<ReadOnlySpan<char>>();

    public static RegionRules None { get; } = new([]);

    public static bool TryParse(string text, out RegionRules rules)
    {
        var ends = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        rules = None;
        foreach (var rule in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = rule.Split('=', StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0].Trim('.').Length == 0 || parts[1].Length is 0 or > 32)
            {
                return false;
            }

            ends[parts[0].Trim('.')] = parts[1];
        }

        rules = new RegionRules(ends);
        return true;
    }

    /// <summary>The region of a host by its name; null where no rule speaks.</summary>
    public string? Of(ReadOnlySpan<char> host)
    {
        while (!host.IsEmpty)
        {
            if (_ends.TryGetValue(host, out var region))
            {
                return region;
            }

            var dot = host.IndexOf('.');
            host = dot < 0 ? default : host[(dot + 1)..];
        }

        return null;
    }
}

using System.Buffers;

namespace Madang.Crawler.Robots;

/// <summary>
/// The rules of one crawler on one host, ready to be asked: RFC 9309 §2.2.2. The longest match decides, an allow wins over a disallow of the same length, and
/// <c>/robots.txt</c> itself is always allowed. Asking allocates nothing and takes time in proportion to the path and to the number of rules with an asterisk; plain
/// prefixes, of which a file may hold tens of thousands, are found by halving.
/// </summary>
public sealed class RobotsRules
{
    private const int OnStack = 512;

    /// <summary>Nothing is forbidden.</summary>
    public static readonly RobotsRules AllowAll = new([], null);

    /// <summary>Everything is forbidden but /robots.txt; no line says so.</summary>
    public static readonly RobotsRules DisallowAll = new([], null, isAllowedByDefault: false);

    private readonly RobotsVerdict _default;
    private readonly PlainRule[] _plain;
    private readonly RobotsRule[] _wild;

    internal RobotsRules(IReadOnlyCollection<RobotsRule> rules, TimeSpan? crawlDelay, bool isAllowedByDefault = true)
    {
        CrawlDelay = crawlDelay;
        _default = new RobotsVerdict(isAllowedByDefault, null);
        // Of equal patterns the allow decides, and of those the first line.
        _plain = Link([.. rules.Where(rule => rule.Pattern.Prefix is not null)
            .GroupBy(rule => rule.Pattern.Prefix!, ByteOrder.Instance)
            .Select(group => group.OrderByDescending(rule => rule.IsAllow).ThenBy(rule => rule.Line).First())
            .OrderBy(rule => rule.Pattern.Prefix!, ByteOrder.Instance)]);
        _wild = [.. rules.Where(rule => rule.Pattern.Prefix is null)
            .OrderByDescending(rule => rule.Pattern.Octets).ThenByDescending(rule => rule.IsAllow).ThenBy(rule => rule.Line)];
    }

    /// <summary>The longest Crawl-delay that the crawler's groups name. No part of the RFC, but widely meant.</summary>
    public TimeSpan? CrawlDelay { get; }

    /// <param name="pathAndQuery">As <see cref="Urls.Url.PathAndQuery"/> gives it; any spelling of escapes.</param>
    public RobotsVerdict Check(ReadOnlySpan<byte> pathAndQuery)
    {
        if (_plain.Length + _wild.Length == 0 && _default.Allowed)
        {
            return _default;
        }

        if (RobotsPath.IsCanonical(pathAndQuery))
        {
            return Decide(pathAndQuery);
        }

        byte[]? rented = null;
        var canonical = pathAndQuery.Length <= OnStack ? stackalloc byte[3 * OnStack] : rented = ArrayPool<byte>.Shared.Rent(3 * pathAndQuery.Length);
        try
        {
            return Decide(canonical[..RobotsPath.Canonicalize(pathAndQuery, canonical)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private RobotsVerdict Decide(ReadOnlySpan<byte> path)
    {
        if (path.StartsWith("/robots.txt"u8) && (path.Length == "/robots.txt".Length || path["/robots.txt".Length] == '?'))
        {
            return RobotsVerdict.NoRule;
        }

        var best = LongestPlain(path);
        foreach (var rule in _wild)
        {
            if (best is not null && (rule.Pattern.Octets < best.Pattern.Octets || (rule.Pattern.Octets == best.Pattern.Octets && best.IsAllow)))
            {
                break;
            }

            // The first that matches is the longest, and an allow before a disallow; a plain rule of the same length stays unless this allows.
            if (rule.Pattern.Matches(path))
            {
                best = best is not null && rule.Pattern.Octets == best.Pattern.Octets && !rule.IsAllow ? best : rule;
                break;
            }
        }

        return best is null ? _default : new RobotsVerdict(best.IsAllow, best.Line);
    }

    /// <summary>
    /// The longest prefix rule that <paramref name="path"/> begins with. Every prefix of the path sorts before it, and whatever sorts between such a prefix and the path
    /// begins with that prefix too: so it is the last rule not beyond the path, or one that this rule itself begins with.
    /// </summary>
    private RobotsRule? LongestPlain(ReadOnlySpan<byte> path)
    {
        var (low, high) = (0, _plain.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (path.SequenceCompareTo(_plain[middle].Prefix) < 0)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        for (var at = low - 1; at >= 0; at = _plain[at].Shorter)
        {
            if (path.StartsWith(_plain[at].Prefix))
            {
                return _plain[at].Rule;
            }
        }

        return null;
    }

    private static PlainRule[] Link(RobotsRule[] sorted)
    {
        var linked = new PlainRule[sorted.Length];
        for (var at = 0; at < sorted.Length; at++)
        {
            var prefix = sorted[at].Pattern.Prefix!;
            var shorter = at - 1;
            while (shorter >= 0 && !prefix.AsSpan().StartsWith(linked[shorter].Prefix))
            {
                shorter = linked[shorter].Shorter;
            }

            linked[at] = new PlainRule(sorted[at], prefix, shorter);
        }

        return linked;
    }

    /// <param name="Shorter">The longest other rule that this prefix begins with, or -1.</param>
    private readonly record struct PlainRule(RobotsRule Rule, byte[] Prefix, int Shorter);

    private sealed class ByteOrder : IComparer<byte[]>, IEqualityComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}

/// <summary>One allow or disallow line.</summary>
internal sealed record RobotsRule(RobotsPattern Pattern, bool IsAllow, int Line);

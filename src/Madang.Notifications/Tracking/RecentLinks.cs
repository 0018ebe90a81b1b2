using System.Collections.Concurrent;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Tracking;

/// <summary>Which links were followed a moment ago, on this node. A hint for <see cref="MachineRules"/> and no more, so it may forget.</summary>
internal sealed class RecentLinks
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<DeliveryId, Seen> _seen = new();

    /// <summary>How many other links of this delivery were followed within <see cref="MachineRules.Burst"/> before.</summary>
    public int Follow(DeliveryId delivery, string link, DateTimeOffset now)
    {
        if (_seen.Count >= Most)
        {
            _seen.Clear();
        }

        var seen = _seen.AddOrUpdate(
            delivery,
            _ => new(now, [link.GetHashCode(StringComparison.Ordinal)]),
            (_, before) => now - before.At > MachineRules.Burst ? new(now, [link.GetHashCode(StringComparison.Ordinal)]) : before.With(link.GetHashCode(StringComparison.Ordinal)));
        return seen.Links.Count - 1;
    }

    private sealed record Seen(DateTimeOffset At, IReadOnlyList<int> Links)
    {
        public Seen With(int link) => Links.Count >= 8 || Links.Contains(link) ? this : this with { Links = [.. Links, link] };
    }
}

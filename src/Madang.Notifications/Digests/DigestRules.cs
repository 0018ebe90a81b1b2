using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;

namespace Madang.Notifications.Digests;

/// <summary>What becomes of a digest whose time has come.</summary>
/// <param name="After">The row as it is then: open still when it has to wait.</param>
/// <param name="Deliveries">One for each address; empty unless it is sent.</param>
internal sealed record DigestTurn(Digest After, IReadOnlyList<PlannedDelivery> Deliveries, IReadOnlyList<CountedPlan> Counted);

/// <summary>The rules by which a digest closes. Pure.</summary>
internal static class DigestRules
{
    /// <summary>
    /// It waits, and goes on gathering, while the person's devices all sleep or a limit is reached. Otherwise it goes to every address there is now; a device that
    /// sleeps gets it in its own morning.
    /// </summary>
    public static DigestTurn Turn(Digest digest, PlanRequest request, Person person, DateTimeOffset now)
    {
        var targets = person.Standing == PersonStanding.Active && digest.Items > 0 && now - digest.OpenedAt < Digest.MaxAge ? Targets(digest, request.Category, person, now) : [];
        if (targets.Count == 0)
        {
            return new(digest.Close(sent: false, now), [], []);
        }

        var quiets = !request.Category.Mandatory && request.Category.Quiet != QuietPolicy.Ignore;
        var ends = targets.ConvertAll(target => quiets ? QuietTime.Of(person, target.Address, now)?.Until : null);
        if (ends.TrueForAll(end => end is not null))
        {
            return new(digest.Postpone(ends.Min()!.Value), [], []);
        }

        if (!LimitRules.Allows(request, person, now))
        {
            return new(digest.Postpone(LimitRules.FreeAt(request, person, now)), [], []);
        }

        var deliveries = new List<PlannedDelivery>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
        {
            var (channel, address) = targets[i];
            deliveries.Add(new PlannedDelivery
            {
                Channel = channel,
                Address = address.Id,
                Kind = address.Kind,
                Scope = address.Scope,
                Locale = address.Locale ?? person.Locale,
                DueAt = ends[i] ?? now,
            });
        }

        var counted = new List<CountedPlan>();
        LimitRules.Count(request, person, now, counted);
        return new(digest.Close(sent: true, now), deliveries, counted);
    }

    private static List<(DeliveryChannel Channel, PersonAddress Address)> Targets(Digest digest, Category category, Person person, DateTimeOffset now)
    {
        var targets = new List<(DeliveryChannel, PersonAddress)>();
        if (!category.Mandatory && person.MutedUntil > now)
        {
            return targets;
        }

        foreach (var channel in digest.Channels)
        {
            if (!Matrix.Cell(category, channel, person.Off, person.Choice).On)
            {
                continue;
            }

            foreach (var address in person.Addresses)
            {
                if (address.Kind.Channel() == channel && !address.Suppressed)
                {
                    targets.Add((channel, address));
                }
            }
        }

        return targets;
    }
}

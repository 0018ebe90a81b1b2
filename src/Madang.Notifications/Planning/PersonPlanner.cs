using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Limits;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>
/// Decides about people: reads what the rules go by, asks the rules, counts what they counted, and turns each plan into inbox items, deliveries and the row
/// that explains it.
/// </summary>
internal sealed class PersonPlanner(
    CategoryBook categories, PlanReader reader, LimitCounters counters, DigestBook digests, IDeliveryRoutes routes, Snowflake ids)
{
    /// <summary>Of one person who comes more than once, each later notification is decided on with what the earlier ones have counted.</summary>
    public void Plan(WriteTx tx, PlanDraft draft, IReadOnlyList<Wanted> wanted)
    {
        var items = new Dictionary<NotificationId, ItemId>();
        var left = wanted;
        while (left.Count > 0)
        {
            var seen = new HashSet<UserId>(left.Count);
            var (now, later) = (new List<Wanted>(left.Count), new List<Wanted>());
            foreach (var one in left)
            {
                (seen.Add(one.User) ? now : later).Add(one);
            }

            foreach (var group in now.GroupBy(one => (one.Notification.Category, Mask: RecipientsText.Mask(one.Notification.Channels))))
            {
                PlanGroup(tx, draft, [.. group], items);
            }

            left = later;
        }
    }

    /// <summary>An address outside of every account: no preferences, no limits; the suppression list is asked when it is claimed.</summary>
    public void PlanAddress(PlanDraft draft, Notification notification, DateTimeOffset now)
    {
        var address = notification.To.Address!.Value;
        var category = categories.FindOrPlain(notification.Category);
        var decisions = new List<Decision> { new(Rule.Recipient, address.Channel, Decision.Send, DecisionCodes.AddressGiven) };
        if (routes.For(address.Channel, AddressKinds.Of(address.Channel)?.Name() ?? "", "") is { } provider)
        {
            draft.Deliveries.Add(New(notification, category, null, address.Channel, provider, now) with { Address = address.Value });
        }
        else
        {
            decisions.Add(new(Rule.Route, address.Channel, Decision.Drop, DecisionCodes.NoProvider));
        }

        draft.Decisions.Add(new(notification.Id, default, now, 0, DecisionCodes.Write(decisions)));
    }

    private void PlanGroup(WriteTx tx, PlanDraft draft, IReadOnlyList<Wanted> group, Dictionary<NotificationId, ItemId> items)
    {
        var category = categories.FindOrPlain(group[0].Notification.Category);
        var people = reader.Read(tx, [.. group.Select(one => one.User)], reader.Request(category, group[0].Notification.Channels, group[0].Notification.ExpiresAt));
        var plans = new PersonPlan[group.Count];
        for (var i = 0; i < plans.Length; i++)
        {
            var notification = group[i].Notification;
            var request = reader.Request(category, notification.Channels, notification.ExpiresAt);
            plans[i] = PlanRules.Decide(request, people[i], tx.Now);
            Draft(draft, notification, category, plans[i], Instead(request, people[i], plans[i], tx.Now), items, tx.Now);
        }

        counters.Take(tx, plans);
        for (var i = 0; i < plans.Length; i++)
        {
            if (plans[i].Digest is { } entry)
            {
                digests.Add(tx, group[i].Notification.Id, plans[i].User, entry);
            }
        }
    }

    private void Draft(
        PlanDraft draft, Notification notification, Category category, PersonPlan plan, IReadOnlyList<PlannedDelivery> instead, Dictionary<NotificationId, ItemId> items,
        DateTimeOffset now)
    {
        var decisions = new List<Decision>(plan.Decisions);
        var item = default(ItemId);
        foreach (var planned in plan.Deliveries)
        {
            if (planned.Channel != DeliveryChannel.Inbox)
            {
                Deliver(draft, decisions, notification, category, plan.User, planned, null);
                continue;
            }

            if (!items.TryGetValue(notification.Id, out item))
            {
                items[notification.Id] = item = new(ids.Next());
            }

            draft.Items.Add(new(plan.User, item, notification.Id, notification.CollapseKey));
        }

        foreach (var planned in instead)
        {
            decisions.Add(new(Rule.Preference, planned.Channel, Decision.Defer, DecisionCodes.Instead));
            Deliver(draft, decisions, notification, category, plan.User, planned, category.Fallback!.From);
        }

        draft.Decisions.Add(new(notification.Id, plan.User, now, item.Value, DecisionCodes.Write(decisions)));
    }

    private void Deliver(
        PlanDraft draft, List<Decision> decisions, Notification notification, Category category, UserId user, PlannedDelivery planned, DeliveryChannel? fallbackOf)
    {
        if (routes.For(planned.Channel, planned.Kind!.Value.Name(), planned.Scope) is { } provider)
        {
            draft.Deliveries.Add(New(notification, category, user, planned.Channel, provider, planned.DueAt) with { AddressId = planned.Address.Value, FallbackOf = fallbackOf });
        }
        else
        {
            decisions.Add(new(Rule.Route, planned.Channel, Decision.Drop, DecisionCodes.NoProvider));
        }
    }

    /// <summary>What the category's fallback plans for the case that nobody opens the first channel in time; at once where that one has no address at all.</summary>
    private static IReadOnlyList<PlannedDelivery> Instead(PlanRequest request, Person person, PersonPlan plan, DateTimeOffset now)
    {
        if (request.Category.Fallback is not { } fallback || plan.Deliveries.Any(planned => planned.Channel == fallback.To))
        {
            return [];
        }

        var from = plan.Deliveries.Where(planned => planned.Channel == fallback.From).ToList();
        var isUnreachable = plan.Decisions.Any(decision => decision.Channel == fallback.From && decision is { Rule: Rule.Address, Outcome: Decision.Drop });
        if (from.Count == 0 && !isUnreachable)
        {
            return [];
        }

        var earliest = from.Count == 0 ? now : from.Min(planned => planned.DueAt) + fallback.After;
        return earliest >= request.ExpiresAt
            ? []
            : [.. PlanRules.Decide(request with { Channels = [fallback.To] }, person, now).Deliveries
                .Select(planned => planned with { DueAt = planned.DueAt > earliest ? planned.DueAt : earliest })];
    }

    private static NewDelivery New(Notification notification, Category category, UserId? user, DeliveryChannel channel, string provider, DateTimeOffset dueAt) => new()
    {
        Notification = notification.Id,
        User = user,
        Category = notification.Category,
        Channel = channel,
        Provider = provider,
        CollapseKey = notification.CollapseKey,
        Priority = notification.IsWide ? DeliveryPriority.Low : category.Priority,
        Ambiguous = category.Ambiguous,
        DueAt = dueAt,
        ExpiresAt = notification.ExpiresAt,
    };
}

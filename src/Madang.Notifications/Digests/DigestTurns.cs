using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications.Digests;

/// <param name="Ended">How many digests were looked at.</param>
/// <param name="Next">When it is worth looking again; null for not before somebody says so.</param>
internal readonly record struct DigestTurnResult(int Ended, DateTimeOffset? Next);

/// <summary>One transaction that closes digests: state, counters and deliveries together, so that a digest is sent once whatever breaks.</summary>
internal sealed class DigestTurns(
    IDigestStore store, CategoryBook categories, PlanReader reader, LimitCounters counters, Deliveries deliveries, IDeliveryRoutes routes)
{
    /// <summary>What one turn of SQLite's writer may spend on the background lane (design: agreement 8).</summary>
    public const int Limit = 20;

    public DigestTurnResult Run(WriteTx tx)
    {
        var due = store.LockDue(tx, tx.Now, Limit);
        foreach (var group in due.GroupBy(digest => digest.Category))
        {
            // A person is asked about once at a time: their counters are written before they are read again.
            var category = categories.FindOrPlain(group.Key);
            var rest = group.OrderBy(digest => digest.User.Value).ThenBy(digest => digest.Id).ToList();
            while (rest.Count > 0)
            {
                var round = rest.DistinctBy(digest => digest.User).ToList();
                Close(tx, category, round);
                rest.RemoveAll(round.Contains);
            }
        }

        return new(due.Count, due.Count == Limit ? tx.Now : store.NextDue(tx));
    }

    private void Close(WriteTx tx, Category category, List<Digest> due)
    {
        var request = reader.Request(category, null, tx.Now + category.TimeToLive);
        var people = reader.Read(tx, [.. due.Select(digest => digest.User)], request);
        var changed = new List<Digest>();
        var planned = new List<NewDelivery>();
        var counted = new List<PersonPlan>();
        for (var i = 0; i < due.Count; i++)
        {
            var turn = DigestRules.Turn(due[i], request, people[i], tx.Now);
            var routed = turn.Deliveries.Select(delivery => Routed(due[i], delivery, request)).OfType<NewDelivery>().ToList();
            changed.Add(turn.Deliveries.Count > 0 && routed.Count == 0 ? due[i].Close(sent: false, tx.Now) : turn.After);
            if (routed.Count > 0)
            {
                planned.AddRange(routed);
                counted.Add(new PersonPlan { User = due[i].User, Counted = turn.Counted });
            }
        }

        store.Put(tx, changed);
        counters.Take(tx, counted);
        deliveries.Plan(tx, planned);
    }

    private NewDelivery? Routed(Digest digest, PlannedDelivery delivery, PlanRequest request) =>
        routes.For(delivery.Channel, delivery.Kind!.Value.Name(), delivery.Scope) is { } provider
            ? new NewDelivery
            {
                Notification = digest.Notification,
                User = digest.User,
                Category = digest.Category,
                Channel = delivery.Channel,
                Provider = provider,
                AddressId = delivery.Address.Value,
                Priority = request.Category.Priority,
                Ambiguous = request.Category.Ambiguous,
                DueAt = delivery.DueAt,
                ExpiresAt = delivery.DueAt + request.Category.TimeToLive,
                DigestId = digest.Id,
            }
            : null;
}

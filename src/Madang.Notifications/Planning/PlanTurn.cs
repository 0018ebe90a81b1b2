using Madang.Notifications.Accepting;
using Madang.Notifications.Audiences;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>What one transaction of the planner came to.</summary>
/// <param name="Notifications">How many it touched.</param>
/// <param name="People">How many people were decided on.</param>
/// <param name="NextDue">When the next one is due; null when none waits.</param>
internal readonly record struct PlanStep(int Notifications, int People, DateTimeOffset? NextDue);

/// <summary>
/// One transaction of the planner: what is due is read and locked, every person is decided on, and what follows from it (decisions, inbox, deliveries, the
/// cursor) is written together. A crash before the commit leaves nothing of it, after it nothing to do again.
/// </summary>
internal sealed class PlanTurn(INotificationStore store, AudienceReader audiences, PersonPlanner people, PlanWriter writer)
{
    /// <summary>People of one turn over all of its notifications; the first is taken whatever it has.</summary>
    private const int MostPeople = 300;

    /// <summary>Whoever names more people waits for the planner: the write that accepts serves others as well.</summary>
    private const int FewPeople = 8;

    // Of the planner's one loop.
    private bool _isFewestTurn;

    /// <summary>Whole notifications, each to a handful of people.</summary>
    /// <param name="limit">The most notifications of this turn.</param>
    /// <param name="seen">Gets the ids of those that were looked at, for whoever wants to know when it throws.</param>
    public PlanStep RunSmall(WriteTx tx, int limit, List<NotificationId>? seen = null)
    {
        var draft = new PlanDraft();
        var wanted = new List<Wanted>();
        seen?.Clear();
        foreach (var notification in store.Due(tx, wide: false, limit))
        {
            seen?.Add(notification.Id);
            var to = notification.To.UserIds ?? [];
            if (wanted.Count > 0 && wanted.Count + to.Count > MostPeople)
            {
                break;
            }

            if (notification.ExpiresAt <= tx.Now)
            {
                draft.Notifications.Add(notification with { State = NotificationState.Expired });
                continue;
            }

            Take(tx, draft, wanted, notification);
        }

        people.Plan(tx, draft, wanted);
        writer.Write(tx, draft);
        return new(draft.Notifications.Count, draft.Decisions.Count, store.NextDue(tx, wide: false));
    }

    /// <summary>Those of a write that has just accepted them which are due and not to an audience: decided on in the same transaction. The planner is told of the others.</summary>
    public void Now(WriteTx tx, IReadOnlyList<Notification> accepted) => Now(tx, accepted, int.MaxValue);

    /// <summary>The same for those that name few people.</summary>
    public void Soon(WriteTx tx, IReadOnlyList<Notification> accepted) => Now(tx, accepted, FewPeople);

    /// <summary>The planner is told of all of them.</summary>
    public static void Later(WriteTx tx, IReadOnlyList<Notification> accepted)
    {
        foreach (var notification in accepted)
        {
            tx.Publish(new NotificationDue(notification.IsWide, notification.SendAt));
        }
    }

    private void Now(WriteTx tx, IReadOnlyList<Notification> accepted, int most)
    {
        var draft = new PlanDraft();
        var wanted = new List<Wanted>();
        foreach (var notification in accepted)
        {
            if (!notification.IsWide && notification.SendAt <= tx.Now && !(notification.To.UserIds?.Count > most))
            {
                Take(tx, draft, wanted, notification);
            }
            else
            {
                Later(tx, [notification]);
            }
        }

        people.Plan(tx, draft, wanted);
        writer.Write(tx, draft);
    }

    /// <summary>
    /// A chunk of one notification to many: the next people after its cursor, which moves in the same transaction. Every other turn belongs to the one that was
    /// decided on for the fewest people so far: a topic of twenty does not wait behind a broadcast to a million, and that one keeps half of the turns.
    /// </summary>
    /// <param name="chunk">The most people of this turn.</param>
    public PlanStep RunWide(WriteTx tx, int chunk, List<NotificationId>? seen = null)
    {
        seen?.Clear();
        _isFewestTurn = !_isFewestTurn;
        if (store.Due(tx, wide: true, 1, _isFewestTurn) is not [var notification])
        {
            return new(0, 0, store.NextDue(tx, wide: true));
        }

        seen?.Add(notification.Id);
        var draft = new PlanDraft();
        if (notification.ExpiresAt <= tx.Now)
        {
            draft.Notifications.Add(notification with { State = notification.People == 0 ? NotificationState.Expired : NotificationState.Planned });
        }
        else
        {
            var next = audiences.Next(tx, notification.To, notification.PlannedTo, chunk);
            people.Plan(tx, draft, [.. next.People.Select(user => new Wanted(notification, user))]);
            draft.Notifications.Add(notification with
            {
                State = next.IsEnd ? NotificationState.Planned : NotificationState.Planning,
                PlannedTo = next.Through,
                People = notification.People + next.People.Count,
            });
        }

        writer.Write(tx, draft);
        return new(1, draft.Decisions.Count, store.NextDue(tx, wide: true));
    }

    /// <summary>Of planning: not the storage's, which passes, and not the end of the server.</summary>
    public static bool IsOwnFault(Exception fault) =>
        fault is not (OperationCanceledException or StorageFullException or StorageBrokenException or OverloadedException or UnavailableException or ObjectDisposedException);

    private void Take(WriteTx tx, PlanDraft draft, List<Wanted> wanted, Notification notification)
    {
        if (notification.To.UserIds is { } named)
        {
            wanted.AddRange(named.Select(user => new Wanted(notification, user)));
        }
        else
        {
            people.PlanAddress(draft, notification, tx.Now);
        }

        draft.Notifications.Add(notification with { State = NotificationState.Planned, People = notification.To.UserIds?.Count ?? 1 });
    }

    /// <summary>One that cannot be planned now waits, so that those behind it do not.</summary>
    public bool Postpone(WriteTx tx, NotificationId id, TimeSpan wait)
    {
        if (store.Lock(tx, id) is not { State: NotificationState.Accepted or NotificationState.Planning } notification)
        {
            return false;
        }

        store.Put(tx, [notification with { SendAt = tx.Now + wait }]);
        return true;
    }
}

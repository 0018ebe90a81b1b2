using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;

namespace Madang.Notifications.Explaining;

/// <summary>Why somebody got a notification, or why not: from the rows that the planner and the deliveries left.</summary>
internal sealed class Explanations(INotificationStore store, IInboxNotificationStore items, Deliveries deliveries)
{
    private const int MostDeliveries = 100;

    public Task<Notification?> FindAsync(NotificationId id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);

    public async Task<Page<NotificationJson>> ListAsync(NotificationFilter filter, PageQuery query, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(filter, query.After, query.Limit, cancellationToken);
        return new([.. page.Notifications.Select(NotificationJson.Of)], page.Next is { } next ? Cursor.Write(next) : null);
    }

    public async Task<ExplanationJson> ExplainAsync(Notification notification, UserId? user, CancellationToken cancellationToken)
    {
        var totals = await store.TotalsAsync(notification.Id, cancellationToken);
        var about = user ?? (notification.To.UserIds is [var only] ? only : null);
        var person = about is not null || notification.To.Address is not null ? await PersonAsync(notification, about, cancellationToken) : null;
        return new(
            NotificationJson.Of(notification), [.. totals.Counts.Select(one => new TotalJson(one.Channel.Name(), one.State, one.Count))], totals.IsComplete, person);
    }

    private async Task<PersonExplanationJson> PersonAsync(Notification notification, UserId? user, CancellationToken cancellationToken)
    {
        var decision = (await store.DecisionsAsync(notification.Id, user ?? default(UserId), default, 1, cancellationToken)) is [var one] ? one : null;
        var views = await deliveries.OfAsync(notification.Id, user ?? default(UserId), default, MostDeliveries, cancellationToken);
        IReadOnlyList<Decision> decisions = decision is null ? [Missing(notification, user)] : DecisionCodes.Read(decision.Codes);
        return new(
            user, decision?.At, [.. decisions.Select(DecisionJson.Of)], decision is { Item: > 0 } && user is { } owner ? await ItemAsync(owner, new(decision.Item), cancellationToken) : null,
            [.. views.Select(ExplainedDeliveryJson.Of)]);
    }

    private async Task<ExplainedItemJson> ItemAsync(UserId owner, ItemId id, CancellationToken cancellationToken)
    {
        var found = await items.FindAsync(owner, [id], cancellationToken);
        return found.TryGetValue(id, out var item) ? new(id, true, item.IsRead) : new(id, false, false);
    }

    /// <summary>Nothing was decided: the planner has not come so far, or never will.</summary>
    private static Decision Missing(Notification notification, UserId? user) => notification.State switch
    {
        NotificationState.Accepted or NotificationState.Planning when user is null || user.Value.CompareTo(notification.PlannedTo) > 0 =>
            new(Rule.Recipient, null, Decision.Defer, """{"reason":"not_planned_yet"}"""),
        NotificationState.Canceled => new(Rule.Recipient, null, Decision.Drop, """{"reason":"canceled"}"""),
        NotificationState.Expired => new(Rule.TimeToLive, null, Decision.Drop, """{"reason":"expired"}"""),
        _ => new(Rule.Recipient, null, Decision.Drop, """{"reason":"not_in_audience"}"""),
    };
}

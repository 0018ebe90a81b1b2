using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Inboxes;

namespace Madang.Notifications.Planning;

/// <summary>One notification for one person, before anything is decided.</summary>
internal readonly record struct Wanted(Notification Notification, UserId User);

/// <summary>What one transaction has decided and not written yet.</summary>
internal sealed class PlanDraft
{
    public List<Notification> Notifications { get; } = [];

    public List<PersonDecision> Decisions { get; } = [];

    public List<NewItem> Items { get; } = [];

    public List<NewDelivery> Deliveries { get; } = [];
}

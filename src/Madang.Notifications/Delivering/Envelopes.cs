using System.Collections.ObjectModel;
using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Digests;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Rendering;
using Madang.Notifications.Templates;

namespace Madang.Notifications.Delivering;

/// <summary>Notification, address and words put together: what was accepted is read in one go for the whole batch.</summary>
internal sealed class Envelopes(
    INotificationStore notifications, IInboxNotificationStore items, DigestBook digests, TemplateBook templates, CategoryBook categories, Renderer renderer,
    TimeProvider time) : IEnvelopes
{
    public async Task<IReadOnlyList<Composed>> ComposeAsync(IReadOnlyList<Claimed> claimed, CancellationToken cancellationToken)
    {
        Dictionary<DeliveryId, IReadOnlyList<NotificationId>> gathered = [];
        foreach (var (delivery, _) in claimed)
        {
            gathered[delivery.Id] = delivery.DigestId == 0 ? [delivery.Notification] : await digests.ItemsAsync(delivery.DigestId, delivery.Channel, cancellationToken);
        }

        var read = await notifications.FindAsync(gathered.Values.SelectMany(ids => ids).ToHashSet(), cancellationToken);
        await templates.LoadAsync(read.Values.Where(notification => notification.Template is not null).Select(notification => notification.Template!.Value).Distinct(), cancellationToken);
        var badges = await BadgesAsync(claimed, cancellationToken);
        var (composed, now) = (new Composed[claimed.Count], time.GetUtcNow());
        for (var i = 0; i < composed.Length; i++)
        {
            var (delivery, to) = claimed[i];
            var there = gathered[delivery.Id].Where(read.ContainsKey).Select(id => read[id]).ToList();
            var told = there.FindAll(notification => MayTell(delivery, notification, now));

            // What is shown is never told along with "nothing is unread": a phone would take the number, and what else it shows, away.
            var badge = delivery is { Channel: DeliveryChannel.Push, User: { } user } && badges[user] is { Count: > 0 } some ? some : (Badge?)null;
            composed[i] = told.Count > 0 ? Compose(delivery, to, told, badge)
                : there.Count == 0 ? Composed.Failed(delivery.DigestId == 0 ? "notification_gone" : "digest_empty")
                : there.TrueForAll(notification => notification.State == NotificationState.Canceled) ? Composed.Withdrawn(DeliveryState.Canceled, DeliveryReasons.Canceled)
                : Composed.Withdrawn(DeliveryState.Expired, DeliveryReasons.Expired);
        }

        return composed;
    }

    /// <summary>
    /// A notification that was canceled is told to nobody from that moment on, also while the cancellation still works through its deliveries; a digest leaves out
    /// what was canceled or came too late since it was gathered. One in doubt is asked about whatever has changed.
    /// </summary>
    private static bool MayTell(Delivery delivery, Notification notification, DateTimeOffset now) =>
        delivery.IsUnanswered || (notification.State != NotificationState.Canceled && (delivery.DigestId == 0 || notification.ExpiresAt > now));

    private async ValueTask<IReadOnlyDictionary<UserId, Badge>> BadgesAsync(IReadOnlyList<Claimed> claimed, CancellationToken cancellationToken)
    {
        var people = claimed.Where(one => one.Delivery is { Channel: DeliveryChannel.Push, User: not null }).Select(one => one.Delivery.User!.Value).ToHashSet();
        return people.Count == 0 ? ReadOnlyDictionary<UserId, Badge>.Empty : await items.BadgesAsync(people, cancellationToken);
    }

    private Composed Compose(Delivery delivery, Planning.ClaimAnswer to, List<Notification> told, Badge? badge)
    {
        var request = delivery.DigestId == 0
            ? RenderRequest.Of(told[0], delivery.Channel, to.Locale)
            : RenderRequest.OfDigest(delivery.Notification, delivery.Category, told, delivery.Channel, to.Locale);
        request = request with
        {
            DisplayName = to.DisplayName,
            TimeZone = to.TimeZone,
            User = delivery.User,
            Delivery = delivery.Id,
            Badge = badge,
            CanUnsubscribe = categories.Find(delivery.Category) is { Mandatory: false },
        };
        var content = renderer.Render(request);
        return content.IsOk
            ? Composed.Of(new Envelope
            {
                Delivery = delivery.Id,
                Notification = delivery.Notification,
                Attempt = Math.Max(1, delivery.Attempt),
                StartedAt = delivery.IsUnanswered ? delivery.StartedAt : null,
                User = delivery.User,
                Category = delivery.Category,
                Address = to.Address,
                AddressScope = to.Scope,
                RegisteredAt = to.RegisteredAt,
                Content = content.Value,
                CollapseKey = CollapseKey.Of(delivery),
                ExpiresAt = delivery.ExpiresAt,
                Priority = delivery.Priority,
                Locale = renderer.LocaleOf(request),
            })
            : Composed.Failed(content.Error.Code);
    }
}

/// <summary>What providers take as a collapse key: at most 64 bytes of <c>A–Z a–z 0–9 _ -</c>.</summary>
internal static class CollapseKey
{
    private const int Most = 64;

    /// <summary>The sender's key where it is of that shape, else a hash of it; the delivery's id when there is none, so that a second send of it replaces the first.</summary>
    public static string Of(Delivery delivery) => delivery.CollapseKey is not { Length: > 0 } given ? delivery.Id.ToString()
        : given.Length <= Most && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? given
        : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(given)).AsSpan(0, 16));
}

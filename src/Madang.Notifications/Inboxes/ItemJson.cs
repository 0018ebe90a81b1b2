using System.Text.Json;
using Madang.Notifications.Channels;

namespace Madang.Notifications.Inboxes;

/// <summary>Something in the in-app inbox, in the reader's language.</summary>
/// <param name="Id">The item; newer ones have greater ids.</param>
/// <param name="Data">What the sender gave for the app.</param>
/// <param name="CollapseKey">A newer item with the same key takes the place of this one.</param>
internal sealed record ItemJson(
    ItemId Id, NotificationId NotificationId, string Category, string Title, string Body, string? Url, JsonElement Data, string? CollapseKey, bool Read, DateTimeOffset CreatedAt);

/// <param name="Count">Unread, to 1,000 at most.</param>
/// <param name="Version">Grows with every change: a badge with a lower one is older.</param>
internal sealed record BadgeJson(int Count, long Version)
{
    public static BadgeJson Of(Badge badge) => new(badge.Count, badge.Version);
}

/// <summary>A list as every other, and the badge beside it.</summary>
/// <param name="Badge">Of the same moment or a little later.</param>
internal sealed record InboxPageJson(
    IReadOnlyList<ItemJson> Items,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? Next,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? Prev,
    BadgeJson Badge);

/// <summary>What is read: everything up to an item, or these.</summary>
internal sealed record ReadItemsJson(ItemId? UpTo, IReadOnlyList<ItemId>? Ids);

/// <summary>The data of <c>notification.created</c> and <c>notification.updated</c>: the item, or where it is gone its id alone.</summary>
/// <param name="Deleted">True where it was taken out of the inbox.</param>
internal sealed record ItemEntryJson(ItemId Id, bool? Deleted, ItemJson? Item, BadgeJson Badge);

/// <summary>The data of <c>notification.read</c>.</summary>
internal sealed record ReadEntryJson(ItemId? UpTo, ItemId? Id, BadgeJson Badge);

using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Notifications.Inboxes;

[JsonConverter(typeof(IdJson<ItemId>))]
internal readonly record struct ItemId(long Value) : IId<ItemId>
{
    public static ItemId From(long value) => new(value);

    public static ItemId Parse(string s, IFormatProvider? provider) => Id.Parse<ItemId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out ItemId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>Something for somebody's in-app inbox. What is told to many at once has one id for all of them.</summary>
internal readonly record struct NewItem(UserId User, ItemId Id, NotificationId Notification, string? CollapseKey);

/// <summary>What lies in one person's in-app inbox.</summary>
/// <param name="Notification">What it tells.</param>
internal sealed record InboxItem(ItemId Id, Notification Notification, bool IsRead);

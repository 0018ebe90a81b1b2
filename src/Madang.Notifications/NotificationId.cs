using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Notifications;

[JsonConverter(typeof(IdJson<NotificationId>))]
public readonly record struct NotificationId(long Value) : IId<NotificationId>
{
    public static NotificationId From(long value) => new(value);

    public static NotificationId Parse(string s, IFormatProvider? provider) => Id.Parse<NotificationId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out NotificationId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

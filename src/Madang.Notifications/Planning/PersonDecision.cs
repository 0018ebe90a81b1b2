using Madang.Api;

namespace Madang.Notifications.Planning;

/// <summary>Everything that was decided about one person, as it is kept.</summary>
/// <param name="User">The default for an address outside of every account.</param>
/// <param name="Item">The entry of the in-app inbox; 0 for none.</param>
/// <param name="Codes">One decision a line.</param>
internal sealed record PersonDecision(NotificationId Notification, UserId User, DateTimeOffset At, long Item, string Codes);

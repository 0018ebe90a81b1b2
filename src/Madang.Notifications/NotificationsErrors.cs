using Madang.Api;

namespace Madang.Notifications;

/// <summary>What Notifications refuses beyond <see cref="ApiErrors"/>.</summary>
public static class NotificationsErrors
{
    public static readonly Error CategoryNotFound = new("category_not_found", 422, "There is no category of this name.");

    public static IReadOnlyList<Error> All { get; } = [CategoryNotFound];
}

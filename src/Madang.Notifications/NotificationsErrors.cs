using Madang.Api;

namespace Madang.Notifications;

/// <summary>What Notifications refuses beyond <see cref="ApiErrors"/>.</summary>
public static class NotificationsErrors
{
    public static readonly Error CategoryNotFound = new("category_not_found", 422, "There is no category of this name.");

    public static readonly Error TooManyCategories = new("too_many_categories", 409, "There are as many categories as there may be.");

    public static readonly Error PushNotConfigured = new("push_not_configured", 404, "This server sends nothing to browsers.");

    public static IReadOnlyList<Error> All { get; } = [CategoryNotFound, TooManyCategories, PushNotConfigured];
}

using Madang.Api;
using Madang.Notifications.Categories;
using Madang.Notifications.Rendering;
using Madang.Notifications.Templates;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Accepting;

/// <summary>Everything about a notification that can be wrong is found here, before it is accepted: its fields, its category, its template and that one's variables.</summary>
internal sealed class AcceptanceCheck(
    CategoryBook categories, TemplateBook templates, Renderer renderer, Snowflake ids, TimeProvider time, IOptions<NotificationsOptions> options)
{
    public int MaxBulk => options.Value.MaxBulk;

    /// <summary>The digest of what is said, by which a repetition is told; null when it is malformed, and was so the first time.</summary>
    public long? DigestOf(NewNotification given) => NotificationRules.Check(given, MaxBulk, NotificationRules.Cut(time.GetUtcNow())) is { IsOk: true, Value: var read } ? ContentHash.Of(read) : null;

    public Result<Acceptance> Check(long sender, NewNotification given)
    {
        var now = NotificationRules.Cut(time.GetUtcNow());
        var read = NotificationRules.Check(given, MaxBulk, now);
        if (!read.IsOk)
        {
            return read.Error;
        }

        if (categories.Find(given.Category) is not { } category)
        {
            return NotificationsErrors.CategoryNotFound;
        }

        TemplateRef? pinned = given.Template is null ? null : templates.Pin(given.Template);
        if (given.Template is not null && pinned is null)
        {
            return NotificationsErrors.TemplateNotFound;
        }

        var notification = NotificationRules.AsAccepted(read.Value, new(ids.Next()), sender, pinned, category, now);
        return pinned is not null && renderer.Check(notification) is { } fault ? fault : new Acceptance(notification, ContentHash.Of(read.Value));
    }
}

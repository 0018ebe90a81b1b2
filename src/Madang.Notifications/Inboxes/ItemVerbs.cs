using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Notifications.Inboxes;

/// <summary>A person's own in-app inbox: read, mark as read, take out. Every change is told to the person's devices by an entry.</summary>
internal sealed class ItemVerbs(IInboxNotificationStore items, ItemWords words, Database database, Inbox inbox)
{
    public const int MostIds = 100;

    public async Task<(Page<ItemJson> Page, Badge Badge)> ListAsync(UserId user, bool unreadOnly, PageQuery query, CancellationToken cancellationToken)
    {
        var rows = await items.ListAsync(user, unreadOnly, query.After, query.Fetch, cancellationToken);
        var page = query.Of(rows, item => item.Id.Value);
        var badge = await items.BadgeAsync(user, cancellationToken);
        var told = await words.TellAsync(user, page.Items, cancellationToken);
        return (new([.. told.OfType<ItemJson>()], page.Next, page.Prev), badge);
    }

    /// <summary>Either everything up to an item, or up to <see cref="MostIds"/> items; what is read already, or not there, is no fault.</summary>
    public async Task<Result<Badge>> ReadAsync(UserId user, ReadItemsJson what, CancellationToken cancellationToken)
    {
        if (what.UpTo is null == what.Ids is null)
        {
            return ApiErrors.Invalid("up_to", what.Ids is null ? "required" : "invalid", "Either up_to or ids says what is read.");
        }

        if (what.Ids?.Count > MostIds)
        {
            return ApiErrors.Invalid("ids", "too_long", $"ids names {MostIds} items at most.");
        }

        await database.WriteAsync(tx => what.UpTo is { } upTo ? ReadTo(tx, user, upTo) : Read(tx, user, what.Ids!), cancellationToken: cancellationToken);
        return await items.BadgeAsync(user, cancellationToken);
    }

    /// <summary>False when it is not there.</summary>
    public Task<bool> DeleteAsync(UserId user, ItemId id, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            if (!items.Delete(tx, user, id))
            {
                return false;
            }

            inbox.Append(tx, new NewEntry(new(EntryType.NotificationUpdated, id.Value, 0), [user]));
            return true;
        },
        cancellationToken: cancellationToken);

    public Task<Badge> BadgeAsync(UserId user, CancellationToken cancellationToken) => items.BadgeAsync(user, cancellationToken);

    private bool ReadTo(WriteTx tx, UserId user, ItemId upTo)
    {
        if (!items.ReadTo(tx, user, upTo))
        {
            return false;
        }

        inbox.Append(tx, new NewEntry(new(EntryType.NotificationRead, upTo.Value, 1), [user]));
        return true;
    }

    private bool Read(WriteTx tx, UserId user, IReadOnlyList<ItemId> ids)
    {
        var read = items.Read(tx, user, [.. ids.Distinct()]);
        inbox.Append(tx, [.. read.Select(id => new NewEntry(new(EntryType.NotificationRead, id.Value, 0), [user]))]);
        return read.Count > 0;
    }
}

using Madang.Api;
using Madang.Storage;

namespace Madang.Realtime;

/// <summary>
/// Says in words what nobody has acknowledged. The module that owns the rows implements it, as it does <see cref="IEntrySource"/>; who sends it is
/// <see cref="IUnackedDoor"/>'s matter.
/// </summary>
public interface IUnackedEntries
{
    /// <summary>The types of entries that are worth a push.</summary>
    IReadOnlyCollection<EntryType> Types { get; }

    /// <summary>What to tell one person of these entries, oldest first, as they may see it now; nothing of what they have read or muted.</summary>
    Task<IReadOnlyList<UnackedNotice>> TellAsync(UserId viewer, IReadOnlyList<EntryRef> entries, CancellationToken cancellationToken);
}

/// <param name="CollapseKey">A later notice with the same key replaces this one: <c>room-7</c>.</param>
/// <param name="Path">The page of it, on this server: <c>/rooms/7</c>.</param>
/// <param name="Data">A JSON object for the app.</param>
public sealed record UnackedNotice(UserId User, string Category, string CollapseKey, string Title, string Body, string Path, string Data);

/// <summary>Sends what nobody has acknowledged, and takes it back. Notifications implements it; without it nothing is watched.</summary>
public interface IUnackedDoor
{
    /// <summary>False when there is no way to push at all: then nothing is watched either, and nothing costs anything.</summary>
    bool IsOpen { get; }

    /// <summary>Called last in a write: it appends to inboxes.</summary>
    void Push(WriteTx tx, IReadOnlyList<UnackedNotice> notices);

    /// <summary>It was read elsewhere: what waits under this key is not sent.</summary>
    void Cancel(WriteTx tx, UserId user, string collapseKey);
}

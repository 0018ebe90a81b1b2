using Madang.Api;

namespace Madang.Realtime;

/// <summary>What an entry refers to. The row it tells of is read when the entry is, for that reader.</summary>
/// <param name="Subject">The room for room and message entries; the other person for relations; the item of the in-app inbox for notifications.</param>
/// <param name="Detail">The seq of a message, the member of a membership, the read mark, 1 for everything up to an item; else 0.</param>
public readonly record struct EntryRef(EntryType Type, long Subject, long Detail);

/// <summary>One entry to write, the same for all who get it.</summary>
/// <param name="To">Who gets it, each once, at most 100.</param>
/// <param name="Live">
/// What the live path may show without reading the row again: an immutable object that the type's <see cref="IEntrySource"/> knows. Null: every reader reads the store.
/// </param>
/// <param name="NotLive">Recipients whom <paramref name="Live"/> must not be shown to (who blocked the sender): they read the store, which decides.</param>
public sealed record NewEntry(EntryRef Ref, IReadOnlyList<UserId> To, object? Live = null, IReadOnlyCollection<UserId>? NotLive = null);

/// <summary>A stored entry of one inbox.</summary>
public readonly record struct InboxEntry(long Pos, EntryRef Ref, DateTimeOffset At);

/// <summary>Entries that have just committed; a hint to this node's connections, never the truth.</summary>
/// <param name="Positions">The position in the inbox of <c>Entry.To[i]</c>.</param>
internal sealed record InboxPublication(NewEntry Entry, long[] Positions, DateTimeOffset At);

using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>Deeds, who did what to whose, and what is still to be told of it.</summary>
internal interface ITellingStore
{
    /// <summary>Writes a deed down, to be folded in later: one row that nobody waits for.</summary>
    void Note(WriteTx tx, Deed deed);

    /// <summary>Takes the oldest deeds away and hands them over.</summary>
    IReadOnlyList<Deed> Take(WriteTx tx, int limit);

    Task<bool> HasDeedsAsync(CancellationToken cancellationToken);

    /// <summary>Whether it is news: not known before, or with a newer item. What was taken back and done again is none.</summary>
    bool Add(WriteTx tx, Deed deed);

    /// <summary>Takes one actor out. Whether nobody is left of those who were there.</summary>
    bool Remove(WriteTx tx, Deed deed);

    /// <summary>Takes out whatever came of an item; the keys that nobody is left of.</summary>
    IReadOnlyList<TellingKey> RemoveItem(WriteTx tx, PostId item);

    /// <summary>Reads and locks it.</summary>
    Telling? Lock(WriteTx tx, TellingKey key);

    void Put(WriteTx tx, Telling telling);

    /// <summary>What is due, the longest waiting first.</summary>
    Task<IReadOnlyList<DueTelling>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Lets go of what nothing has happened to since <paramref name="before"/>; how many rows.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>Folds deeds into what is to be told, and says when: soon at first, then ever more seldom, so that nobody's success rings all day.</summary>
internal sealed class TellingFold(ITellingStore store)
{
    /// <summary>A background closure takes so many deeds; each may write a few rows (design: agreement 8).</summary>
    public const int Batch = 15;

    /// <summary>What comes within this time is told together from the start.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PauseStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    public void Fold(WriteTx tx, IEnumerable<Deed> deeds)
    {
        // In one order for all who write at once.
        foreach (var deed in deeds.OrderBy(deed => deed.Key.To.Value).ThenBy(deed => (int)deed.Key.Kind).ThenBy(deed => deed.Key.Subject).ThenBy(deed => deed.At))
        {
            if (deed.Gone ? store.Remove(tx, deed) : store.Add(tx, deed))
            {
                Plan(tx, deed.Key, soon: deed.Gone);
            }
        }
    }

    /// <summary>An item is gone: what it stood for is told no longer, and what told of it alone is taken back.</summary>
    public void Forget(WriteTx tx, PostId item)
    {
        foreach (var key in store.RemoveItem(tx, item))
        {
            Plan(tx, key, soon: true);
        }
    }

    /// <summary>The time at which to tell, of something that was told so often before.</summary>
    public static DateTimeOffset When(DateTimeOffset now, int told, DateTimeOffset? toldAt)
    {
        var soon = now + Gathering;
        if (toldAt is not { } last)
        {
            return soon;
        }

        var pause = TimeSpan.FromTicks(Math.Min(PauseStep.Ticks * told, LongestPause.Ticks));
        return last + pause > soon ? last + pause : soon;
    }

    /// <param name="soon">Whether it is to be taken back, which waits for no pause.</param>
    private void Plan(WriteTx tx, TellingKey key, bool soon)
    {
        var before = store.Lock(tx, key) ?? new Telling(key, 0, 0, null, null);
        var due = before.DueAt ?? When(tx.Now, before.Told, before.ToldAt);
        store.Put(tx, before with { Version = before.Version + 1, DueAt = soon && due > tx.Now + Gathering ? tx.Now + Gathering : due });
    }
}

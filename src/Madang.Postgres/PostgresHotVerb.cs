namespace Madang.Postgres;

/// <summary>
/// A write so frequent that many of it share one set-based statement. Two sessions per node carry each verb; each takes what has queued up
/// while the last statement ran, never waits for more.
/// </summary>
internal abstract class PostgresHotVerb<TItem, TResult>
{
    public const int Sessions = 2;

    public const int MaxItems = 64;

    /// <summary>The sum of <see cref="WeightOf"/> in one statement; a heavier item runs alone.</summary>
    public const int MaxWeight = 512;

    public abstract string Name { get; }

    /// <summary>
    /// Items with the same partition go to the same session, in the order they were written. A retry must have the partition of its original,
    /// or both could find its id unused.
    /// </summary>
    public abstract int PartitionOf(TItem item);

    /// <summary>About how many rows the item writes.</summary>
    public virtual int WeightOf(TItem item) => 1;

    /// <summary>
    /// Writes all items and fills <paramref name="results"/>, one for each; a refusal is a value. The same rules as for any write closure: it may
    /// run again, it touches nothing outside its transaction, it locks rows in ascending id order over the whole batch. Two items may be the same
    /// write sent twice. If it throws, every item is run alone and the fault reaches only its own caller.
    /// </summary>
    public abstract void Run(PostgresTx tx, IReadOnlyList<TItem> items, Span<TResult> results);

    internal TResult[] Run(PostgresTx tx, IReadOnlyList<TItem> items)
    {
        var results = new TResult[items.Count];
        Run(tx, items, results);
        return results;
    }
}

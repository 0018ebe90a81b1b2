namespace Madang.Sqlite;

/// <summary>
/// A write so frequent that it goes in as a typed record instead of a closure: <see cref="Run"/> sees all records of the batch at once, after the
/// batch's closures, and may keep in memory what it knows of the rows it owns. One instance a store. It keeps the rules of a closure: synchronous, may
/// run twice, touches nothing outside its transaction but its own memory.
/// </summary>
internal abstract class SqliteHotVerb<TItem, TResult>
{
    /// <summary>Measured cost of one record, in timestamp ticks, so that a batch takes only as many as fit its time.</summary>
    internal long Cost { get; set; }

    /// <summary>
    /// Runs the records in order and fills <paramref name="results"/>, one for each; a refusal is a value. If it throws, the records run again one by one,
    /// and only the one that throws by itself fails.
    /// </summary>
    public abstract void Run(SqliteTx tx, IReadOnlyList<TItem> items, Span<TResult> results);

    /// <summary>Something was rolled back: whatever is remembered of the database may never have been written. Called on the writer's thread.</summary>
    public virtual void Forget()
    {
    }
}

internal sealed class PendingHot<TItem, TResult>(SqliteHotVerb<TItem, TResult> verb, TItem item) : PendingWrite<TResult>
{
    public TItem Item => item;

    public override HotGroup Join(HotGroups groups)
    {
        var group = groups.Of(verb, static verb => new HotGroup<TItem, TResult>(verb));
        group.Add(this);
        return group;
    }

    public override void Run(SqliteTx tx)
    {
        TResult[] results = [default!];
        verb.Run(tx, [item], results);
        Result = results[0];
    }
}

/// <summary>The records of one verb in one batch.</summary>
internal abstract class HotGroup
{
    /// <summary>What the next record will probably cost.</summary>
    public abstract long Cost { get; }

    public abstract IReadOnlyList<PendingWrite> Writes { get; }

    public abstract void Run(SqliteTx tx, TimeProvider time);

    public abstract void Forget();

    public abstract void Clear();
}

internal sealed class HotGroup<TItem, TResult>(SqliteHotVerb<TItem, TResult> verb) : HotGroup
{
    private readonly List<PendingHot<TItem, TResult>> _writes = [];
    private readonly List<TItem> _items = [];

    public override long Cost => verb.Cost;

    public override IReadOnlyList<PendingWrite> Writes => _writes;

    public void Add(PendingHot<TItem, TResult> write)
    {
        _writes.Add(write);
        _items.Add(write.Item);
    }

    public override void Run(SqliteTx tx, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var results = new TResult[_items.Count];
        verb.Run(tx, _items, results);
        for (var i = 0; i < results.Length; i++)
        {
            _writes[i].Result = results[i];
        }

        // A sliding mean: one stall of the disk does not make the next batches small.
        var cost = (time.GetTimestamp() - began) / _items.Count;
        verb.Cost = verb.Cost == 0 ? cost : verb.Cost + (cost - verb.Cost) / 4;
    }

    public override void Forget() => verb.Forget();

    public override void Clear()
    {
        _writes.Clear();
        _items.Clear();
    }
}

/// <summary>The groups of a batch, and every verb that ever came.</summary>
internal sealed class HotGroups
{
    private readonly Dictionary<object, HotGroup> _known = [];

    public IEnumerable<HotGroup> InBatch => _known.Values.Where(group => group.Writes.Count > 0);

    public HotGroup<TItem, TResult> Of<TItem, TResult>(SqliteHotVerb<TItem, TResult> verb, Func<SqliteHotVerb<TItem, TResult>, HotGroup<TItem, TResult>> create)
    {
        if (!_known.TryGetValue(verb, out var group))
        {
            _known[verb] = group = create(verb);
        }

        return (HotGroup<TItem, TResult>)group;
    }

    public void Forget()
    {
        foreach (var group in _known.Values)
        {
            group.Forget();
        }
    }

    public void Clear()
    {
        foreach (var group in _known.Values)
        {
            group.Clear();
        }
    }
}

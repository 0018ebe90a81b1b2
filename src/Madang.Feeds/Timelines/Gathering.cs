namespace Madang.Feeds.Timelines;

/// <summary>
/// How both engines gather the posts of many authors. First along everybody's newest posts, as long as that costs less than one look into each author; then
/// a look into each author, no farther than what is found already reaches. Whoever follows many who write much is done in the first part, whoever follows
/// few in the second, and nobody pays more than twice the better one.
/// </summary>
internal sealed class Gathering(long[] authors, Reach reach)
{
    /// <summary>Rows that are read along in the time of one look into an author's own posts, as measured.</summary>
    private const int RowsPerLook = 6;

    private readonly List<long> _ids = [];

    // In the second part: the ids found there, the farthest from the beginning on top.
    private readonly PriorityQueue<long, long> _farthest = new();
    private int _along;

    public long[] Authors => authors;

    public Reach Reach => reach;

    /// <summary>How many of everybody's posts are worth reading along.</summary>
    public int Budget { get; } = authors.Length == 0 ? 0 : Math.Max(64, authors.Length * RowsPerLook);

    /// <summary>How many are still wanted.</summary>
    public int Missing => reach.Count - _ids.Count;

    /// <summary>Where the second part begins.</summary>
    public long From { get; private set; } = reach.From;

    /// <summary>One of everybody's posts, in order. False when no more need be read.</summary>
    public bool Along(long id, long author)
    {
        From = id;
        _along++;
        if (ViewerGraph.Holds(authors, author))
        {
            _ids.Add(id);
        }

        return Missing > 0 && _along < Budget;
    }

    /// <summary>Everybody's posts ended before the budget did.</summary>
    public Slice AtEnd() => Slice.Of(_ids, reach);

    /// <summary>Whether the first part found all that is wanted.</summary>
    public bool IsDone => Missing == 0;

    /// <summary>Beyond this an author's post is no longer wanted.</summary>
    public long Limit => _farthest.Count < Missing ? reach.Up ? long.MaxValue : 0 : _farthest.Peek();

    /// <summary>A post of one author. False when this author's next ones are of no use.</summary>
    public bool Take(long id)
    {
        if (_farthest.Count < Missing)
        {
            _farthest.Enqueue(id, reach.Up ? -id : id);
            return true;
        }

        if (reach.Up ? id >= _farthest.Peek() : id <= _farthest.Peek())
        {
            return false;
        }

        _farthest.EnqueueDequeue(id, reach.Up ? -id : id);
        return true;
    }

    public Slice Finish()
    {
        var rest = _farthest.UnorderedItems.Select(item => item.Element);
        _ids.AddRange(reach.Up ? rest.Order() : rest.OrderDescending());
        return Slice.Of(_ids, reach);
    }
}

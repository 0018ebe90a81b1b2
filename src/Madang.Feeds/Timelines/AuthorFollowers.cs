namespace Madang.Feeds.Timelines;

/// <summary>One author's warm followers in one shard, and what they wait for.</summary>
internal sealed class AuthorFollowers(long id)
{
    public long Id => id;

    public SlotList Slots { get; } = new();

    public Queue<Walk>?[] Waiting { get; } = new Queue<Walk>?[2];

    public bool IsPulled { get; set; }

    /// <summary>The generation in which the author was last pushed again: rings that were aimed before lack what was written while they were pulled.</summary>
    public int ReleasedAt { get; set; }

    // A field: it is changed in place.
    public Frequency Posts;

    public void Wait(int lane, Walk walk, Queue<AuthorFollowers>[] lanes)
    {
        var waiting = Waiting[lane] ??= new();
        waiting.Enqueue(walk);
        Slots.BeginWalk();
        if (waiting.Count == 1)
        {
            lanes[lane].Enqueue(this);
        }
    }
}

/// <summary>One post's way along its author's followers.</summary>
/// <param name="tellsOnly">It goes into no ring: those who are here are told.</param>
/// <param name="onlyThoseHere">More followers than fit into one turn: first round those who are here, second round everybody.</param>
internal sealed class Walk(FreshPost post, bool tellsOnly, bool onlyThoseHere)
{
    public FreshPost Post => post;

    public bool TellsOnly => tellsOnly;

    public int Place { get; set; }

    /// <summary>The first of two rounds.</summary>
    public bool OnlyThoseHere { get; set; } = onlyThoseHere;
}

namespace Madang.Feeds.Timelines;

/// <summary>One author's warm followers in one shard, and what they wait for.</summary>
internal sealed class AuthorFollowers(long id)
{
    public long Id => id;

    public SlotList Slots { get; } = new();

    /// <summary>By line of <see cref="TurnLines"/>, which alone changes it.</summary>
    public Queue<Walk>?[] Waiting { get; } = new Queue<Walk>?[2];

    public bool Waits => Waiting[0] is { Count: > 0 } || Waiting[1] is { Count: > 0 };

    public bool IsPulled { get; set; }

    /// <summary>The generation in which the author was last pushed again: rings that were aimed before lack what was written while they were pulled.</summary>
    public int ReleasedAt { get; set; }

    // A field: it is changed in place.
    public Frequency Posts;
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

using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines.Keeping;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Part of the warm readers with the authors whom they read. Whoever holds its gate is its single writer: the fan-out for one turn at a time, a reader who
/// comes, goes or follows somebody else. Each author has a turn of at most <see cref="TurnFollowers"/> followers and then stands at the end of the line, so
/// that somebody with a million of them delays everybody else by a turn; what is new goes before edits, who is here before who is not.
/// </summary>
internal sealed class Shard(PendingPosts pending, HybridPolicy policy, int ringEntries, TimeProvider time)
{
    public const int TurnFollowers = 1000;

    /// <summary>Posts on their way along followers; with more of them no further ones are taken in line.</summary>
    private const int MostInLine = 50_000;

    /// <summary>With more of them nobody is told of posts that go into no ring: signals may be lost, and the next look shows what they tell.</summary>
    private const int MostTelling = 5_000;

    /// <summary>Rings that are looked at together.</summary>
    private const int AtATime = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, AuthorFollowers> _authors = [];
    private readonly TurnLines _lines = new();
    private readonly ReaderSlots _readers = new();
    private readonly PulledAuthors _pulled = new();
    private Frequency _views;

    /// <summary>Ids put into rings since the start, those that were there already not counted.</summary>
    public long Deliveries { get; private set; }

    public int Count => _readers.Count;

    public int Authors => _authors.Count;

    /// <summary>Changes whenever an author begins or ends to be pulled.</summary>
    public int Generation => _pulled.Generation;

    /// <summary>Authors whose posts are not put into rings, ascending. Replaced as a whole; read it after <see cref="PendingPosts.First"/>.</summary>
    public long[] Pulled => _pulled.Ids;

    /// <summary>Whether another post can be taken in line.</summary>
    public bool HasRoom => _lines.Walks < MostInLine;

    public bool HasTurns => _lines.HasTurns;

    /// <summary>A reader whose ring takes everything in from now on, and is filled by a pull that begins afterwards.</summary>
    public WarmReader Add(ViewerGraph graph)
    {
        lock (_gate)
        {
            var reader = new WarmReader(graph.Viewer, _readers.Take(), new Ring(ringEntries), _pulled.AimAt(Aim.SourcesOf(graph), graph.Epoch));
            foreach (var author in reader.Aim.Sources)
            {
                Join(author, reader.Slot);
            }

            _readers.Seat(reader);
            return reader;
        }
    }

    /// <summary>
    /// Aims a reader at another graph, and at who is pulled now. The ring is no longer ready when somebody comes into it who was not before: who is newly
    /// followed, or pushed again. False when the reader is gone.
    /// </summary>
    public bool Retarget(WarmReader reader, ViewerGraph graph)
    {
        lock (_gate)
        {
            if (reader.IsGone)
            {
                return false;
            }

            var before = reader.Aim;
            var sources = before.Epoch == graph.Epoch ? before.Sources : Aim.SourcesOf(graph);
            if (!ReferenceEquals(sources, before.Sources))
            {
                Move(reader.Slot, before.Sources, sources);
            }

            var aim = _pulled.AimAt(sources, graph.Epoch);
            // Not ready first: who takes the new aim must not take the ring for complete.
            reader.IsReady &= !_pulled.Lacks(before, aim, author => _authors[author].ReleasedAt);
            reader.Aim = aim;
            return true;
        }
    }

    private void Move(int slot, long[] before, long[] after)
    {
        foreach (var author in before)
        {
            if (!ViewerGraph.Holds(after, author))
            {
                Leave(author, slot);
            }
        }

        foreach (var author in after)
        {
            if (!ViewerGraph.Holds(before, author))
            {
                Join(author, slot);
            }
        }
    }

    /// <summary>Takes in what was pulled for a reader.</summary>
    public void Merge(WarmReader reader, ReadOnlySpan<long> ids, long completeTo)
    {
        lock (_gate)
        {
            reader.Ring.Merge(ids, completeTo);
        }
    }

    public void Remove(WarmReader reader)
    {
        lock (_gate)
        {
            if (reader.IsGone)
            {
                return;
            }

            reader.IsGone = true;
            foreach (var author in reader.Aim.Sources)
            {
                Leave(author, reader.Slot);
            }

            _readers.Leave(reader.Slot);
        }
    }

    /// <summary>What a reader's ring holds, its newest ids, for a node that ends. Null when it is being filled, or lacks somebody who is pushed again.</summary>
    public KeptRing? Keep(WarmReader reader)
    {
        Span<long> newest = stackalloc long[KeptFile.MostIds];
        lock (_gate)
        {
            var before = reader.Aim;
            var aim = _pulled.AimAt(before.Sources, before.Epoch);
            if (reader.IsGone || !reader.IsReady || _pulled.Lacks(before, aim, author => _authors[author].ReleasedAt))
            {
                return null;
            }

            newest = newest[..reader.Ring.CopyBelow(long.MaxValue, newest, out var completeTo)];
            newest.Reverse();
            return new KeptRing(reader.User, KeptRing.DigestOf(aim.Sources), aim.Pulled, completeTo, newest.ToArray());
        }
    }

    /// <summary>Somebody looked at their timeline.</summary>
    public void Saw(WarmReader reader, long now)
    {
        reader.ReadAt = now;
        _readers.Came(reader.Slot);
        _views.Add(now);
    }

    /// <summary>Those who have not read since <paramref name="since"/> are no longer served first and told, unless they are connected.</summary>
    public void Forget(long since, Predicate<UserId> isConnected)
    {
        lock (_gate)
        {
            _readers.Forget(since, isConnected);
        }
    }

    /// <summary>A snapshot of who is here, for sweeps and audits.</summary>
    public IReadOnlyList<WarmReader> Readers()
    {
        lock (_gate)
        {
            return _readers.All();
        }
    }

    /// <summary>Takes a post in line behind what its author did before.</summary>
    public void Accept(FreshPost post)
    {
        lock (_gate)
        {
            if (!_authors.TryGetValue(post.Author, out var author))
            {
                pending.Done(post);
                return;
            }

            var now = Now();
            if (post.Op == PostOp.Created)
            {
                author.Posts.Add(now);
            }

            Judge(author, TimeSpan.Zero, now);
            // What is pulled, or is for no follower, or is gone, goes into no ring.
            var tellsOnly = author.IsPulled || post.IsDirect || post.Facts.State != PostState.Live;
            if (tellsOnly)
            {
                pending.Done(post);
            }

            if (post.IsDirect || (tellsOnly && _lines.Walks >= MostTelling))
            {
                return;
            }

            _lines.Add(author, new Walk(post, tellsOnly, author.Slots.Count > TurnFollowers));
        }
    }

    /// <summary>Puts one id into one ring, as of a post that was written to this reader.</summary>
    public void Give(WarmReader reader, long id)
    {
        lock (_gate)
        {
            if (!reader.IsGone && reader.Ring.Insert(id))
            {
                Deliveries++;
            }
        }
    }

    /// <summary>
    /// One turn of the author who stands first. Who is served is added to <paramref name="told"/> when they may want to hear of it. True when the post is
    /// in every ring now.
    /// </summary>
    public bool Turn(List<UserId> told, out FreshPost? served)
    {
        lock (_gate)
        {
            var isThere = false;
            served = null;
            if (_lines.Next() is not var (author, walk, line))
            {
                return false;
            }

            served = walk.Post;
            if (Walk(author, walk, told))
            {
                _lines.End(author, line);
                if (!walk.TellsOnly)
                {
                    isThere = pending.Done(walk.Post);
                    Judge(author, time.GetElapsedTime(walk.Post.At), Now());
                }
            }

            if (!_lines.GoOn(author, line))
            {
                LeaveIfEmpty(author);
            }

            return isThere;
        }
    }

    /// <summary>Gives up what is in line and every ring: each reader begins anew. For when more is in line than may be.</summary>
    public IReadOnlyList<WarmReader> Drop()
    {
        lock (_gate)
        {
            IReadOnlyList<WarmReader> all = Readers();
            foreach (var author in _authors.Values.ToArray())
            {
                GiveUp(author);
            }

            foreach (var reader in all)
            {
                Remove(reader);
            }

            return all;
        }
    }

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Serves up to <see cref="TurnFollowers"/> followers. Whether all are served.</summary>
    private bool Walk(AuthorFollowers author, Walk walk, List<UserId> told)
    {
        var places = author.Slots.Places;
        var (id, changes, served) = (walk.Post.Id, walk.Post.Op != PostOp.Created, 0);
        // Those who are here first, when they do not all fit into one turn; then everybody, since who was away may have come.
        var onlyHere = walk.TellsOnly || walk.OnlyThoseHere;
        Span<int> next = stackalloc int[AtATime];
        while (served < TurnFollowers && walk.Place < places.Length)
        {
            var count = 0;
            while (count < AtATime && walk.Place < places.Length)
            {
                var slot = places[walk.Place++];
                if (slot != SlotList.Hole && (!onlyHere || _readers.IsHere(slot)))
                {
                    next[count++] = slot;
                }
                else if (walk.Place % 32 == 0 && ++served >= TurnFollowers)
                {
                    // A glance costs a fraction of an insert.
                    break;
                }
            }

            served += count;
            Deliveries += _readers.Serve(walk.TellsOnly ? null : id, next[..count], walk.TellsOnly || changes, told);
        }

        if (walk.Place < places.Length)
        {
            return false;
        }

        if (onlyHere && !walk.TellsOnly)
        {
            (walk.OnlyThoseHere, walk.Place) = (false, 0);
            return false;
        }

        return true;
    }

    private void Judge(AuthorFollowers author, TimeSpan wait, long now)
    {
        var views = _views.At(now) / Math.Max(1, Count);
        var posts = author.Posts.At(now);
        var load = new AuthorLoad(author.Slots.Count, wait, posts, posts / Math.Max(views, 1));
        var pulls = policy.Pulls(author.IsPulled, load);
        if (pulls == author.IsPulled)
        {
            return;
        }

        author.IsPulled = pulls;
        if (pulls)
        {
            _pulled.Add(author.Id);
            GiveUp(author);
            return;
        }

        author.ReleasedAt = _pulled.Release(author.Id);
    }

    private void GiveUp(AuthorFollowers author)
    {
        foreach (var walk in _lines.GiveUp(author))
        {
            if (!walk.TellsOnly)
            {
                pending.Done(walk.Post);
            }
        }
    }

    private void Join(long author, int slot)
    {
        if (!_authors.TryGetValue(author, out var followers))
        {
            _authors[author] = followers = new AuthorFollowers(author);
        }

        followers.Slots.Add(slot);
    }

    private void Leave(long author, int slot)
    {
        if (_authors.TryGetValue(author, out var followers))
        {
            followers.Slots.Remove(slot);
            LeaveIfEmpty(followers);
        }
    }

    private void LeaveIfEmpty(AuthorFollowers author)
    {
        if (author.Slots.Count == 0 && !author.Waits)
        {
            _authors.Remove(author.Id);
            if (author.IsPulled)
            {
                _pulled.Forget(author.Id);
            }
        }
    }
}

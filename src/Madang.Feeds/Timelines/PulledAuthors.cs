namespace Madang.Feeds.Timelines;

/// <summary>
/// Authors of a shard whose posts are looked up when somebody reads, and who of them is pushed again since when. One writer, its shard's gate; the list and the
/// generation are read by anybody.
/// </summary>
internal sealed class PulledAuthors
{
    private const int MostReleases = 1024;

    // The latest last, complete for what came after a generation.
    private readonly List<(long Author, int Generation)> _releases = [];
    private int _releasesFrom;
    private long[] _ids = [];
    private int _generation;

    /// <summary>Ascending; replaced as a whole.</summary>
    public long[] Ids => Volatile.Read(ref _ids);

    /// <summary>Changes whenever an author begins or ends to be pulled.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public void Add(long author)
    {
        var ids = _ids.ToList();
        ids.Insert(~ids.BinarySearch(author), author);
        Change([.. ids]);
    }

    /// <summary>From now on the author's posts are put into rings again: the generation since when.</summary>
    public int Release(long author)
    {
        Change([.. _ids.Where(other => other != author)]);
        _releases.Add((author, _generation));
        if (_releases.Count > MostReleases)
        {
            _releasesFrom = _releases[MostReleases / 2].Generation;
            _releases.RemoveRange(0, (MostReleases / 2) + 1);
        }

        return _generation;
    }

    /// <summary>Nobody reads this author any more.</summary>
    public void Forget(long author) => Volatile.Write(ref _ids, [.. _ids.Where(other => other != author)]);

    /// <summary>What a reader with these sources looks for from now on.</summary>
    public Aim AimAt(long[] sources, long epoch)
    {
        var (few, many) = sources.Length < _ids.Length ? (sources, _ids) : (_ids, sources);
        return new(sources, epoch, [.. few.Where(author => ViewerGraph.Holds(many, author))], _generation);
    }

    /// <summary>Whether somebody is put into the ring by the new aim who was not all the time since the one before.</summary>
    /// <param name="releasedAt">The generation since when a source is pushed again; 0 for always.</param>
    public bool Lacks(Aim before, Aim aim, Func<long, int> releasedAt)
    {
        if (!ReferenceEquals(aim.Sources, before.Sources) || before.Generation < _releasesFrom)
        {
            return !aim.Sources.All(author => ViewerGraph.Holds(aim.Pulled, author)
                || (ViewerGraph.Holds(before.Sources, author) && releasedAt(author) <= before.Generation));
        }

        // The usual case: somebody began or ended to be pulled, and each of their followers comes here once for it.
        for (var i = _releases.Count - 1; i >= 0 && _releases[i].Generation > before.Generation; i--)
        {
            if (ViewerGraph.Holds(aim.Sources, _releases[i].Author) && !ViewerGraph.Holds(aim.Pulled, _releases[i].Author))
            {
                return true;
            }
        }

        return false;
    }

    // First the list, then what depends on it: a reader who no longer finds a post pending finds its author here.
    private void Change(long[] ids)
    {
        Volatile.Write(ref _ids, ids);
        Volatile.Write(ref _generation, _generation + 1);
    }
}

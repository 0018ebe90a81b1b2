using Madang.Api;

namespace Madang.Feeds.Timelines.Keeping;

/// <summary>
/// What this node's timelines were before it was stopped, for those who come back: a reader's ring of then, and whatever happened since to posts, whoever wrote
/// them. It notes what it hears from the beginning of the process on; what lies between the stop and the beginning comes out of the log. A ring is handed out once
/// and only to a reader whose timeline is made of the same people as then: which posts a page shows is decided when it is read, as for every other ring.
/// </summary>
internal sealed class KeptTimelines
{
    /// <summary>When more has happened, rings are filled from the database: to look through it would not be quicker.</summary>
    public const int MostSince = 20_000;

    /// <summary>After so long, who has not come back begins anew.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private (long Author, long Post)[] _since = new (long, long)[256];
    private int _count;
    private bool _mayLackDirect;
    private KeptFile? _file;
    private bool[] _taken = [];
    private bool _isClosed;

    /// <summary>Nothing comes out of it any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Rings that wait for their reader.</summary>
    public int Count { get; private set; }

    /// <summary>A post that stands was written or changed. The same may be told twice.</summary>
    /// <param name="mayBeDirect">Whom it was written to is to be asked for.</param>
    public void Heard(long author, long post, bool mayBeDirect)
    {
        if (IsClosed)
        {
            return;
        }

        lock (_gate)
        {
            if (_count == MostSince)
            {
                CloseInside();
                return;
            }

            if (_count == _since.Length)
            {
                // Who looks through the old one sees in it all that it saw before.
                Array.Resize(ref _since, Math.Min(MostSince, _count * 2));
            }

            _since[_count++] = (author, post);
            _mayLackDirect |= mayBeDirect;
        }
    }

    /// <summary>From now on rings are handed out: everything since where the file stands has been heard, or will be before its writer is answered.</summary>
    public void Open(KeptFile file)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                (_file, _taken, Count) = (file, new bool[file.Count], file.Count);
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            CloseInside();
        }
    }

    /// <summary>
    /// What a reader's ring is filled with who was put into the shard before this call, with this aim. Null when nothing was kept, or it was made of other people.
    /// </summary>
    public KeptTimeline? Take(UserId user, Aim aim)
    {
        KeptFile? file;
        int place;
        (long Author, long Post)[] since;
        int count;
        bool mayLackDirect;
        lock (_gate)
        {
            file = _file;
            place = file?.PlaceOf(user) ?? -1;
            if (place < 0 || _taken[place])
            {
                return null;
            }

            _taken[place] = true;
            (since, count, mayLackDirect) = (_since, _count, _mayLackDirect);
            if (--Count == 0)
            {
                CloseInside();
            }
        }

        if (file!.At(place) is not { } ring || ring.Sources != KeptRing.DigestOf(aim.Sources))
        {
            return null;
        }

        List<long> ids = [.. ring.Ids];
        foreach (var (author, post) in since.AsSpan(0, count))
        {
            // Of who is looked up in their own log too much here does no harm.
            if (ViewerGraph.Holds(aim.Sources, author))
            {
                ids.Add(post);
            }
        }

        return new KeptTimeline([.. ids], ring.Floor, [.. ring.Pulled.Where(author => !ViewerGraph.Holds(aim.Pulled, author))], mayLackDirect);
    }

    private void CloseInside()
    {
        (_file, _taken, _since, _count, Count) = (null, [], [], 0, 0);
        Volatile.Write(ref _isClosed, true);
    }
}

/// <param name="Ids">In no order.</param>
/// <param name="CompleteTo">As <see cref="Slice.CompleteTo"/>, for everybody but <paramref name="Lacking"/>.</param>
/// <param name="Lacking">Whose posts are to be pulled beside.</param>
/// <param name="MayLackDirect">What was written to the reader is to be asked for.</param>
internal sealed record KeptTimeline(long[] Ids, long CompleteTo, long[] Lacking, bool MayLackDirect);

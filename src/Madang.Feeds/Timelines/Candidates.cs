using System.Buffers;
using System.Runtime.InteropServices;

namespace Madang.Feeds.Timelines;

/// <summary>
/// Ids that may belong into a feed, newest first or oldest first, from wherever they are had most cheaply: the reader's ring and what is pending, the logs of
/// authors who are pulled, followed tags, and the database below all that. It leaves nothing out; what does not belong is left out by who asks.
/// </summary>
internal sealed class Candidates(WarmTimelines timelines, AuthorLogs logs, ITimelineStore store)
{
    /// <param name="reach">Where to go on; its count is how many are wanted of each source.</param>
    public async ValueTask<Found> OfAsync(ViewerGraph graph, FeedSources sources, Reach reach, long seen, CancellationToken cancellationToken)
    {
        Found found;
        if (sources.IsHome)
        {
            found = (reach.Up ? null : await FromMemoryAsync(graph, reach, cancellationToken)) ?? await FromDatabaseAsync(graph, reach, cancellationToken);
            if (seen != 0)
            {
                found.Add([seen], reach.Up ? long.MaxValue : 0);
            }
        }
        else
        {
            found = new Found(reach, true);
            if (sources.Members.Length > 0)
            {
                found.Add(await store.OfAuthorsAsync(sources.Members, reach, cancellationToken));
            }
        }

        if (sources.Tags.Length > 0)
        {
            found.AddTagged(await store.OfTagsAsync(sources.Tags, reach, cancellationToken));
        }

        return found;
    }

    private async ValueTask<Found> FromDatabaseAsync(ViewerGraph graph, Reach reach, CancellationToken cancellationToken)
    {
        var found = new Found(reach, true);
        found.Add(await store.OfAuthorsAsync(Aim.SourcesOf(graph), reach, cancellationToken));
        found.Add(await store.DirectAsync(graph.Viewer, reach, cancellationToken));
        return found;
    }

    /// <summary>The ring and what stands beside it. Null when the page begins below all that, or the reader is not warm.</summary>
    private async ValueTask<Found?> FromMemoryAsync(ViewerGraph graph, Reach reach, CancellationToken cancellationToken)
    {
        // What is pending first, the ring afterwards: what moves from here to there meanwhile is seen in one of them.
        var found = new Found(reach, false);
        AddPending(found, graph, reach.From);
        if (await timelines.OfAsync(graph, cancellationToken) is not { } reader)
        {
            return null;
        }

        var aim = reader.Aim;
        var ids = ArrayPool<long>.Shared.Rent(reach.Count);
        try
        {
            found.Add(ids.AsSpan(0, reader.Ring.CopyBelow(reach.From, ids.AsSpan(0, reach.Count), out var completeTo)), completeTo);
            var now = aim.Pulled.Length == 0 ? 0 : logs.Now;
            foreach (var author in aim.Pulled)
            {
                if (found.CompleteTo >= reach.From)
                {
                    return null;
                }

                // Most logs end above where the page does already: a look at their newest id is all they cost.
                var log = await logs.OfAsync(author, now, cancellationToken);
                found.Add(ids.AsSpan(0, log.CopyBetween(found.CompleteTo, reach.From, ids.AsSpan(0, reach.Count), out completeTo)), completeTo);
                found.Trim();
            }

            // What begins above where the page does has nothing to say about it.
            return found.CompleteTo < reach.From && aim.Epoch == graph.Epoch ? found : null;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(ids);
        }
    }

    /// <summary>What is not in every ring yet and may be for this reader.</summary>
    private void AddPending(Found found, ViewerGraph graph, long below)
    {
        if (timelines.Pending.Count == 0)
        {
            return;
        }

        for (var post = timelines.Pending.First; post is not null; post = post.Next)
        {
            if (!post.IsDone && post.Id < below && (post.IsDirect || post.Author == graph.Viewer.Value || ViewerGraph.Holds(graph.Followees, post.Author)))
            {
                found.Add([post.Id], 0);
            }
        }
    }
}

/// <summary>What a feed is made of, for one reader now.</summary>
/// <param name="Members">Of a list.</param>
/// <param name="Tags">Followed ones in the home feed, or the one that is looked at.</param>
internal sealed record FeedSources(bool IsHome, long[] Members, string[] Tags);

/// <summary>Slices of several sources on their way to one: all ids, each once, as far as every source is complete.</summary>
internal sealed class Found(Reach reach, bool isFromDatabase)
{
    private const int TrimLate = 32;

    private readonly List<long> _ids = [];
    private HashSet<long>? _tagged;

    /// <summary>As <see cref="Slice.CompleteTo"/>.</summary>
    public long CompleteTo { get; private set; } = reach.Up ? long.MaxValue : 0;

    public bool IsFromDatabase => isFromDatabase;

    public void Add(in Slice slice)
    {
        _ids.AddRange(slice.Ids);
        Limit(slice.CompleteTo);
    }

    public void Add(ReadOnlySpan<long> ids, long completeTo)
    {
        _ids.AddRange(ids);
        Limit(completeTo);
    }

    /// <summary>Lets go of what lies beyond as many ids as are wanted, once it has become much: what comes next need not reach farther.</summary>
    public void Trim()
    {
        if (_ids.Count < 2 * reach.Count + TrimLate)
        {
            return;
        }

        _ids.Sort();
        var ids = CollectionsMarshal.AsSpan(_ids);
        var (kept, last) = (0, ids.Length);
        while (last > 0 && kept < reach.Count)
        {
            last--;
            kept += last + 1 == ids.Length || ids[last] != ids[last + 1] ? 1 : 0;
        }

        if (last > 0)
        {
            Limit(ids[last]);
            _ids.RemoveRange(0, last);
        }
    }

    public void AddTagged(in Slice slice)
    {
        Add(slice);
        (_tagged ??= []).UnionWith(slice.Ids);
    }

    public bool IsTagged(long id) => _tagged?.Contains(id) == true;

    /// <summary>In the order of the reach, within <paramref name="above"/> and <paramref name="below"/>.</summary>
    public List<PostId> Between(long above, long below)
    {
        _ids.Sort();
        var ids = new List<PostId>(_ids.Count);
        long last = -1;
        for (var i = 0; i < _ids.Count; i++)
        {
            var id = reach.Up ? _ids[i] : _ids[^(i + 1)];
            if (id != last && id > above && id < below && (reach.Up ? id <= CompleteTo : id >= CompleteTo))
            {
                ids.Add(new PostId(id));
            }

            last = id;
        }

        return ids;
    }

    private void Limit(long completeTo) => CompleteTo = reach.Up ? Math.Min(CompleteTo, completeTo) : Math.Max(CompleteTo, completeTo);
}

using Madang.Api;
using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>A page while it is filled.</summary>
internal sealed class PageInMaking(ViewerGraph graph, FeedQuery query, FeedSources sources)
{
    private readonly List<SeenPost> _posts = new(query.Limit);
    private readonly Dictionary<PostId, SeenPost> _shown = new(query.Limit);
    private readonly Dictionary<PostId, List<UserId>> _also = [];
    private bool _usedDatabase;
    private bool _usedMemory;
    private bool _isAtEnd;
    private bool _isCutShort;

    // The last id that was decided on: shown, or left out because it is another share of what is shown.
    private long _last;

    public ViewerGraph Graph => graph;

    public FeedQuery Query => query;

    public FeedSources Sources => sources;

    /// <summary>Where the next round begins.</summary>
    public long From { get; private set; } = query.Up ? query.Above : query.Below;

    public int Rounds { get; set; }

    public int Missing => query.Limit - _posts.Count;

    public bool IsDone => Missing == 0 || _isAtEnd || _isCutShort;

    /// <summary>What the database said when it said something else than the graph.</summary>
    public long EpochNow { get; set; }

    public string Source => _usedDatabase ? _usedMemory ? "mixed" : "database" : "memory";

    public bool Belongs(in PostFacts post, Found found) =>
        FeedRule.Shows(post, graph) && (sources.IsHome
            ? FeedRule.IsHome(post, graph) || (post.Audience == Audience.Public && found.IsTagged(post.Id.Value))
            : found.IsTagged(post.Id.Value) || ViewerGraph.Holds(sources.Members, post.Author.Value));

    /// <summary>Adds it, unless the page shows the same post already: passed on by somebody else, or itself. A share with words of its own is a post of its own.</summary>
    public void Add(SeenPost post)
    {
        _last = post.Facts.Id.Value;
        var said = post.Says.Id;
        if (_shown.TryGetValue(said, out var shown))
        {
            if (post.Facts.IsPlainShare)
            {
                if (!_also.TryGetValue(shown.Facts.Id, out var others))
                {
                    _also[shown.Facts.Id] = others = [];
                }

                others.Add(post.Facts.Author);
            }

            return;
        }

        _shown[said] = post;
        _posts.Add(post);
    }

    /// <param name="lastCandidate">The last id that this round looked at.</param>
    public void WentTo(Found found, long lastCandidate, bool isLong)
    {
        (_usedDatabase, _usedMemory) = (_usedDatabase | found.IsFromDatabase, _usedMemory | !found.IsFromDatabase);
        From = found.CompleteTo;
        var nothingFollows = query.Up ? From >= query.Below - 1 : From <= query.Above + 1;
        _isAtEnd = nothingFollows && (Missing > 0 || lastCandidate == _last);
        _isCutShort = !nothingFollows && isLong;
    }

    public FeedPage Finish()
    {
        // A full page goes on behind its last post, one that was cut short behind what was looked at.
        var next = _isAtEnd ? null : query.After(Missing == 0 ? _last : From);
        var prev = query.Back(_posts.Count > 0 ? _posts[0].Facts.Id.Value : query.Up || query.Below == long.MaxValue ? query.Above : query.Below);
        if (query.Up == query.OldestFirst)
        {
            return new FeedPage(_posts, _also, next, prev, query.HasGap ? next : null);
        }

        // Read one way and shown the other: what was read last is shown first, and there is a way on from it wherever the end is now.
        _posts.Reverse();
        return new FeedPage(_posts, _also, prev, next ?? query.After(_posts.Count > 0 ? _last : query.Up ? query.Above : query.Below), null);
    }
}

namespace Madang.Feeds;

/// <summary>Whether one viewer may see one post now, and if not, why. The reasons are what explain says, in wire names.</summary>
internal enum Sight
{
    Visible,
    Deleted,
    Hidden,
    AuthorGone,
    Blocked,
    NotFollower,
    NotFriend,
    NotOnList,
    NotAddressed,

    /// <summary>Of timelines only: elsewhere a muted author is seen.</summary>
    Muted,

    /// <summary>Of timelines only.</summary>
    ShareUnwanted,
}

/// <summary>The one rule of who sees what. Pure: everything it decides by was read from the database for this very question.</summary>
internal static class Visibility
{
    /// <summary>Anywhere: a post by its address, a profile, a thread, a search. A share is visible when both it and what it shares are: ask twice.</summary>
    /// <param name="graph">Null for who is not signed in: public posts alone.</param>
    public static Sight Of(in PostFacts post, ViewerGraph? graph)
    {
        if (post.State == PostState.Deleted)
        {
            return Sight.Deleted;
        }

        var own = graph is not null && post.Author == graph.Viewer;
        if (post.AuthorGone)
        {
            return Sight.AuthorGone;
        }

        if (own)
        {
            return Sight.Visible;
        }

        if (post.State == PostState.Hidden)
        {
            return Sight.Hidden;
        }

        if (graph is null)
        {
            return post.Audience == Audience.Public ? Sight.Visible : Sight.NotFollower;
        }

        var author = post.Author.Value;
        if (ViewerGraph.Holds(graph.Blocked, author))
        {
            return Sight.Blocked;
        }

        return post.Audience switch
        {
            Audience.Public => Sight.Visible,
            _ when post.Addressed => Sight.Visible,
            Audience.Followers => ViewerGraph.Holds(graph.Follows, author) ? Sight.Visible : Sight.NotFollower,
            Audience.Friends => ViewerGraph.Holds(graph.Friends, author) ? Sight.Visible : Sight.NotFriend,
            Audience.List => ViewerGraph.Holds(graph.OnLists, post.List) ? Sight.Visible : Sight.NotOnList,
            _ => Sight.NotAddressed,
        };
    }

    /// <summary>In a timeline: what may be seen at all, less what the viewer does not want.</summary>
    public static Sight InTimeline(in PostFacts post, ViewerGraph graph)
    {
        var sight = Of(post, graph);
        if (sight != Sight.Visible || post.Author == graph.Viewer)
        {
            return sight;
        }

        if (ViewerGraph.Holds(graph.Muted, post.Author.Value))
        {
            return Sight.Muted;
        }

        return post.ShareOf.Value != 0 && ViewerGraph.Holds(graph.WithoutShares, post.Author.Value) ? Sight.ShareUnwanted : Sight.Visible;
    }
}

namespace Madang.Feeds.Explaining;

/// <summary>How a post comes into its reader's home feed, in wire names.</summary>
internal static class FeedWays
{
    /// <param name="isTagged">It bears a tag that the reader follows.</param>
    public static IReadOnlyList<string> Of(in PostFacts post, ViewerGraph graph, bool isTagged)
    {
        var by = new List<string>();
        var author = post.Author.Value;
        if (post.Author == graph.Viewer)
        {
            by.Add("own");
        }

        if (ViewerGraph.Holds(graph.Followees, author))
        {
            if (ViewerGraph.Holds(graph.Follows, author))
            {
                by.Add("followee");
            }

            if (ViewerGraph.Holds(graph.Friends, author))
            {
                by.Add("friend");
            }
        }

        if (post.Audience == Audience.Direct && post.Addressed)
        {
            by.Add("direct");
        }

        if (post.Audience == Audience.Public && isTagged)
        {
            by.Add("tag");
        }

        return by;
    }
}

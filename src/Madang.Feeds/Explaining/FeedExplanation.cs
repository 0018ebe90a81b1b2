using System.Text.Json.Serialization;
using Madang.Api;
using Madang.Feeds.Ranking;

namespace Madang.Feeds.Explaining;

/// <summary>Why a post is in somebody's home feed, or why not. The codes are stable.</summary>
/// <param name="By">How it comes into the feed: own, followee, friend, direct, tag. Empty when nothing brings it there.</param>
/// <param name="Without">What keeps it out: <see cref="ExplainCodes"/>.</param>
/// <param name="Place">Where its id is kept now: ring, pending, author_log, database.</param>
public sealed record FeedExplanation(
    PostId PostId, UserId UserId, bool InFeed, IReadOnlyList<string> By, IReadOnlyList<string> Without, string Place)
{
    /// <summary>Of a warm reader: whether the author is pushed or pulled for them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delivery { get; init; }

    /// <summary>Of a post in your feed: what its score is made of, by each ranker.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PostRanking>? Rankings { get; init; }
}

/// <summary>What keeps a post out of a feed, in wire names.</summary>
internal static class ExplainCodes
{
    public const string NotFollowed = "not_followed";
    public const string OnExclusiveList = "on_exclusive_list";
    public const string Comment = "comment";
    public const string SharedPrefix = "shared_";

    public static string Of(Sight sight) => sight switch
    {
        Sight.Deleted => "deleted",
        Sight.Hidden => "hidden",
        Sight.AuthorGone => "author_gone",
        Sight.Blocked => "blocked",
        Sight.NotFollower => "not_follower",
        Sight.NotFriend => "not_friend",
        Sight.NotOnList => "not_on_list",
        Sight.NotAddressed => "not_addressed",
        Sight.Muted => "muted",
        Sight.ShareUnwanted => "share_unwanted",
        _ => "visible",
    };
}

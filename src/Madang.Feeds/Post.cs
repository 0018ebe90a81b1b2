using Madang.Api;

namespace Madang.Feeds;

/// <summary>Whom a post is for. The numbers are stored.</summary>
public enum Audience
{
    Public = 1,
    Followers = 2,
    Friends = 3,

    /// <summary>The people of one list of the author.</summary>
    List = 4,

    /// <summary>The author and whom the text mentions.</summary>
    Direct = 5,
}

/// <summary>The numbers are stored.</summary>
internal enum PostState
{
    Live = 1,

    /// <summary>Taken out of sight by a moderator; its author still sees it.</summary>
    Hidden = 2,

    /// <summary>A tombstone: the row stays, the text does not.</summary>
    Deleted = 3,
}

/// <summary>What decides who may see a post, as the database has it now. A comment has the audience of the post that it stands under.</summary>
/// <param name="Version">Grows with every edit, change of audience, hiding and deletion.</param>
/// <param name="List">The author's list, with <see cref="Audience.List"/>; else 0.</param>
/// <param name="Root">The post that a comment stands under; else 0.</param>
/// <param name="ShareOf">What a share passes on; else 0.</param>
/// <param name="AuthorGone">The author's account is disabled.</param>
/// <param name="Addressed">The viewer who asked is mentioned in it: what <see cref="Audience.Direct"/> asks for.</param>
internal readonly record struct PostFacts(
    PostId Id, UserId Author, int Version, PostState State, Audience Audience, long List, PostId Root, PostId ShareOf, bool AuthorGone, bool Addressed)
{
    /// <summary>A share without words of its own: it says what it shares.</summary>
    public bool IsPlainShare { get; init; }
}

using Madang.Api;

namespace Madang.Feeds.Telling;

/// <summary>What people are told of. The numbers are stored.</summary>
internal enum TellingKind
{
    Like = 1,

    /// <summary>Another reaction than a like.</summary>
    Reaction = 2,

    /// <summary>Under somebody's post.</summary>
    Comment = 3,

    /// <summary>To somebody's comment.</summary>
    Reply = 4,
    Mention = 5,
    Share = 6,
    Follow = 7,

    /// <summary>By somebody whose new posts one wants to hear of.</summary>
    NewPost = 8,
}

/// <summary>What is told together: one notification that names the newest and counts the others.</summary>
/// <param name="Subject">The post that it happened to; of a follow the day since 1970.</param>
internal readonly record struct TellingKey(UserId To, TellingKind Kind, long Subject)
{
    /// <summary>A later notification under the same key replaces this one.</summary>
    public string CollapseKey => $"feeds-{Kind.ToString().ToLowerInvariant()}-{Api.Id.Text(Subject)}";
}

/// <summary>Somebody did something that somebody else may want to hear of.</summary>
/// <param name="Item">What came of it: the comment, the share, the post that mentions; 0 where nothing did. Of two by the same person the newer one counts.</param>
/// <param name="Gone">It was taken back.</param>
internal readonly record struct Deed(TellingKey Key, UserId Actor, PostId Item, bool Gone, DateTimeOffset At);

/// <summary>How far the telling of one key is.</summary>
/// <param name="Version">Grows with every change, so that what was read before it is not told.</param>
/// <param name="Told">How often it was told.</param>
internal sealed record Telling(TellingKey Key, long Version, int Told, DateTimeOffset? DueAt, DateTimeOffset? ToldAt);

/// <summary>One who did it.</summary>
internal readonly record struct TellingActor(UserId User, PostId Item);

/// <summary>It is time to tell.</summary>
/// <param name="Actors">The newest first, some of them.</param>
/// <param name="Count">All of them, counted to a bound.</param>
internal sealed record DueTelling(Telling Telling, IReadOnlyList<TellingActor> Actors, int Count);

using Madang.Api;

namespace Madang.Feeds.Timelines;

/// <summary>Which posts a feed is made of.</summary>
/// <param name="Key"><see cref="FeedKey"/>.</param>
/// <param name="List">A list of the reader's own; 0 for none.</param>
/// <param name="Tag">As tags are stored; null for none. With neither it is the home feed.</param>
internal readonly record struct FeedName(uint Key, long List, string? Tag)
{
    public static FeedName Home { get; } = new(FeedKey.Home, 0, null);

    public static FeedName OfList(long list) => new(FeedKey.OfList(list), list, null);

    public static FeedName OfTag(string tag) => new(FeedKey.OfTag(tag), 0, tag);

    public bool IsHome => List == 0 && Tag is null;
}

/// <summary>A page of a feed that is asked for: ids between <paramref name="Above"/> and <paramref name="Below"/>, both left out.</summary>
/// <param name="Up">Take the oldest of them instead of the newest.</param>
/// <param name="OldestFirst">Answer in the order that they were written.</param>
/// <param name="Limit">1 to 100.</param>
/// <param name="HasGap">The client holds what is older than <paramref name="Above"/>: what does not fit in between is told as a gap.</param>
/// <param name="Seen">A post that the client knows to be written, wherever this node is: 0 for none.</param>
internal readonly record struct FeedQuery(FeedName Feed, long Above, long Below, bool Up, bool OldestFirst, int Limit, bool HasGap, long Seen)
{
    public const int DefaultLimit = 20;

    public static FeedQuery Newest(FeedName feed, int limit) => new(feed, 0, long.MaxValue, false, false, limit, false, 0);

    /// <summary>Reads and checks the query, each part as it stands on the wire.</summary>
    /// <param name="order">newest or oldest.</param>
    /// <param name="since">Id of the newest post that the client holds.</param>
    /// <param name="seen">Id of a post that the client wrote or was told of.</param>
    public static Result<FeedQuery> Parse(FeedName feed, string? cursor, string? limit, string? order, string? since, string? seen)
    {
        var faults = new List<FieldError>();
        var page = PageQuery.Parse(null, limit ?? Id.Text(DefaultLimit));
        if (!page.IsOk)
        {
            faults.AddRange(page.Error.Fields);
        }

        if (order is not (null or "newest" or "oldest"))
        {
            faults.Add(new("order", "unknown_value", "order is newest or oldest."));
        }

        var query = new FeedQuery(feed, PostOf(since, "since", faults), long.MaxValue, order == "oldest", order == "oldest", page.IsOk ? page.Value.Limit : 0, since is not null, PostOf(seen, "seen", faults));
        if (!string.IsNullOrEmpty(cursor))
        {
            query = query.From(cursor, faults);
        }

        return faults.Count == 0 ? query : ApiErrors.InvalidFields with { Fields = faults };
    }

    /// <summary>The cursor that goes on behind <paramref name="id"/> the same way.</summary>
    public string After(long id) => new FeedCursor(Feed.Key, id, Up ? Below : Above, Up, OldestFirst).ToString();

    /// <summary>The cursor that goes the other way from <paramref name="id"/>.</summary>
    public string Back(long id) => new FeedCursor(Feed.Key, id, Up ? 0 : long.MaxValue, !Up, OldestFirst).ToString();

    private FeedQuery From(string cursor, List<FieldError> faults)
    {
        if (!FeedCursor.TryRead(cursor, out var at) || at.Feed != Feed.Key)
        {
            faults.Add(new("cursor", "invalid", "This cursor was not given by us, or for another feed."));
            return this;
        }

        if (HasGap || OldestFirst)
        {
            faults.Add(new("cursor", "invalid", "A cursor knows its order and where to stop: order and since go without one."));
        }

        return this with
        {
            Above = at.Up ? at.From : at.Bound,
            Below = at.Up ? at.Bound : at.From,
            Up = at.Up,
            OldestFirst = at.OldestFirst,
            HasGap = !at.Up && at.Bound > 0,
        };
    }

    private static long PostOf(string? text, string field, List<FieldError> faults)
    {
        if (text is null || Id.TryParse<PostId>(text, out var id))
        {
            return text is null ? 0 : PostId.Parse(text, null).Value;
        }

        faults.Add(new(field, "invalid", $"{field} is the id of a post."));
        return 0;
    }
}

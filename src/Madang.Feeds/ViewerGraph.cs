using Madang.Api;

namespace Madang.Feeds;

/// <summary>
/// How one viewer stands to everybody, read in one snapshot. It holds as long as the viewer's epoch is <see cref="Epoch"/>: every change of a relation,
/// list or followed tag that touches the viewer, from either side, raises the epoch in the transaction that makes it.
/// </summary>
internal sealed class ViewerGraph
{
    public required UserId Viewer { get; init; }

    public required long Epoch { get; init; }

    /// <summary>Whose posts are in the home timeline: followed people and friends, less those on an exclusive list. Ascending ids, each once.</summary>
    public required long[] Followees { get; init; }

    /// <summary>Whom the viewer follows in the strict sense, ascending: what <see cref="Audience.Followers"/> asks for.</summary>
    public required long[] Follows { get; init; }

    public required long[] Friends { get; init; }

    /// <summary>Blocked by the viewer, or blocking the viewer.</summary>
    public required long[] Blocked { get; init; }

    /// <summary>Muted now; a mute that ends changes nothing here, so <see cref="MutesEndAt"/> tells when to read anew.</summary>
    public required long[] Muted { get; init; }

    public DateTimeOffset? MutesEndAt { get; init; }

    /// <summary>Whose shares the viewer does not want, ascending.</summary>
    public required long[] WithoutShares { get; init; }

    /// <summary>Lists of others that the viewer is on, ascending: what <see cref="Audience.List"/> asks for.</summary>
    public required long[] OnLists { get; init; }

    /// <summary>Followed tags as they are stored, ordinal order.</summary>
    public required string[] Tags { get; init; }

    public static bool Holds(long[] ascending, long id) => Array.BinarySearch(ascending, id) >= 0;
}

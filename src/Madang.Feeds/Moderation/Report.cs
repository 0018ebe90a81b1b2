using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Feeds.Moderation;

[JsonConverter(typeof(IdJson<ReportId>))]
internal readonly record struct ReportId(long Value) : IId<ReportId>
{
    public static ReportId From(long value) => new(value);

    public static ReportId Parse(string s, IFormatProvider? provider) => Id.Parse<ReportId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out ReportId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <summary>Why somebody reports a post or a person. The numbers are stored.</summary>
internal enum ReportReason
{
    Spam = 1,
    Harassment = 2,
    Hate = 3,
    Violence = 4,
    Sexual = 5,
    SelfHarm = 6,
    Illegal = 7,
    Other = 8,
}

/// <summary>The numbers are stored.</summary>
internal enum ReportState
{
    Open = 1,

    /// <summary>Something was done about it.</summary>
    Resolved = 2,

    /// <summary>There was nothing to do.</summary>
    Dismissed = 3,
}

/// <summary>Somebody asks the moderators to look.</summary>
/// <param name="Post">0 for a report of a person.</param>
/// <param name="About">The author of the post, or the person.</param>
/// <param name="Text">What the reporter adds.</param>
/// <param name="Excerpt">What the post said when it was reported.</param>
internal sealed record Report(
    ReportId Id, UserId Reporter, PostId Post, UserId About, ReportReason Reason, string Text, string Excerpt, ReportState State, DateTimeOffset CreatedAt)
{
    public UserId ClosedBy { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What the moderator says about it; the reporter does not see it.</summary>
    public string Note { get; init; } = "";
}

/// <summary>What moderators do. The numbers are stored.</summary>
internal enum ModerationAct
{
    HidePost = 1,
    RestorePost = 2,
    SuspendUser = 3,
    RestoreUser = 4,
    ResolveReport = 5,
    DismissReport = 6,
}

/// <summary>One line of the log, which nobody changes.</summary>
/// <param name="By">The moderator; 0 for a server's key or this machine's operator.</param>
/// <param name="Post">0 where it is about none; likewise <paramref name="User"/> and <paramref name="Report"/>.</param>
internal sealed record ModerationEntry(long Id, UserId By, ModerationAct Act, PostId Post, UserId User, ReportId Report, string Note, DateTimeOffset At);

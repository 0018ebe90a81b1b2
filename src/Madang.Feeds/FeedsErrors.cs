using Madang.Api;

namespace Madang.Feeds;

/// <summary>What Feeds refuses beyond <see cref="ApiErrors"/> and what Accounts refuses.</summary>
public static class FeedsErrors
{
    public static readonly Error NotShareable = new("not_shareable", 409, "Only public posts can be shared, and no comments.");
    public static readonly Error VersionConflict = new("version_conflict", 409, "The post has changed since the version that you named.");
    public static readonly Error TooManyEdits = new("too_many_edits", 409, "This post was edited as often as a post may be.");
    public static readonly Error TooManyDrafts = new("too_many_drafts", 409, "You keep as many drafts as one person may.");
    public static readonly Error ListTitleTaken = new("list_title_taken", 409, "You have another list of this title.");
    public static readonly Error TooManyLists = new("too_many_lists", 409, "You keep as many lists as one person may.");
    public static readonly Error ListFull = new("list_full", 409, "The list holds as many people as a list may.");
    public static readonly Error TooManyTags = new("too_many_tags", 409, "You follow as many tags as one person may.");
    public static readonly Error InvalidCsv = new("invalid_csv", 422, "The file cannot be read as CSV.");
    public static readonly Error TooManySubscriptions = new("too_many_subscriptions", 409, "You are told of the new posts of as many people as one person may.");
    public static readonly Error SelfReport = new("self_report", 422, "Nobody reports themselves.");
    public static readonly Error TooManyReports = new("too_many_reports", 409, "The moderators have as many open reports of yours as they take.");
    public static readonly Error ReportClosed = new("report_closed", 409, "This report is closed.");
    public static readonly Error SourceRefused = new("source_refused", 422, "This address is not a public one.");
    public static readonly Error SourceUnreachable = new("source_unreachable", 422, "Nothing answers at this address.");
    public static readonly Error SourceEmpty = new("source_empty", 422, "There is neither a feed nor a page at this address.");
    public static readonly Error TooManySources = new("too_many_sources", 409, "This community follows as many sources as it may.");
    public static readonly Error SnapshotGone = new("snapshot_gone", 410, "This order of your feed is no longer kept: read it anew, without a cursor.");

    public static IReadOnlyList<Error> All { get; } =
    [
        NotShareable, VersionConflict, TooManyEdits, TooManyDrafts,
        ListTitleTaken, TooManyLists, ListFull, TooManyTags, InvalidCsv,
        TooManySubscriptions, SelfReport, TooManyReports, ReportClosed,
        SourceRefused, SourceUnreachable, SourceEmpty, TooManySources, SnapshotGone,
    ];
}

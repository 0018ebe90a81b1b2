using Madang.Api;

namespace Madang.Feeds;

/// <summary>What Feeds refuses beyond <see cref="ApiErrors"/> and what Accounts refuses.</summary>
public static class FeedsErrors
{
    public static readonly Error NotShareable = new("not_shareable", 409, "Only public posts can be shared, and no comments.");
    public static readonly Error VersionConflict = new("version_conflict", 409, "The post has changed since the version that you named.");
    public static readonly Error TooManyEdits = new("too_many_edits", 409, "This post was edited as often as a post may be.");
    public static readonly Error TooManyDrafts = new("too_many_drafts", 409, "You keep as many drafts as one person may.");

    public static IReadOnlyList<Error> All { get; } = [NotShareable, VersionConflict, TooManyEdits, TooManyDrafts];
}

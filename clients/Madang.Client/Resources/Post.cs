using System.Text.Json.Serialization;

namespace Madang.Client.Resources;

/// <summary>A post, share or comment. Of a deleted one only its place is there.</summary>
/// <param name="Audience">public, followers, friends, list or direct. Absent on comments: whoever sees the post that they stand under sees them.</param>
/// <param name="Tags">Hashtags by their keys: NFC, lower case.</param>
/// <param name="Link">The first address in the text.</param>
/// <param name="Hidden">Out of everybody's sight but its author's.</param>
/// <param name="Shared">What a share passes on.</param>
public sealed record Post(
    string Id, DateTimeOffset CreatedAt, PostCounts Counts, PostViewer Viewer, string? AuthorId = null, string? Text = null, string? Audience = null,
    IReadOnlyList<string>? Tags = null, IReadOnlyList<Mention>? Mentions = null, string? Link = null, string? ShareOf = null, string? RootId = null,
    string? ParentId = null, string? ListId = null, bool? Hidden = null, bool? Deleted = null, int? Version = null, DateTimeOffset? EditedAt = null, Post? Shared = null);

/// <param name="Name">As it stands in the text, without the @.</param>
public sealed record Mention(string UserId, string Name);

/// <param name="Comments">Of a post everything under it, of a comment its direct answers.</param>
/// <param name="Reactions">By kind, beside likes.</param>
public sealed record PostCounts(int Comments, int Likes, int Shares, IReadOnlyDictionary<string, int>? Reactions = null);

/// <summary>What the reader did.</summary>
/// <param name="Shared">Without words of their own.</param>
/// <param name="Reactions">Beside a like.</param>
public sealed record PostViewer(bool Liked, bool Bookmarked, bool Shared, IReadOnlyList<string>? Reactions = null);

/// <param name="ClientId">The same one again answers the post that is there already.</param>
/// <param name="Audience">public unless said otherwise.</param>
/// <param name="ListId">One of one's own lists, with the audience list.</param>
public sealed record NewPost(string Text, string ClientId, string? Audience = null, string? ListId = null);

/// <summary>What is absent stays as it is.</summary>
/// <param name="Version">The version that was changed; refused when there is a newer one.</param>
public sealed record PostChange(string? Text = null, string? Audience = null, string? ListId = null, int? Version = null);

/// <param name="Number">Which version it is.</param>
/// <param name="EndedAt">When the next version took its place; absent for the one that stands.</param>
public sealed record PostVersion([property: JsonPropertyName("version")] int Number, string Text, DateTimeOffset? EndedAt = null);

/// <param name="Reactions">like, love, laugh, wow, sad, angry.</param>
public sealed record Reactor(string UserId, IReadOnlyList<string> Reactions);

/// <summary>What the page behind a link says of itself.</summary>
/// <param name="Url">Where it leads, after redirects.</param>
/// <param name="Image">The other site's: whoever shows it tells that site so.</param>
/// <param name="Kind">website, article, video, audio, image, profile, product or file.</param>
public sealed record LinkPreview(
    string Url, string Title, string Kind, DateTimeOffset FetchedAt, string? Description = null, string? Image = null, string? Icon = null, string? SiteName = null);

/// <param name="Exclusive">Whether its people leave the home timeline.</param>
/// <param name="MemberCount">How many are on it.</param>
public sealed record PeopleList(string Id, string Title, bool Exclusive, [property: JsonPropertyName("members")] int MemberCount, DateTimeOffset CreatedAt);

public sealed record ListMember(string UserId);

/// <param name="Tag">By its key: NFC, lower case, without the #.</param>
public sealed record FollowedTag(string Tag);

/// <param name="Reason">spam, harassment, hate, violence, sexual, self_harm, illegal or other.</param>
/// <param name="PostId">A post or comment; or else <paramref name="UserId"/>.</param>
public sealed record NewReport(string Reason, string? PostId = null, string? UserId = null, string? Text = null);

/// <summary>A report as its reporter sees it.</summary>
public sealed record FiledReport(string Id, string UserId, string Reason, string Text, DateTimeOffset CreatedAt, string? PostId = null);

/// <param name="UserId">Whom it is about.</param>
/// <param name="State">open, resolved or dismissed.</param>
/// <param name="Excerpt">What the post said when it was reported.</param>
public sealed record Report(
    string Id, string ReporterId, string UserId, string Reason, string Text, string State, DateTimeOffset CreatedAt, string? PostId = null, string? Excerpt = null,
    string? ClosedBy = null, DateTimeOffset? ClosedAt = null, string? Note = null);

/// <param name="Act">hide_post, restore_post, suspend_user, restore_user, resolve_report or dismiss_report.</param>
/// <param name="By">Absent for a key of a server and for the operator of the machine.</param>
public sealed record ModerationEntry(
    string Id, string Act, DateTimeOffset At, string? By = null, string? PostId = null, string? UserId = null, string? ReportId = null, string? Note = null);

internal sealed record NewList(string? Title, bool? Exclusive);

internal sealed record ModerationNote(string? Note);

internal sealed record ReportClosing(string State, string? Note);

internal sealed record PostWords(string? Text, string ClientId);

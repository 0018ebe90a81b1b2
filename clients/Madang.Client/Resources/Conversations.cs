using System.Text.Json;

namespace Madang.Client.Resources;

/// <param name="Kind">direct or group.</param>
public sealed record Room(
    string Id,
    string Kind,
    IReadOnlyList<Member> Members,
    long HeadSeq,
    long ReadSeq,
    long Unread,
    DateTimeOffset CreatedAt,
    long Mentions = 0,
    string? Title = null,
    Message? LastMessage = null);

/// <param name="Role">owner or member.</param>
public sealed record Member(string UserId, string Role, DateTimeOffset JoinedAt);

/// <summary>
/// A message, addressed by room and <paramref name="Seq"/>. Of somebody whom the reader has blocked only a stub is left: <paramref name="Hidden"/> is true, and
/// everything but room, seq and time is absent.
/// </summary>
public sealed record Message(
    string RoomId,
    long Seq,
    DateTimeOffset CreatedAt,
    string? Id = null,
    string? SenderId = null,
    string? ClientId = null,
    string? Text = null,
    long? ReplyTo = null,
    bool Hidden = false,
    DateTimeOffset? EditedAt = null,
    DateTimeOffset? DeletedAt = null,
    IReadOnlyList<JsonElement>? Attachments = null,
    IReadOnlyList<JsonElement>? Reactions = null);

public sealed record ReadMark(string RoomId, long ReadSeq, long Unread);

/// <param name="Kind">direct or group.</param>
/// <param name="ClientId">Unique per person: a repeat answers the room of the first time.</param>
public sealed record NewRoom(string Kind, IReadOnlyList<string> UserIds, string? Title = null, string? ClientId = null)
{
    public static NewRoom Direct(string userId) => new("direct", [userId]);

    public static NewRoom Group(string title, params IReadOnlyList<string> userIds) => new("group", userIds, title);
}

/// <param name="ClientId">1 to 64 printable ASCII, unique per sender: a repeat answers the first message.</param>
/// <param name="Text">1 to 16,384 bytes of UTF-8.</param>
/// <param name="ReplyTo">The seq of a message of the same room.</param>
public sealed record NewMessage(string ClientId, string Text, long? ReplyTo = null);

internal sealed record RoomChange(string Title);

internal sealed record MemberChange(string? Role);

internal sealed record ReadUpTo(long Seq);

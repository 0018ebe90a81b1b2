using Madang.Api;

namespace Madang.Chat;

/// <summary>A checked <see cref="RoomDraft"/>.</summary>
/// <param name="Others">Everybody but the creator, ascending.</param>
internal sealed record RoomPlan(UserId Creator, RoomKind Kind, IReadOnlyList<UserId> Others, string? Title, string? ClientId)
{
    public IEnumerable<UserId> Everybody => Others.Append(Creator).Order();

    /// <summary>The client id of a group. A direct room needs none: its pair is its key.</summary>
    public string? Key => Kind == RoomKind.Group ? ClientId : null;

    /// <summary>Of everything that must be equal in a retry.</summary>
    public long Digest => ContentDigest.Of($"{(int)Kind}\n{string.Join(',', Others)}\n{Title}", 0);

    public MemberRole RoleOf(UserId user) => Kind == RoomKind.Group && user == Creator ? MemberRole.Owner : MemberRole.Member;

    public static Result<RoomPlan> Of(UserId creator, RoomDraft draft, ChatOptions options)
    {
        var faults = new List<FieldError>();
        if (draft.Kind is null)
        {
            faults.Add(new("kind", "required", "kind is direct or group."));
        }

        var users = draft.Users ?? [];
        for (var i = 0; i < users.Count; i++)
        {
            if (users.Take(i).Contains(users[i]))
            {
                faults.Add(new($"user_ids.{i}", "invalid", "This person is named twice."));
                break;
            }
        }

        var title = CheckTitle(draft.Title, options);
        if (!title.IsOk)
        {
            faults.AddRange(title.Error.Fields);
        }
        else if (title.Value.Length > 0 && draft.Kind == RoomKind.Direct)
        {
            faults.Add(new("title", "invalid", "A direct room has no title."));
        }

        if (draft.ClientId is not null && !ClientName.IsValid(draft.ClientId))
        {
            faults.Add(ClientName.Fault);
        }

        if (faults.Count > 0)
        {
            return ApiErrors.InvalidFields with { Fields = faults };
        }

        // In a group the creator may name themselves; they are in it anyway.
        List<UserId> others = [.. users.Where(user => user != creator).Order()];
        if (draft.Kind == RoomKind.Direct && (others.Count != 1 || users.Count != 1))
        {
            return ChatErrors.DirectNeedsOne;
        }

        return others.Count + 1 > options.MaxMembers
            ? ChatErrors.RoomFull
            : new RoomPlan(creator, draft.Kind!.Value, others, title.Value!.Length == 0 ? null : title.Value, draft.ClientId);
    }

    public static Result<string> CheckTitle(string? title, ChatOptions options) => Text.Line(title, "title", options.MaxTitleLength, required: false);
}

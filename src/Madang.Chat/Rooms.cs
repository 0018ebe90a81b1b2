using Madang.Accounts;
using Madang.Api;
using Madang.Realtime;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>A room that somebody wants, as it came in; <see cref="Rooms.CreateAsync"/> checks it.</summary>
/// <param name="Users">Whom to bring together with the creator.</param>
/// <param name="ClientId">The creator's own name for this request, so that a retry makes no second room.</param>
public sealed record RoomDraft(RoomKind? Kind, IReadOnlyList<UserId>? Users, string? Title = null, string? ClientId = null);

/// <summary>Opens, shows and renames rooms.</summary>
public sealed class Rooms
{
    private readonly IRoomStore _rooms;
    private readonly IMemberStore _members;
    private readonly Database _database;
    private readonly Users _users;
    private readonly Inbox _inbox;
    private readonly Snowflake _ids;
    private readonly ChatOptions _options;

    // Seven: the verb that opens a room needs all of them, and splitting it would hide its road.
    internal Rooms(IRoomStore rooms, IMemberStore members, Database database, Users users, Inbox inbox, Snowflake ids, IOptions<ChatOptions> options) =>
        (_rooms, _members, _database, _users, _inbox, _ids, _options) = (rooms, members, database, users, inbox, ids, options.Value);

    /// <summary>Opens a room, or answers the one that is there already: the direct room of the pair, or what this client id made before.</summary>
    public async Task<Result<(Room Room, bool Created)>> CreateAsync(UserId creator, RoomDraft draft, CancellationToken cancellationToken)
    {
        var plan = RoomPlan.Of(creator, draft, _options);
        if (!plan.IsOk)
        {
            return plan.Error;
        }

        var opened = await _database.WriteAsync(tx => Open(tx, plan.Value), cancellationToken: cancellationToken);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        return await FindAsync(creator, opened.Value.Room, cancellationToken) is { } room ? (room, opened.Value.Created) : ApiErrors.NotFound;
    }

    /// <summary>The room as its member <paramref name="viewer"/> sees it; null for strangers.</summary>
    public async Task<Room?> FindAsync(UserId viewer, RoomId room, CancellationToken cancellationToken) =>
        (await _rooms.FindAsync(viewer, [room], cancellationToken)).SingleOrDefault();

    /// <summary>The viewer's rooms, newest first.</summary>
    public async Task<Page<Room>> ListAsync(UserId viewer, PageQuery page, CancellationToken cancellationToken) =>
        page.Of(await _rooms.ListAsync(viewer, page.After is { } after ? new RoomId(after) : null, page.Fetch, cancellationToken), room => room.Id.Value);

    /// <summary>Gives a group another title, or none. Its owners may, and the community's admins who are in it.</summary>
    public async Task<Result<Room>> RenameAsync(Caller caller, RoomId id, string? title, CancellationToken cancellationToken)
    {
        var line = RoomPlan.CheckTitle(title, _options);
        if (!line.IsOk)
        {
            return line.Error;
        }

        var renamed = await _database.WriteAsync<Result<Done>>(
            tx =>
            {
                if (_rooms.Lock(tx, id) is not { } room || room.Find(caller.Person) is not { } me)
                {
                    return ApiErrors.NotFound;
                }

                if (room.Kind == RoomKind.Direct)
                {
                    return ChatErrors.NotAGroup;
                }

                if (!Members.MayManage(caller, me))
                {
                    return ApiErrors.Forbidden;
                }

                var next = line.Value.Length == 0 ? null : line.Value;
                if (next != room.Title)
                {
                    _rooms.Rename(tx, id, next);
                    _inbox.Append(tx, new NewEntry(new(EntryType.RoomUpdated, id.Value, 0), room.Users));
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);
        if (!renamed.IsOk)
        {
            return renamed.Error;
        }

        return await FindAsync(caller.Person, id, cancellationToken) is { } found ? found : ApiErrors.NotFound;
    }

    private Result<(RoomId Room, bool Created)> Open(WriteTx tx, RoomPlan plan)
    {
        if (plan.Kind == RoomKind.Direct && _rooms.FindDirect(tx, plan.Creator, plan.Others[0]) is { } existing)
        {
            return (existing, false);
        }

        if (plan.Key is { } key && _rooms.FindKey(tx, plan.Creator, key) is { } use)
        {
            return Repeat(use, plan);
        }

        if (_users.Missing(tx, plan.Others).Count > 0)
        {
            return ChatErrors.UserNotFound;
        }

        if (_members.AnyBlock(tx, plan.Creator, plan.Others))
        {
            return AccountsErrors.Blocked;
        }

        // Whoever asks for the same in another transaction meets us here, before anything else is written.
        var fresh = new RoomId(_ids.Next());
        if (plan.Kind == RoomKind.Direct && _rooms.ReserveDirect(tx, fresh, plan.Creator, plan.Others[0]) is var reserved && reserved != fresh)
        {
            return (reserved, false);
        }

        if (plan.Key is { } kept && !_rooms.TryAddKey(tx, plan.Creator, kept, new(fresh, 0, plan.Digest)))
        {
            return Repeat(_rooms.FindKey(tx, plan.Creator, kept)!.Value, plan);
        }

        IReadOnlyList<Member> members = [.. plan.Everybody.Select(user => new Member(user, plan.RoleOf(user), 0, tx.Now))];
        _rooms.Create(tx, fresh, plan.Kind, plan.Title, members);

        // Everybody hears of their own membership only: a hundred people are a hundred entries, not ten thousand.
        _inbox.Append(tx, [.. members.Select(member => new NewEntry(new(EntryType.MemberAdded, fresh.Value, member.User.Value), [member.User]))]);
        return (fresh, true);
    }

    private static Result<(RoomId Room, bool Created)> Repeat(KeyUse use, RoomPlan plan) =>
        use.Seq == 0 && use.Digest == plan.Digest ? (use.Room, false) : ApiErrors.IdempotencyConflict;
}

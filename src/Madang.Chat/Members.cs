using Madang.Accounts;
using Madang.Api;
using Madang.Realtime;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>
/// Who is in a group. To strangers a room does not exist; a member may leave; owners, and the community's admins who are in it, may add, remove and
/// give roles.
/// </summary>
public sealed class Members
{
    private readonly IRoomStore _rooms;
    private readonly IMemberStore _members;
    private readonly Database _database;
    private readonly Users _users;
    private readonly Inbox _inbox;
    private readonly ChatOptions _options;

    internal Members(IRoomStore rooms, IMemberStore members, Database database, Users users, Inbox inbox, IOptions<ChatOptions> options) =>
        (_rooms, _members, _database, _users, _inbox, _options) = (rooms, members, database, users, inbox, options.Value);

    /// <summary>Brings somebody in, or changes the role of who is there; no role leaves it as it is. Whoever joins has everything read.</summary>
    public Task<Result<(Member Member, bool Added)>> PutAsync(Caller caller, RoomId id, UserId user, MemberRole? role, CancellationToken cancellationToken) =>
        _database.WriteAsync<Result<(Member, bool)>>(
            tx =>
            {
                var managed = Manage(tx, caller, id);
                if (!managed.IsOk)
                {
                    return managed.Error;
                }

                var room = managed.Value;
                return room.Find(user) is { } there ? ChangeRole(tx, room, there, role) : Add(tx, caller.Person, room, user, role ?? MemberRole.Member);
            },
            cancellationToken: cancellationToken);

    /// <summary>Takes somebody out, or leaves. The last owner to go passes the room on to whoever has been in it longest.</summary>
    public Task<Result<Done>> RemoveAsync(Caller caller, RoomId id, UserId user, CancellationToken cancellationToken) =>
        _database.WriteAsync<Result<Done>>(
            tx =>
            {
                var managed = Manage(tx, caller, id, leaving: user == caller.Person);
                if (!managed.IsOk)
                {
                    return managed.Error;
                }

                var room = managed.Value;
                if (room.Find(user) is null)
                {
                    return ApiErrors.NotFound;
                }

                _members.Remove(tx, id, user);
                var removed = new NewEntry(new(EntryType.MemberRemoved, id.Value, user.Value), room.Users);
                if (room.HeirOf(user) is { } heir)
                {
                    _members.SetRole(tx, id, heir.User, MemberRole.Owner);
                    _inbox.Append(tx, removed, new NewEntry(new(EntryType.MemberUpdated, id.Value, heir.User.Value), [.. room.Users.Where(one => one != user)]));
                }
                else
                {
                    _inbox.Append(tx, removed);
                }

                return Done.Value;
            },
            cancellationToken: cancellationToken);

    internal static bool MayManage(Caller caller, Member me) => me.Role == MemberRole.Owner || caller.IsAdmin;

    private Result<LockedRoom> Manage(WriteTx tx, Caller caller, RoomId id, bool leaving = false)
    {
        if (_rooms.Lock(tx, id) is not { } room || room.Find(caller.Person) is not { } me)
        {
            return ApiErrors.NotFound;
        }

        return room.Kind == RoomKind.Direct ? ChatErrors.NotAGroup : leaving || MayManage(caller, me) ? room : ApiErrors.Forbidden;
    }

    private Result<(Member, bool)> Add(WriteTx tx, UserId by, LockedRoom room, UserId user, MemberRole role)
    {
        if (room.Members.Count >= _options.MaxMembers)
        {
            return ChatErrors.RoomFull;
        }

        if (_users.Missing(tx, [user]).Count > 0)
        {
            return ChatErrors.UserNotFound;
        }

        if (_members.AnyBlock(tx, by, [user]))
        {
            return AccountsErrors.Blocked;
        }

        var member = new Member(user, role, room.HeadSeq, tx.Now);
        _members.Add(tx, room.Id, member);
        _inbox.Append(tx, new NewEntry(new(EntryType.MemberAdded, room.Id.Value, user.Value), [.. room.Users, user]));
        return (member, true);
    }

    private Result<(Member, bool)> ChangeRole(WriteTx tx, LockedRoom room, Member member, MemberRole? role)
    {
        if (role is null || role == member.Role)
        {
            return (member, false);
        }

        if (role == MemberRole.Member && !room.Members.Any(other => other.User != member.User && other.Role == MemberRole.Owner))
        {
            return ChatErrors.LastOwner;
        }

        _members.SetRole(tx, room.Id, member.User, role.Value);
        _inbox.Append(tx, new NewEntry(new(EntryType.MemberUpdated, room.Id.Value, member.User.Value), room.Users));
        return (member with { Role = role.Value }, false);
    }
}

using System.Text;
using Madang.Api;
using Madang.Chat;
using Madang.Realtime;

namespace Madang.Tests.Conformance.Chat;

public sealed class SqliteRooms() : RoomFacts(TestDatabase.SqliteAsync);

public sealed class PostgresRooms() : RoomFacts(TestDatabase.PostgresAsync);

/// <summary>Rooms, members and marks, on every engine.</summary>
public abstract class RoomFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task Fifty_who_open_the_direct_room_of_a_pair_at_once_get_the_same_one()
    {
        await using var community = await Community.OpenAsync(fresh);
        var pair = await community.PeopleAsync(2);
        var opened = await Task.WhenAll(Enumerable.Range(0, 50).Select(n =>
            community.Rooms.CreateAsync(pair[n % 2], new(RoomKind.Direct, [pair[(n + 1) % 2]]), Community.Token)));
        Assert.Single(opened.Select(one => Community.Ok(one).Room.Id).Distinct());
        Assert.Single(opened, one => one.Value.Created);
        Assert.Equal([MemberRole.Member, MemberRole.Member], opened[0].Value.Room.Members.Select(member => member.Role));
    }

    [Fact]
    public async Task Fifty_retries_of_a_group_at_once_make_one_group()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var draft = new RoomDraft(RoomKind.Group, [people[2], people[1]], "모임", "group-1");
        var opened = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => community.Rooms.CreateAsync(people[0], draft, Community.Token)));
        Assert.Single(opened.Select(one => Community.Ok(one).Room.Id).Distinct());
        Assert.Single(opened, one => one.Value.Created);
        var reordered = await community.Rooms.CreateAsync(people[0], draft with { Users = [people[1], people[2]] }, Community.Token);
        Assert.False(Community.Ok(reordered).Created);
        var different = await community.Rooms.CreateAsync(people[0], draft with { Title = "another" }, Community.Token);
        Assert.Equal("idempotency_conflict", different.Error?.Code);
        // One client id names one thing: a room's cannot be a message's as well.
        Assert.Equal("idempotency_conflict", (await community.TryPostAsync(people[0], opened[0].Value.Room.Id, "hi", "group-1")).Error?.Code);
    }

    [Fact]
    public async Task A_group_knows_its_owner_title_and_members_and_each_hears_of_their_own_joining()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = Community.Ok(await community.Rooms.CreateAsync(
            people[0], new(RoomKind.Group, [people[1], people[2], people[0]], $" {"마당".Normalize(NormalizationForm.FormD)} "), Community.Token)).Room;
        Assert.Equal("마당", room.Title);
        Assert.Equal(people.Order(), room.Members.Select(member => member.User));
        Assert.Equal(people[0], room.Members.Single(member => member.Role == MemberRole.Owner).User);
        foreach (var person in people)
        {
            var entry = Assert.Single(await community.InboxAsync(person));
            Assert.Equal(new EntryRef(EntryType.MemberAdded, room.Id.Value, person.Value), entry.Ref);
        }
    }

    [Fact]
    public async Task Rooms_that_cannot_be_opened_are_refused()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var me = people[0];
        await RefusedAsync("direct_needs_one", new(RoomKind.Direct, [me]));
        await RefusedAsync("direct_needs_one", new(RoomKind.Direct, []));
        await RefusedAsync("direct_needs_one", new(RoomKind.Direct, null));
        await RefusedAsync("direct_needs_one", new(RoomKind.Direct, [people[1], people[2]]));
        await RefusedAsync("user_not_found", new(RoomKind.Direct, [new UserId(42)]));
        await RefusedAsync("user_not_found", new(RoomKind.Group, [people[1], new UserId(42)]));
        await RefusedAsync("user_not_found", new(RoomKind.Direct, [await community.PersonAsync(disabled: true)]));
        await RefusedAsync("room_full", new(RoomKind.Group, [.. Enumerable.Range(1000, 100).Select(n => new UserId(n))]));
        await RefusedAsync("invalid_fields", new(null, [people[1]]));
        await RefusedAsync("invalid_fields", new(RoomKind.Direct, [people[1]], "title"));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1], people[1]]));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1]], new string('x', 65)));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1]], "nul\0"));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1]], "half \ud83d"));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1]], "two\nlines"));
        await RefusedAsync("invalid_fields", new(RoomKind.Group, [people[1]], null, "한글"));
        Assert.Empty((await community.Rooms.ListAsync(me, new(null, 50), Community.Token)).Items);

        async Task RefusedAsync(string code, RoomDraft draft) =>
            Assert.Equal(code, (await community.Rooms.CreateAsync(me, draft, Community.Token)).Error?.Code);
    }

    [Fact]
    public async Task The_list_pages_through_every_room_once_newest_first()
    {
        await using var community = await Community.OpenAsync(fresh);
        var me = await community.PersonAsync();
        var rooms = new List<RoomId>();
        foreach (var other in await community.PeopleAsync(7))
        {
            var room = await community.DirectAsync(me, other);
            _ = await community.PostAsync(other, room.Id, $"from {other}");
            rooms.Insert(0, room.Id);
        }

        var seen = new List<Room>();
        for (var page = await community.Rooms.ListAsync(me, new(null, 3), Community.Token); ; page = await community.Rooms.ListAsync(me, Community.Ok(PageQuery.Parse(page.Next, "3")), Community.Token))
        {
            seen.AddRange(page.Items);
            if (page.Next is null)
            {
                break;
            }
        }

        Assert.Equal(rooms, seen.Select(room => room.Id));
        Assert.All(seen, room => Assert.Equal($"from {room.LastMessage!.Sender}", room.LastMessage.Text));
        Assert.All(seen, room => Assert.Equal(1, room.Unread));
    }

    [Fact]
    public async Task Unread_is_what_a_recount_finds_whatever_happened()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(6);
        var room = await community.GroupAsync(people[0], people[1], people[2], people[3]);
        var random = new Random(7);
        await community.BlockAsync(people[1], people[2]);
        for (var step = 0; step < 120; step++)
        {
            var members = (await community.SeeAsync(people[0], room.Id)).Members.Select(member => member.User).ToList();
            var one = members[random.Next(members.Count)];
            var other = people[random.Next(4, 6)];
            _ = random.Next(6) switch
            {
                0 or 1 or 2 => (await community.TryPostAsync(one, room.Id, $"{step}")).IsOk,
                3 => (await community.Marks.MoveAsync(one, room.Id, random.Next(0, 130), Community.Token)).IsOk,
                4 => (await community.Members.PutAsync(Community.Caller(people[0]), room.Id, other, null, Community.Token)).IsOk,
                _ => (await community.Members.RemoveAsync(Community.Caller(people[0]), room.Id, other, Community.Token)).IsOk,
            };
        }

        var log = new List<Message>();
        for (var page = await community.HistoryAsync(people[0], room.Id, after: 0, limit: 100); ; page = await community.HistoryAsync(people[0], room.Id, after: log.Count, limit: 100))
        {
            log.AddRange(page.Messages);
            if (page.Window.Next is null)
            {
                break;
            }
        }

        foreach (var member in (await community.SeeAsync(people[0], room.Id)).Members)
        {
            var seen = await community.SeeAsync(member.User, room.Id);
            Assert.Equal(log.Count(message => message.Seq > member.ReadSeq), seen.Unread);
            Assert.DoesNotContain(log, message => message.Sender == member.User && message.Seq > seen.ReadSeq);
        }
    }

    [Fact]
    public async Task Marks_move_forward_only_and_never_beyond_the_head()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.DirectAsync(people[0], people[1]);
        foreach (var n in Enumerable.Range(1, 5))
        {
            _ = await community.PostAsync(people[0], room.Id, $"{n}");
        }

        Assert.Equal((5, 0), ((await community.SeeAsync(people[0], room.Id)).ReadSeq, (await community.SeeAsync(people[0], room.Id)).Unread));
        Assert.Equal(5, (await community.SeeAsync(people[1], room.Id)).Unread);
        Assert.Equal(new ReadMark(room.Id, 3, 2), await MoveAsync(3));
        Assert.Equal(new ReadMark(room.Id, 3, 2), await MoveAsync(1));
        Assert.Equal(new ReadMark(room.Id, 3, 2), await MoveAsync(0));
        Assert.Equal(new ReadMark(room.Id, 5, 0), await MoveAsync(long.MaxValue));
        Assert.Equal("out_of_range", (await community.Marks.MoveAsync(people[1], room.Id, -1, Community.Token)).Error?.Fields[0].Code);
        Assert.Equal("required", (await community.Marks.MoveAsync(people[1], room.Id, null, Community.Token)).Error?.Fields[0].Code);
        Assert.Equal("not_found", (await community.Marks.MoveAsync(people[2], room.Id, 1, Community.Token)).Error?.Code);
        // An entry for each of the two moves, and none for those that moved nothing.
        Assert.Equal([3L, 5L], (await community.InboxAsync(people[1])).Where(entry => entry.Ref.Type == EntryType.RoomRead).Select(entry => entry.Ref.Detail));
        Assert.DoesNotContain(await community.InboxAsync(people[0]), entry => entry.Ref.Type == EntryType.RoomRead);

        async Task<ReadMark> MoveAsync(long seq) => Community.Ok(await community.Marks.MoveAsync(people[1], room.Id, seq, Community.Token));
    }

    [Fact]
    public async Task Reads_at_once_end_at_the_farthest()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await Task.WhenAll(Enumerable.Range(1, 30).Select(n => community.TryPostAsync(people[0], room.Id, $"{n}")));
        var marks = await Task.WhenAll(Enumerable.Range(1, 29).Reverse().Select(n => community.Marks.MoveAsync(people[1], room.Id, n, Community.Token)));
        Assert.All(marks, mark => Assert.True(mark.IsOk));
        Assert.Equal(1, (await community.SeeAsync(people[1], room.Id)).Unread);
    }

    [Fact]
    public async Task Whoever_joins_has_everything_read_and_can_read_all_of_it()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.GroupAsync(people[0], people[1]);
        _ = await community.PostAsync(people[0], room.Id, "before");
        var put = Community.Ok(await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[2], null, Community.Token));
        Assert.True(put.Added);
        Assert.Equal(MemberRole.Member, put.Member.Role);
        Assert.Equal(0, (await community.SeeAsync(people[2], room.Id)).Unread);
        Assert.Equal("before", (await community.HistoryAsync(people[2], room.Id)).Messages.Single().Text);
        _ = await community.PostAsync(people[1], room.Id, "after");
        Assert.Equal(1, (await community.SeeAsync(people[2], room.Id)).Unread);
        Assert.False(Community.Ok(await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[2], null, Community.Token)).Added);
    }

    [Fact]
    public async Task Who_may_manage_a_group()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(5);
        var (owner, member, stranger, newcomer) = (people[0], people[1], people[2], people[3]);
        var room = await community.GroupAsync(owner, member);
        Assert.Equal("not_found", await PutAsync(Community.Caller(stranger)));
        Assert.Equal("not_found", await PutAsync(Community.Caller(stranger, Role.Admin)));
        Assert.Equal("forbidden", await PutAsync(Community.Caller(member)));
        Assert.Equal("forbidden", await PutAsync(Community.Caller(member, Role.Moderator)));
        Assert.Equal("not_found", await RenameAsync(Community.Caller(stranger, Role.Admin)));
        Assert.Equal("forbidden", await RenameAsync(Community.Caller(member)));
        Assert.Equal("forbidden", await RemoveAsync(Community.Caller(member), owner));
        Assert.Equal("not_found", await RemoveAsync(Community.Caller(stranger), member));
        Assert.Equal("not_found", await RemoveAsync(Community.Caller(owner), stranger));
        Assert.Null(await PutAsync(Community.Caller(member, Role.Admin)));
        Assert.Null(await RenameAsync(Community.Caller(owner)));
        Assert.Null(await RemoveAsync(Community.Caller(owner), newcomer));
        Assert.Null(await RemoveAsync(Community.Caller(member), member));

        async Task<string?> PutAsync(Caller caller) => (await community.Members.PutAsync(caller, room.Id, newcomer, null, Community.Token)).Error?.Code;
        async Task<string?> RenameAsync(Caller caller) => (await community.Rooms.RenameAsync(caller, room.Id, "new title", Community.Token)).Error?.Code;
        async Task<string?> RemoveAsync(Caller caller, UserId user) => (await community.Members.RemoveAsync(caller, room.Id, user, Community.Token)).Error?.Code;
    }

    [Fact]
    public async Task A_title_changes_and_can_be_taken_away()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.GroupAsync(people[0], people[1]);
        Assert.Equal("새 이름", Community.Ok(await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, "새 이름".Normalize(NormalizationForm.FormD), Community.Token)).Title);
        Assert.Equal("새 이름", Community.Ok(await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, " 새 이름 ", Community.Token)).Title);
        Assert.Null(Community.Ok(await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, "", Community.Token)).Title);
        Assert.Equal(2, (await community.InboxAsync(people[1])).Count(entry => entry.Ref.Type == EntryType.RoomUpdated));
        Assert.Equal("too_long", (await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, new string('x', 65), Community.Token)).Error?.Fields[0].Code);
    }

    [Fact]
    public async Task The_last_owner_to_leave_passes_the_group_to_whoever_has_been_there_longest()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(4);
        var room = await community.GroupAsync(people[0], people[2]);
        community.Test.Time.Advance(TimeSpan.FromMinutes(1));
        _ = Community.Ok(await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[1], null, Community.Token));
        Assert.Equal("last_owner", (await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[0], MemberRole.Member, Community.Token)).Error?.Code);
        _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[0]), room.Id, people[0], Community.Token));
        var left = await community.SeeAsync(people[1], room.Id);
        Assert.Equal(people[2], left.Members.Single(member => member.Role == MemberRole.Owner).User);
        Assert.Contains(await community.InboxAsync(people[1]), entry => entry.Ref == new EntryRef(EntryType.MemberUpdated, room.Id.Value, people[2].Value));
        // A second owner, and leaving passes nothing on.
        _ = Community.Ok(await community.Members.PutAsync(Community.Caller(people[2]), room.Id, people[1], MemberRole.Owner, Community.Token));
        _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[2]), room.Id, people[2], Community.Token));
        Assert.Equal(MemberRole.Owner, (await community.SeeAsync(people[1], room.Id)).Members.Single().Role);
        _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[1]), room.Id, people[1], Community.Token));
        Assert.Empty((await community.Rooms.ListAsync(people[1], new(null, 50), Community.Token)).Items);
    }

    [Fact]
    public async Task The_hundred_and_first_finds_the_room_full_even_when_all_come_at_once()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(110);
        var room = await community.GroupAsync(people[0], people[1..95]);
        var puts = await Task.WhenAll(people[95..].Select(user => community.Members.PutAsync(Community.Caller(people[0]), room.Id, user, null, Community.Token)));
        Assert.Equal(5, puts.Count(put => put.IsOk));
        Assert.All(puts.Where(put => !put.IsOk), put => Assert.Equal("room_full", put.Error!.Code));
        Assert.Equal(100, (await community.SeeAsync(people[0], room.Id)).Members.Count);
    }

    [Fact]
    public async Task A_direct_room_is_no_group()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.DirectAsync(people[0], people[1]);
        var caller = Community.Caller(people[0]);
        Assert.Equal("not_a_group", (await community.Members.PutAsync(caller, room.Id, people[2], null, Community.Token)).Error?.Code);
        Assert.Equal("not_a_group", (await community.Members.PutAsync(caller, room.Id, people[1], MemberRole.Owner, Community.Token)).Error?.Code);
        Assert.Equal("not_a_group", (await community.Members.RemoveAsync(caller, room.Id, people[0], Community.Token)).Error?.Code);
        Assert.Equal("not_a_group", (await community.Rooms.RenameAsync(caller, room.Id, "us", Community.Token)).Error?.Code);
    }

    [Fact]
    public async Task Unknown_and_blocked_people_are_not_brought_in()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(4);
        var room = await community.GroupAsync(people[0], people[1]);
        await community.BlockAsync(people[2], people[0]);
        await community.BlockAsync(people[0], people[3]);
        Assert.Equal("blocked", await PutAsync(people[2]));
        Assert.Equal("blocked", await PutAsync(people[3]));
        Assert.Equal("user_not_found", await PutAsync(new UserId(42)));
        Assert.Equal("user_not_found", await PutAsync(await community.PersonAsync(disabled: true)));
        Assert.Equal("blocked", (await community.Rooms.CreateAsync(people[0], new(RoomKind.Group, [people[1], people[2]]), Community.Token)).Error?.Code);
        Assert.Equal("blocked", (await community.Rooms.CreateAsync(people[0], new(RoomKind.Direct, [people[3]]), Community.Token)).Error?.Code);

        async Task<string?> PutAsync(UserId user) =>
            (await community.Members.PutAsync(Community.Caller(people[0]), room.Id, user, null, Community.Token)).Error?.Code;
    }
}

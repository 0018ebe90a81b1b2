using Madang.Realtime;

namespace Madang.Tests.Conformance.Chat;

public sealed class SqlitePrivacy() : PrivacyFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPrivacy() : PrivacyFacts(TestDatabase.PostgresAsync);

/// <summary>Blocks and removals are decided when something is read or sent, in every way that shows it (design: agreement 5).</summary>
public abstract class PrivacyFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task A_block_refuses_direct_messages_both_ways_and_lets_them_pass_when_it_ends()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await community.PostAsync(people[1], room.Id, "before", "k");
        await community.BlockAsync(people[0], people[1]);
        Assert.Equal("blocked", (await community.TryPostAsync(people[0], room.Id, "no")).Error?.Code);
        Assert.Equal("blocked", (await community.TryPostAsync(people[1], room.Id, "no")).Error?.Code);
        // What was accepted before stays accepted, and what was said in a direct room stays readable.
        Assert.True(Community.Ok(await community.TryPostAsync(people[1], room.Id, "before", "k")).Repeated);
        Assert.False((await community.HistoryAsync(people[0], room.Id)).Messages.Single().Hidden);
        Assert.Equal(room.Id, (await community.DirectAsync(people[0], people[1])).Id);
        await community.UnblockAsync(people[0], people[1]);
        Assert.Equal(2, (await community.PostAsync(people[1], room.Id, "again")).Seq);
    }

    [Fact]
    public async Task In_a_group_whoever_blocked_the_sender_sees_stubs_everywhere_and_the_others_see_all()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var (viewer, sender, other) = (people[0], people[1], people[2]);
        var room = await community.GroupAsync(viewer, sender, other);
        _ = await community.PostAsync(sender, room.Id, "비밀 one");
        await community.BlockAsync(viewer, sender);
        _ = await community.PostAsync(sender, room.Id, "비밀 two");
        _ = await community.PostAsync(other, room.Id, "hello");
        _ = await community.PostAsync(sender, room.Id, "비밀 three");

        var history = (await community.HistoryAsync(viewer, room.Id)).Messages;
        Assert.Equal([1L, 2L, 3L, 4L], history.Select(message => message.Seq));
        Assert.Equal([true, true, false, true], history.Select(message => message.Hidden));
        Assert.All(history.Where(message => message.Hidden), message => Assert.Equal(("", "", default), (message.Text, message.ClientId, message.Sender)));
        var seen = await community.SeeAsync(viewer, room.Id);
        Assert.True(seen.LastMessage!.Hidden);
        Assert.True((await community.Rooms.ListAsync(viewer, new(null, 50), Community.Token)).Items.Single().LastMessage!.Hidden);
        Assert.Equal(4, seen.Unread);
        var synced = await community.SyncAsync(viewer);
        Assert.DoesNotContain(synced, entry => entry.Contains("비밀", StringComparison.Ordinal));
        Assert.Equal(3, synced.Count(entry => entry.Contains("\"hidden\":true", StringComparison.Ordinal)));

        Assert.DoesNotContain((await community.HistoryAsync(other, room.Id)).Messages, message => message.Hidden);
        Assert.DoesNotContain((await community.HistoryAsync(sender, room.Id)).Messages, message => message.Hidden);
        await community.UnblockAsync(viewer, sender);
        Assert.DoesNotContain((await community.HistoryAsync(viewer, room.Id)).Messages, message => message.Hidden);
    }

    [Fact]
    public async Task The_live_path_is_told_who_must_not_see_a_message()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(4);
        var room = await community.GroupAsync(people[0], people[1], people[2]);
        var told = new List<NewEntry>();
        community.Test.Database.OnCommit<InboxPublication>(publication =>
        {
            lock (told)
            {
                told.Add(publication.Entry);
            }
        });
        await community.BlockAsync(people[2], people[0]);
        await community.BlockAsync(people[3], people[0]);
        var message = await community.PostAsync(people[0], room.Id, "hello");
        _ = await community.PostAsync(people[1], room.Id, "hi");
        lock (told)
        {
            var live = told.Where(entry => entry.Ref.Type == EntryType.MessageCreated).ToList();
            Assert.Equal(message, live[0].Live);
            Assert.Equal([people[2]], live[0].NotLive);
            Assert.Null(live[1].NotLive);
        }
    }

    [Fact]
    public async Task Who_was_removed_hears_of_the_removal_and_of_nothing_else()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.GroupAsync(people[0], people[1], people[2]);
        _ = await community.PostAsync(people[0], room.Id, "비밀", "k");
        _ = await community.PostAsync(people[2], room.Id, "mine", "mine");
        _ = Community.Ok(await community.Marks.MoveAsync(people[2], room.Id, 2, Community.Token));
        _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[0]), room.Id, people[2], Community.Token));
        var before = (await community.InboxAsync(people[2])).Count;
        _ = await community.PostAsync(people[0], room.Id, "without you");
        Assert.Equal(before, (await community.InboxAsync(people[2])).Count);
        Assert.Equal([$"member.removed {{\"room_id\":\"{room.Id}\",\"user_id\":\"{people[2]}\"}}"], await community.SyncAsync(people[2]));
        Assert.Equal("not_found", (await community.TryPostAsync(people[2], room.Id, "still here?")).Error?.Code);
        Assert.Equal("not_found", (await community.TryPostAsync(people[2], room.Id, "mine", "mine")).Error?.Code);
        Assert.Equal("not_found", (await community.Messages.HistoryAsync(people[2], room.Id, new(null, null, null, 50), Community.Token)).Error?.Code);
        Assert.Equal("not_found", (await community.Marks.MoveAsync(people[2], room.Id, 3, Community.Token)).Error?.Code);
        Assert.Equal("not_found", (await community.Typing(new SignalLog()).TellAsync(people[2], room.Id, Community.Token)).Error?.Code);
        Assert.Empty((await community.Rooms.ListAsync(people[2], new(null, 50), Community.Token)).Items);
    }

    [Fact]
    public async Task A_removal_between_two_messages_of_one_room_takes_effect_at_once()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.GroupAsync(people[0], people[1], people[2]);
        for (var n = 0; n < 20; n++)
        {
            Assert.Equal(2 * n + 1, (await community.PostAsync(people[1], room.Id, $"{n}")).Seq);
            _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[0]), room.Id, people[1], Community.Token));
            Assert.Equal("not_found", (await community.TryPostAsync(people[1], room.Id, $"{n}")).Error?.Code);
            _ = await community.PostAsync(people[2], room.Id, $"{n}");
            _ = Community.Ok(await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[1], null, Community.Token));
        }
    }

    [Fact]
    public async Task Entries_show_what_is_true_when_they_are_read()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.GroupAsync(people[0], people[1]);
        _ = Community.Ok(await community.Members.PutAsync(Community.Caller(people[0]), room.Id, people[2], null, Community.Token));
        _ = Community.Ok(await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, "first", Community.Token));
        _ = Community.Ok(await community.Rooms.RenameAsync(Community.Caller(people[0]), room.Id, "second", Community.Token));
        _ = await community.PostAsync(people[0], room.Id, "hi");
        _ = Community.Ok(await community.Marks.MoveAsync(people[1], room.Id, 1, Community.Token));
        _ = Community.Ok(await community.Members.RemoveAsync(Community.Caller(people[0]), room.Id, people[2], Community.Token));
        var names = (await community.SyncAsync(people[1])).Select(entry => entry.Split(' ', 2)).ToList();
        // The joining of who has left again is no longer told; the leaving is.
        Assert.Equal(["member.added", "room.updated", "room.updated", "message.created", "room.read", "member.removed"], names.Select(entry => entry[0]));
        Assert.Equal($"{{\"room_id\":\"{room.Id}\",\"title\":\"second\"}}", names[1][1]);
        Assert.Equal($"{{\"room_id\":\"{room.Id}\",\"read_seq\":1,\"unread\":0}}", names[4][1]);
        Assert.Contains($"\"sender_id\":\"{people[0]}\"", names[3][1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typing_and_receipts_go_to_the_others_but_not_to_whoever_blocked_the_person()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(4);
        var room = await community.GroupAsync(people[0], people[1], people[2], people[3]);
        var direct = await community.DirectAsync(people[0], people[1]);
        _ = await community.PostAsync(people[1], room.Id, "hi");
        await community.BlockAsync(people[2], people[0]);
        var log = new SignalLog();
        var typing = community.Typing(log);
        _ = Community.Ok(await typing.TellAsync(people[0], room.Id, Community.Token));
        _ = Community.Ok(await typing.TellAsync(people[0], room.Id, Community.Token));
        Assert.Equal([people[1], people[3]], Assert.Single(log.Sent).To);
        Assert.Equal("typing", log.Sent[0].Signal.Type);
        Assert.Equal($"{{\"room_id\":\"{room.Id}\",\"user_id\":\"{people[0]}\",\"expires_in_ms\":6000}}", System.Text.Encoding.UTF8.GetString(log.Sent[0].Signal.Data.Span));
        community.Test.Time.Advance(TimeSpan.FromSeconds(3));
        _ = Community.Ok(await typing.TellAsync(people[0], room.Id, Community.Token));
        Assert.Equal(2, log.Sent.Count);

        var marks = community.MarksWith(log);
        _ = Community.Ok(await marks.MoveAsync(people[0], room.Id, 1, Community.Token));
        _ = Community.Ok(await marks.MoveAsync(people[0], room.Id, 1, Community.Token));
        Assert.Equal(3, log.Sent.Count);
        Assert.Equal(("receipt", $"{{\"room_id\":\"{room.Id}\",\"user_id\":\"{people[0]}\",\"read_seq\":1}}"),
            (log.Sent[2].Signal.Type, System.Text.Encoding.UTF8.GetString(log.Sent[2].Signal.Data.Span)));
        Assert.Equal([people[1], people[3]], log.Sent[2].To);

        await community.BlockAsync(people[0], people[1]);
        _ = Community.Ok(await typing.TellAsync(people[0], direct.Id, Community.Token));
        Assert.Equal(3, log.Sent.Count);
    }
}

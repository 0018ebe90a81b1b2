using System.Text;
using Madang.Chat;
using Madang.Realtime;

namespace Madang.Tests.Conformance.Chat;

public sealed class SqliteMessages() : MessageFacts(TestDatabase.SqliteAsync);

public sealed class PostgresMessages() : MessageFacts(TestDatabase.PostgresAsync);

/// <summary>Sending, numbering, retrying and reading back, on every engine.</summary>
public abstract class MessageFacts(Func<Task<TestDatabase>> fresh)
{
    [Fact]
    public async Task A_message_is_numbered_and_everybody_in_the_room_has_it_in_the_inbox()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.GroupAsync(people[0], people[1], people[2]);
        var first = await community.PostAsync(people[0], room.Id, "안녕");
        var second = await community.PostAsync(people[1], room.Id, "hello");
        Assert.Equal((1, 2), (first.Seq, second.Seq));
        Assert.True(second.Id.Value > first.Id.Value);
        foreach (var person in people)
        {
            var entries = await community.InboxAsync(person);
            Assert.Equal([.. Enumerable.Range(1, entries.Count).Select(pos => (long)pos)], entries.Select(entry => entry.Pos));
            Assert.Equal(
                [new(EntryType.MessageCreated, room.Id.Value, 1), new(EntryType.MessageCreated, room.Id.Value, 2)],
                entries.Select(entry => entry.Ref).Where(one => one.Type == EntryType.MessageCreated));
        }
    }

    [Fact]
    public async Task Fifty_retries_at_once_make_one_message()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => community.TryPostAsync(people[0], room.Id, "한 번만", "once")));
        Assert.All(results, result => Assert.True(result.IsOk));
        Assert.Single(results.Select(result => result.Value.Message).Distinct());
        Assert.Single(results, result => !result.Value.Repeated);
        Assert.Single((await community.HistoryAsync(people[1], room.Id)).Messages);
    }

    [Fact]
    public async Task A_retry_answers_the_first_message_after_others_came()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        var first = await community.PostAsync(people[0], room.Id, "same", "k");
        _ = await community.PostAsync(people[1], room.Id, "between");
        var again = Community.Ok(await community.TryPostAsync(people[0], room.Id, "same", "k"));
        Assert.True(again.Repeated);
        Assert.Equal(first, again.Message);
        Assert.Equal(2, (await community.SeeAsync(people[0], room.Id)).HeadSeq);
    }

    [Fact]
    public async Task The_same_text_in_decomposed_hangul_is_a_retry_since_both_are_kept_composed()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        var first = await community.PostAsync(people[0], room.Id, "한글".Normalize(NormalizationForm.FormD), "k");
        Assert.Equal("한글", first.Text);
        Assert.True(Community.Ok(await community.TryPostAsync(people[0], room.Id, "한글", "k")).Repeated);
    }

    [Fact]
    public async Task A_client_id_with_another_text_room_or_reply_is_a_conflict()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.DirectAsync(people[0], people[1]);
        var other = await community.DirectAsync(people[0], people[2]);
        _ = await community.PostAsync(people[0], room.Id, "one", "k");
        Assert.Equal("idempotency_conflict", (await community.TryPostAsync(people[0], room.Id, "two", "k")).Error?.Code);
        Assert.Equal("idempotency_conflict", (await community.TryPostAsync(people[0], room.Id, "one", "k", replyTo: 1)).Error?.Code);
        Assert.Equal("idempotency_conflict", (await community.TryPostAsync(people[0], other.Id, "one", "k")).Error?.Code);
        // Another person may use the same id.
        Assert.False(Community.Ok(await community.TryPostAsync(people[1], room.Id, "one", "k")).Repeated);
    }

    [Fact]
    public async Task One_client_id_sent_to_many_rooms_at_once_goes_to_one_of_them()
    {
        await using var community = await Community.OpenAsync(fresh);
        var me = await community.PersonAsync();
        var rooms = await Task.WhenAll((await community.PeopleAsync(8)).Select(other => community.DirectAsync(me, other)));
        var results = await Task.WhenAll(rooms.Select(room => community.TryPostAsync(me, room.Id, "only one", "k")));
        Assert.Single(results, result => result.IsOk);
        Assert.All(results.Where(result => !result.IsOk), result => Assert.Equal("idempotency_conflict", result.Error!.Code));
    }

    [Fact]
    public async Task A_client_id_is_kept_seven_days_and_then_let_go()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await community.PostAsync(people[0], room.Id, "hi", "k");
        community.Test.Time.Advance(TimeSpan.FromDays(7));
        Assert.True(Community.Ok(await community.TryPostAsync(people[0], room.Id, "hi", "k")).Repeated);
        community.Test.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await PruneAsync(community));
        Assert.Equal(0, await PruneAsync(community));
        Assert.False(Community.Ok(await community.TryPostAsync(people[0], room.Id, "hi", "k")).Repeated);
    }

    [Fact]
    public async Task Seqs_stay_dense_when_many_send_to_a_few_rooms_at_once()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(6);
        var rooms = new List<Room>
        {
            await community.GroupAsync(people[0], people[1..]),
            await community.GroupAsync(people[5], people[..5]),
            await community.DirectAsync(people[0], people[1]),
        };
        var sends = from room in rooms
                    from sender in room.Members.Select(member => member.User)
                    from n in Enumerable.Range(0, 20)
                    select community.TryPostAsync(sender, room.Id, $"{sender} {n}");
        var posted = (await Task.WhenAll(sends)).Select(Community.Ok).ToList();
        foreach (var room in rooms)
        {
            var own = posted.Where(one => one.Message.Room == room.Id).ToList();
            Assert.Equal(Enumerable.Range(1, own.Count).Select(n => (long)n), own.Select(one => one.Message.Seq).Order());
            Assert.Equal(own.Count, (await community.SeeAsync(people[0], room.Id)).HeadSeq);
        }

        foreach (var person in people)
        {
            var entries = await community.InboxAsync(person);
            Assert.Equal(Enumerable.Range(1, entries.Count).Select(n => (long)n), entries.Select(entry => entry.Pos));
            foreach (var room in rooms.Where(room => room.Members.Any(member => member.User == person)))
            {
                var seqs = entries.Where(entry => entry.Ref.Type == EntryType.MessageCreated && entry.Ref.Subject == room.Id.Value).Select(entry => entry.Ref.Detail).ToList();
                Assert.Equal(seqs.Order(), seqs);
                Assert.Equal(posted.Count(one => one.Message.Room == room.Id), seqs.Count);
            }
        }
    }

    [Fact]
    public async Task What_one_person_sends_without_waiting_keeps_its_order()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => community.TryPostAsync(people[0], room.Id, $"{n}")));
        var texts = (await community.HistoryAsync(people[1], room.Id, after: 0, limit: 100)).Messages.Select(message => message.Text);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"{n}"), texts);
    }

    [Fact]
    public async Task Paging_agrees_with_a_naive_list_from_every_place_in_every_direction()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await Task.WhenAll(Enumerable.Range(1, 23).Select(n => community.TryPostAsync(people[n % 2], room.Id, $"{n}")));
        var all = (await community.HistoryAsync(people[0], room.Id, after: 0, limit: 100)).Messages;
        Assert.Equal(23, all.Count);
        var random = new Random(20261122);
        for (var i = 0; i < 300; i++)
        {
            var (at, limit) = (random.NextInt64(0, 30), random.Next(1, 12));
            var before = await community.HistoryAsync(people[0], room.Id, before: at, limit: limit);
            Assert.Equal(all.Where(message => message.Seq < at).TakeLast(limit), before.Messages);
            var after = await community.HistoryAsync(people[1], room.Id, after: at, limit: limit);
            Assert.Equal(all.Where(message => message.Seq > at).Take(limit), after.Messages);
            var around = await community.HistoryAsync(people[1], room.Id, around: at, limit: limit);
            Assert.Equal(Math.Min(limit, 23), around.Messages.Count);
            Assert.Contains(around.Messages, message => message.Seq == Math.Clamp(at, 1, 23));
            Assert.All([before, after, around], page => EndsAreTrue(page, 23));
        }
    }

    [Fact]
    public async Task Following_next_and_prev_visits_every_message_once()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        _ = await Task.WhenAll(Enumerable.Range(1, 25).Select(n => community.TryPostAsync(people[0], room.Id, $"{n}")));
        var seen = new List<long>();
        for (var page = await community.HistoryAsync(people[1], room.Id, limit: 7); ; page = await community.HistoryAsync(people[1], room.Id, before: Number(page.Window.Prev), limit: 7))
        {
            seen.InsertRange(0, page.Messages.Select(message => message.Seq));
            if (page.Window.Prev is null)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task An_empty_room_has_an_empty_page_with_no_further_ones()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        foreach (var page in new[] { await community.HistoryAsync(people[0], room.Id), await community.HistoryAsync(people[0], room.Id, around: 5), await community.HistoryAsync(people[0], room.Id, before: 5) })
        {
            Assert.Empty(page.Messages);
            Assert.Null(page.Window.Prev);
            Assert.Null(page.Window.Next);
        }
    }

    [Fact]
    public async Task A_reply_names_a_message_that_is_there()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        var first = await community.PostAsync(people[0], room.Id, "?");
        Assert.Equal(first.Seq, Community.Ok(await community.TryPostAsync(people[1], room.Id, "!", replyTo: first.Seq)).Message.ReplyTo);
        Assert.Equal(1, (await community.HistoryAsync(people[0], room.Id)).Messages[1].ReplyTo);
        foreach (var missing in new long[] { 3, 0, -1, long.MaxValue })
        {
            var refused = await community.TryPostAsync(people[1], room.Id, "!", replyTo: missing);
            Assert.Equal("reply_to", refused.Error?.Fields.Single().Field);
        }
    }

    [Fact]
    public async Task To_strangers_a_room_does_not_exist()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(3);
        var room = await community.DirectAsync(people[0], people[1]);
        Assert.Equal("not_found", (await community.TryPostAsync(people[2], room.Id, "let me in")).Error?.Code);
        Assert.Equal("not_found", (await community.TryPostAsync(people[0], new RoomId(1), "nowhere")).Error?.Code);
        Assert.Equal("not_found", (await community.Messages.HistoryAsync(people[2], room.Id, new(null, null, null, 50), Community.Token)).Error?.Code);
        Assert.Null(await community.Rooms.FindAsync(people[2], room.Id, Community.Token));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_with_every_faulty_field()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(2);
        var room = await community.DirectAsync(people[0], people[1]);
        await RefusedAsync("text:required", new("a", null));
        await RefusedAsync("text:required", new("a", " \n "));
        await RefusedAsync("text:invalid", new("a", "nul\0"));
        await RefusedAsync("text:invalid", new("a", "half \ud83d"));
        await RefusedAsync("text:too_long", new("a", new string('가', 5462)));
        await RefusedAsync("client_id:required", new(null, "hi"));
        await RefusedAsync("client_id:invalid", new("", "hi"));
        await RefusedAsync("client_id:invalid", new("한글", "hi"));
        await RefusedAsync("client_id:invalid", new(new string('x', 65), "hi"));
        await RefusedAsync("attachments:invalid", new("a", "hi", null, HasAttachments: true));
        await RefusedAsync("client_id:invalid text:required reply_to:out_of_range", new("\t", "", 0));
        Assert.Equal(16_384, Encoding.UTF8.GetByteCount((await community.PostAsync(people[0], room.Id, "x" + new string('가', 5461))).Text));

        async Task RefusedAsync(string faults, MessageDraft draft)
        {
            var refused = await community.Messages.PostAsync(people[0], room.Id, draft, Community.Token);
            Assert.Equal("invalid_fields", refused.Error?.Code);
            Assert.Equal(faults, string.Join(' ', refused.Error!.Fields.Select(field => $"{field.Field}:{field.Code}")));
        }
    }

    [Fact]
    public async Task A_group_of_a_hundred_gets_a_hundred_entries_a_message()
    {
        await using var community = await Community.OpenAsync(fresh);
        var people = await community.PeopleAsync(100);
        var room = await community.GroupAsync(people[0], people[1..]);
        var sends = people.Take(20).Select(sender => community.TryPostAsync(sender, room.Id, $"from {sender}"));
        Assert.All(await Task.WhenAll(sends), result => Assert.True(result.IsOk));
        foreach (var person in people)
        {
            var seqs = (await community.InboxAsync(person)).Where(entry => entry.Ref.Type == EntryType.MessageCreated).Select(entry => entry.Ref.Detail);
            Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), seqs);
        }
    }

    private static async Task<int> PruneAsync(Community community)
    {
        var retention = new ClientKeyRetention(community.Test.Store<IRoomStore>());
        return await community.Test.Database.WriteAsync(tx => retention.Prune(tx, tx.Now, 50), Madang.Storage.Lane.Background, Community.Token);
    }

    private static void EndsAreTrue(History page, long head)
    {
        var (first, last) = (page.Messages.Count == 0 ? page.Window.First : page.Messages[0].Seq, page.Messages.Count == 0 ? page.Window.Last : page.Messages[^1].Seq);
        Assert.Equal(first > 1 ? first : null, Number(page.Window.Prev));
        Assert.Equal(last < head ? last : null, Number(page.Window.Next));
    }

    private static long? Number(string? seq) => seq is null ? null : long.Parse(seq, System.Globalization.CultureInfo.InvariantCulture);
}

using Madang.Api;
using Madang.Realtime;
using Madang.Realtime.Delivery;

namespace Madang.Tests.Integration.Realtime;

/// <summary>What is true however an inbox is read.</summary>
public abstract class ReadingFacts
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal abstract Reader New(RealtimeHost host, Person person);

    [Fact]
    public async Task Backlog_and_live_entries_come_in_order_with_the_bytes_that_a_poll_gives()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2, 3);
        await using var reader = New(host, person);
        await reader.OpenAsync(await host.CursorAsync(0));
        var told = await reader.TakeAsync(3);

        var next = reader.TakeAsync(4);
        await host.AppendAsync([person], 4, 5, 6, 7);
        told.AddRange(await next);

        await using var poll = new PollReader(host, person, 0);
        await poll.OpenAsync(await host.CursorAsync(0));
        Assert.Equal(await poll.TakeAsync(7), told);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], told.Select(one => one.Number));
        Assert.Equal(await host.CursorAsync(7), told[^1].Cursor);
        Assert.Matches("""^\{"cursor":"[\w-]{20}","type":"room.updated","at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","data":\{"room_id":"7","title":"글 7"\}\}$""", told[^1].Json!);
    }

    [Fact]
    public async Task A_reader_that_is_cut_at_a_hundred_random_places_gets_every_entry_once()
    {
        // The cuts come faster than the server learns that the last reader has gone.
        await using var host = await RealtimeHost.StartAsync(new() { ["Madang:Realtime:ConnectionsPerUser"] = "1000" });
        var person = await host.PersonAsync();
        const int Entries = 300;
        var random = new Random(20261122);
        var written = 0;
        var writing = Task.CompletedTask;
        var told = new List<long>();
        var cursor = await host.CursorAsync(0);
        for (var cut = 0; told.Count < Entries; cut++)
        {
            if (writing.IsCompleted && written < Entries)
            {
                var some = Enumerable.Range(written + 1, Math.Min(random.Next(1, 6), Entries - written)).Select(number => (long)number).ToArray();
                written += some.Length;
                writing = host.AppendAsync([person], some);
            }

            await using var reader = New(host, person);
            await reader.OpenAsync(cursor);
            // After the hundredth cut to the end.
            for (var left = cut < 100 ? random.Next(0, 5) : 1; left > 0 && told.Count < written; left--)
            {
                var one = await reader.NextAsync();
                told.Add(one.Number);
                cursor = one.Cursor;
            }
        }

        Assert.Equal(Enumerable.Range(1, Entries).Select(number => (long)number), told);
    }

    [Fact]
    public async Task Entries_that_are_written_while_the_backlog_is_read_come_once()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendManyAsync(person, Enumerable.Range(1, 400).Select(number => (long)number));
        var number = 400L;
        host.Source.Before = () => number < 440 ? host.AppendAsync([person], Interlocked.Increment(ref number), Interlocked.Increment(ref number)) : Task.CompletedTask;
        await using var reader = New(host, person);
        await reader.OpenAsync(await host.CursorAsync(0));
        var told = await reader.TakeAsync(402);
        host.Source.Before = null;
        var last = Volatile.Read(ref number);
        told.AddRange(await reader.TakeAsync((int)last - 402));
        Assert.Equal(Enumerable.Range(1, (int)last).Select(n => (long)n), told.Select(one => one.Number));
    }

    [Fact]
    public async Task Without_a_cursor_a_reader_is_told_where_it_stands_and_goes_on_from_there()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2);
        await using var reader = New(host, person);
        await reader.OpenAsync(null);
        var reset = await reader.NextAsync();
        Assert.True(reset.IsReset);
        Assert.Equal(await host.CursorAsync(2), reset.Cursor);

        await host.AppendAsync([person], 3);
        Assert.Equal(3, (await reader.NextAsync()).Number);
    }

    [Fact]
    public async Task A_cursor_of_another_database_starts_anew()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1);
        var epoch = await host.Get<IInboxStore>().EpochAsync(Cancelled);
        await StartsAnewAsync(host, person, new InboxCursor(epoch ^ 1, 0).ToString(), 1);
    }

    [Fact]
    public async Task A_cursor_beyond_the_head_starts_anew()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1);
        await StartsAnewAsync(host, person, await host.CursorAsync(2), 1);
    }

    [Fact]
    public async Task A_cursor_older_than_what_is_kept_starts_anew_and_the_oldest_kept_one_does_not()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2, 3, 4, 5);
        await host.Database.WriteAsync(tx => host.Get<IInboxStore>().Prune(tx, default, DateTimeOffset.MinValue.AddYears(2000), 2, 50), cancellationToken: Cancelled);
        await StartsAnewAsync(host, person, await host.CursorAsync(2), 5);
        await using var reader = New(host, person);
        await reader.OpenAsync(await host.CursorAsync(3));
        Assert.Equal(4, (await reader.NextAsync()).Number);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    [InlineData("한글한글한글한글한글한글한글한글한글한글")]
    public async Task A_cursor_that_we_never_gave_is_refused(string cursor)
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var reader = New(host, person);
        var refused = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            await reader.OpenAsync(cursor.All(char.IsAscii) ? cursor : Uri.EscapeDataString(cursor));
            await reader.NextAsync();
        });
        Assert.Equal("invalid_fields", refused.Code);
    }

    [Fact]
    public async Task What_the_reader_may_not_see_is_left_out_and_the_rest_goes_on()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        var hidden = new NewEntry(new EntryRef(EntryType.RoomUpdated, TestSource.HiddenRoom, 1), [person.Id]);
        await host.Database.WriteAsync(
            tx =>
            {
                host.Inbox.Append(tx, hidden, TestSource.Entry(2, person.Id), hidden, TestSource.Entry(4, person.Id), hidden);
                return Done.Value;
            },
            cancellationToken: Cancelled);
        await using var reader = New(host, person);
        await reader.OpenAsync(await host.CursorAsync(0));
        var told = await reader.TakeAsync(2);
        await host.Database.WriteAsync(
            tx =>
            {
                host.Inbox.Append(tx, hidden, TestSource.Entry(7, person.Id));
                return Done.Value;
            },
            cancellationToken: Cancelled);
        told.Add(await reader.NextAsync());
        Assert.Equal([2, 4, 7], told.Select(one => one.Number));
        Assert.Equal(await host.CursorAsync(7), told[^1].Cursor);
    }

    [Fact]
    public async Task Whom_the_live_form_must_not_reach_reads_the_store()
    {
        await using var host = await RealtimeHost.StartAsync();
        var (one, other) = (await host.PersonAsync(), await host.PersonAsync());
        await using var reader = New(host, one);
        await reader.OpenAsync(await host.CursorAsync(0));
        var next = reader.TakeAsync(2);
        await host.Database.WriteAsync(
            tx =>
            {
                var blocked = new NewEntry(new EntryRef(EntryType.RoomUpdated, TestSource.HiddenRoom, 1), [one.Id, other.Id], Live: 1L, NotLive: [one.Id]);
                host.Inbox.Append(tx, TestSource.Entry(1, one.Id), blocked, TestSource.Entry(3, one.Id));
                return Done.Value;
            },
            cancellationToken: Cancelled);
        Assert.Equal([1, 3], (await next).Select(told => told.Number));
    }

    [Fact]
    public async Task Going_on_from_a_cursor_acks_what_lies_before_it()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2, 3);
        await using var reader = New(host, person);
        await reader.OpenAsync(await host.CursorAsync(2));
        await reader.NextAsync();
        await host.Get<AckBook>().WriteAsync();
        Assert.Equal(2, await Inboxes.AckedAsync(host, person));
    }

    private async Task StartsAnewAsync(RealtimeHost host, Person person, string since, long head)
    {
        await using var reader = New(host, person);
        await reader.OpenAsync(since);
        var reset = await reader.NextAsync();
        Assert.True(reset.IsReset);
        Assert.Equal(await host.CursorAsync(head), reset.Cursor);
        await host.AppendAsync([person], 100);
        Assert.Equal(100, (await reader.NextAsync()).Number);
    }
}

public sealed class PollReading : ReadingFacts
{
    internal override Reader New(RealtimeHost host, Person person) => new PollReader(host, person, 0);
}

public sealed class SmallPagesReading : ReadingFacts
{
    internal override Reader New(RealtimeHost host, Person person) => new PollReader(host, person, 0, limit: 2);
}

public sealed class LongPollReading : ReadingFacts
{
    internal override Reader New(RealtimeHost host, Person person) => new PollReader(host, person, 25);
}

public sealed class EventStreamReading : ReadingFacts
{
    internal override Reader New(RealtimeHost host, Person person) => new EventStreamReader(host, person);
}

public sealed class SocketReading : ReadingFacts
{
    internal override Reader New(RealtimeHost host, Person person) => new SocketReader(host, person);
}

internal static class Inboxes
{
    /// <summary>The stored mark of this person's only device; 0 when there is none.</summary>
    public static Task<long> AckedAsync(RealtimeHost host, Person person) => host.Get<Madang.Sqlite.SqliteDatabase>().ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT pos FROM inbox_ack WHERE user_id = ?1");
            return select.Bind(1, person.Id.Value).Scalar() ?? 0;
        },
        TestContext.Current.CancellationToken);
}

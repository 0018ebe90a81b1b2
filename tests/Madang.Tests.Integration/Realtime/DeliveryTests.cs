using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Realtime;
using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;

namespace Madang.Tests.Integration.Realtime;

/// <summary>What live delivery does when something is late, slow, revoked or about to stop.</summary>
public sealed class DeliveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_entries_are_not_read_from_the_store()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        await host.AppendAsync([person], 1, 2, 3);
        Assert.Equal([1, 2, 3], (await socket.TakeAsync(3)).Select(told => told.Number));
        Assert.Equal(0, host.Source.Hydrations);
    }

    [Fact]
    public async Task Entries_that_come_out_of_order_are_sent_in_order()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        // The store knows nothing of them: only what is offered can come.
        foreach (var pos in new[] { 2L, 3, 1 })
        {
            Offer(host, person, pos);
        }

        Assert.Equal([1, 2, 3], (await socket.TakeAsync(3)).Select(told => told.Number));
    }

    [Fact]
    public async Task A_hole_is_held_back_for_300_ms_and_then_read_from_the_store()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        // Both are in the store, but the hint of the first has got lost.
        await host.Database.WriteAsync(
            tx =>
            {
                host.Get<IInboxStore>().Append(tx, [TestSource.Entry(1, person.Id), TestSource.Entry(2, person.Id)]);
                return Done.Value;
            },
            cancellationToken: Cancelled);
        Offer(host, person, 2);
        time.Advance(TimeSpan.FromMilliseconds(200));
        await socket.SendAsync(new { op = "echo", id = 1, text = "still" });
        Assert.Equal("ok", (await socket.AnswerAsync()).GetProperty("op").GetString());
        Assert.Equal(0, host.Source.Hydrations);

        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([1, 2], (await socket.TakeAsync(2)).Select(told => told.Number));
        Assert.Equal(1, host.Source.Hydrations);
    }

    [Fact]
    public async Task A_lost_hint_is_made_good_by_a_look_at_the_heads()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        await host.Database.WriteAsync(
            tx =>
            {
                host.Get<IInboxStore>().Append(tx, [TestSource.Entry(1, person.Id)]);
                return Done.Value;
            },
            cancellationToken: Cancelled);
        await host.Get<Dispatcher>().RecheckAsync(Cancelled);
        Assert.Equal(1, (await socket.NextAsync()).Number);
    }

    [Fact]
    public async Task A_slow_reader_is_told_to_resync_and_loses_nothing()
    {
        await using var host = await RealtimeHost.StartAsync(new() { ["Madang:Realtime:QueueBytes"] = "65536" });
        host.Source.Padding = 20_000;
        var person = await host.PersonAsync();
        var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        const int Entries = 500;
        // 10 MB that nobody takes: more than the buffers of the system and of the connection hold.
        await host.AppendManyAsync(person, Enumerable.Range(1, Entries).Select(number => (long)number));

        var told = new SortedSet<long>();
        var resyncs = 0;
        while (told.Count == 0 || told.Max < Entries)
        {
            try
            {
                var frame = await socket.AnswerAsync();
                if (frame.GetProperty("op").GetString() == "entry")
                {
                    told.Add(NumberOf(frame));
                }
                else if (frame.GetProperty("op").GetString() == "resync")
                {
                    resyncs++;
                    await using var poll = new PollReader(host, person, 0);
                    await poll.OpenAsync(frame.GetProperty("since").GetString());
                    Assert.Equal(await host.CursorAsync(told.Max), frame.GetProperty("since").GetString());
                    // What comes on the socket behind the resync lies above what was in the store when it was written.
                    told.UnionWith((await poll.TakeAsync(Entries - (int)told.Max)).Select(one => one.Number));
                }
            }
            catch (SocketClosedException closed)
            {
                // Too slow again at once: goes on from its cursor.
                Assert.Equal(1013, closed.Code);
                await socket.DisposeAsync();
                socket = new SocketReader(host, person);
                await socket.OpenAsync(await host.CursorAsync(told.Max));
            }
        }

        Assert.True(resyncs > 0);
        Assert.Equal(Entries, told.Count);
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_event_stream_is_served_from_the_store_at_its_own_pace()
    {
        await using var host = await RealtimeHost.StartAsync(new() { ["Madang:Realtime:QueueBytes"] = "65536" });
        host.Source.Padding = 20_000;
        var person = await host.PersonAsync();
        await using var stream = new EventStreamReader(host, person);
        await stream.OpenAsync(await host.CursorAsync(0));
        await host.AppendManyAsync(person, Enumerable.Range(1, 500).Select(number => (long)number));
        Assert.Equal(Enumerable.Range(1, 500).Select(number => (long)number), (await stream.TakeAsync(500)).Select(told => told.Number));
        Assert.True(host.Source.Hydrations > 1);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_for_too_long_is_cut_off()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        host.Source.Padding = 20_000;
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await host.AppendManyAsync(person, Enumerable.Range(1, 600).Select(number => (long)number));
        var seats = host.Get<Hub>().Seats;
        var gone = seats.WhenEmptyAsync();
        // The writer blocks when the buffers are full, at a moment of its own.
        for (var i = 0; i < 200 && !gone.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(gone, Task.Delay(20, Cancelled));
        }

        await gone.WaitAsync(Patience, Cancelled);
    }

    [Fact]
    public async Task A_revoked_session_closes_its_connections_and_no_others()
    {
        await using var host = await RealtimeHost.StartAsync();
        var (person, other) = (await host.PersonAsync(), await host.PersonAsync());
        await using var socket = new SocketReader(host, person);
        await using var stream = new EventStreamReader(host, person);
        await using var poll = new PollReader(host, person, 25);
        await using var stays = new SocketReader(host, other);
        await socket.OpenAsync(null);
        await stream.OpenAsync(null);
        await stays.OpenAsync(null);
        await stays.NextAsync();
        await poll.OpenAsync(await host.CursorAsync(0));
        var polling = poll.NextAsync();
        await SeatsAsync(host, 4);

        await host.Database.WriteAsync(tx => host.Get<Sessions>().EndAll(tx, person.Id), cancellationToken: Cancelled);

        Assert.Equal(4403, await socket.CloseCodeAsync().WaitAsync(TimeSpan.FromSeconds(5), Cancelled));
        Assert.Equal("unauthenticated", (await Assert.ThrowsAsync<RefusedException>(() => polling.WaitAsync(TimeSpan.FromSeconds(5), Cancelled))).Code);
        while (await stream.BlockAsync().WaitAsync(TimeSpan.FromSeconds(5), Cancelled) is not null)
        {
        }

        await host.AppendAsync([other], 1);
        Assert.Equal(1, (await stays.NextAsync()).Number);
    }

    [Fact]
    public async Task A_credential_that_another_node_ended_is_found_by_the_watch()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        // Written without telling anybody here, and the session has run out by the clock: the watch asks the database, which knows it no more.
        await host.Database.WriteAsync(tx => host.Get<Madang.Accounts.Credentials.ICredentialStore>().EndAll(tx, person.Id, null, null), cancellationToken: Cancelled);
        foreach (var connection in host.Get<Hub>().Seats.All)
        {
            connection.CheckAt = time.GetUtcNow();
        }

        await host.Get<CredentialWatch>().LookAsync(Cancelled);
        Assert.Equal(4403, await socket.CloseCodeAsync().WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task A_session_that_was_moved_on_elsewhere_keeps_its_socket()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        var connection = host.Get<Hub>().Seats.All.Single();
        connection.CheckAt = host.Get<TimeProvider>().GetUtcNow();
        await host.Get<CredentialWatch>().LookAsync(Cancelled);
        Assert.True(connection.CheckAt > host.Get<TimeProvider>().GetUtcNow());
        await socket.SendAsync(new { op = "ping" });
        await socket.NextAsync();
        Assert.Equal("pong", (await socket.AnswerAsync()).GetProperty("op").GetString());
    }

    [Fact]
    public async Task Signals_of_one_kind_are_one_a_second_and_the_last_wins()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await using var stream = new EventStreamReader(host, person);
        await stream.OpenAsync(null);
        Assert.Equal("reset", (await stream.BlockAsync())!["event"]);
        var signals = host.Get<ISignals>();
        // A ping may come in between: the heartbeat's first moment is scattered.
        async Task<string?> NextAsync() => await socket.FrameAsync() is var frame && frame != """{"op":"ping"}""" ? frame : await NextAsync();
        for (var i = 1; i <= 5; i++)
        {
            signals.Send([person.Id], new Signal("typing", "room 7", Typing(i)));
        }

        signals.Send([person.Id], new Signal("typing", "room 8", Typing(100)));
        Assert.Equal("""{"op":"signal","type":"typing","data":{"room_id":"7","user_id":"1","expires_in_ms":1}}""", await NextAsync());
        Assert.Equal("""{"op":"signal","type":"typing","data":{"room_id":"7","user_id":"1","expires_in_ms":100}}""", await NextAsync());
        time.Advance(TimeSpan.FromMilliseconds(1100));
        Assert.Equal("""{"op":"signal","type":"typing","data":{"room_id":"7","user_id":"1","expires_in_ms":5}}""", await NextAsync());
        var block = await stream.BlockAsync();
        Assert.Equal("signal", block!["event"]);
        Assert.Equal("""{"type":"typing","data":{"room_id":"7","user_id":"1","expires_in_ms":1}}""", block["data"]);
        Assert.False(block.ContainsKey("id"));

        time.Advance(TimeSpan.FromMilliseconds(2000));
        signals.Send([person.Id], new Signal("typing", "room 7", Typing(6)));
        Assert.Equal("""{"op":"signal","type":"typing","data":{"room_id":"7","user_id":"1","expires_in_ms":6}}""", await NextAsync());
    }

    [Fact]
    public async Task A_silent_socket_is_pinged_and_a_half_open_one_is_closed()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        await using var alive = new SocketReader(host, await host.PersonAsync());
        await using var dead = new SocketReader(host, await host.PersonAsync());
        await alive.OpenAsync(null);
        await dead.OpenAsync(null);
        await SeatsAsync(host, 2);
        var connection = host.Get<Hub>().Seats.All.Single(one => one.User == alive.Who);
        for (var beat = 0; beat < 4; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(25));
            Assert.Equal("""{"op":"ping"}""", await alive.FrameAsync());
            await alive.SendAsync(new { op = "pong" });
            await alive.SendAsync(new { op = "echo", id = 1, text = "heard" });
            Assert.Equal("ok", (await alive.AnswerAsync()).GetProperty("op").GetString());
        }

        // Nobody reads or answers there: after two pings it was given up.
        await SeatsAsync(host, 1);
        Assert.Same(connection, host.Get<Hub>().Seats.All.Single());
    }

    [Fact]
    public async Task A_silent_event_stream_gets_a_comment_now_and_then()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        await using var stream = new EventStreamReader(host, await host.PersonAsync());
        await stream.OpenAsync(null);
        while ((await stream.BlockAsync())!.GetValueOrDefault("event") != "reset")
        {
        }

        for (var beat = 0; beat < 3; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(27));
            Assert.Equal("ping", (await stream.BlockAsync().WaitAsync(Patience, Cancelled))![""]);
        }
    }

    [Fact]
    public async Task A_socket_that_does_not_say_hello_is_closed_after_ten_seconds()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        await using var socket = new SocketReader(host, await host.PersonAsync());
        var timers = time.Timers;
        await socket.ConnectAsync();
        var closing = socket.CloseCodeAsync();
        await Eventually.TrueAsync(() => time.Timers > timers);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(closing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1008, await closing.WaitAsync(Patience, Cancelled));
    }

    [Fact]
    public async Task A_long_poll_ends_empty_when_its_time_is_over()
    {
        var time = new FakeTime();
        await using var host = await RealtimeHost.StartAsync(time: time);
        var person = await host.PersonAsync();
        using var request = host.Request(person, $"/v1/sync?since={await host.CursorAsync(0)}&wait=25");
        var answering = host.Client.SendAsync(request, Cancelled);
        await SeatsAsync(host, 1);
        time.Advance(TimeSpan.FromSeconds(24.9));
        Assert.False(answering.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        using var answer = await answering.WaitAsync(Patience, Cancelled);
        Assert.Equal($$"""{"entries":[],"cursor":"{{await host.CursorAsync(0)}}","limited":false}""", await answer.Content.ReadAsStringAsync(Cancelled));
        await SeatsAsync(host, 0);
    }

    [Fact]
    public async Task A_long_poll_that_is_given_up_gives_its_seat_up()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        using var giveUp = new CancellationTokenSource();
        using var request = host.Request(person, $"/v1/sync?since={await host.CursorAsync(0)}&wait=25");
        var answering = host.Client.SendAsync(request, giveUp.Token);
        await SeatsAsync(host, 1);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await SeatsAsync(host, 0);
    }

    [Fact]
    public async Task A_drain_sends_everybody_off_in_the_way_they_understand()
    {
        await using var host = await RealtimeHost.StartAsync(new() { ["Madang:Realtime:DrainSeconds"] = "1" });
        var person = await host.PersonAsync();
        await using var leaves = new SocketReader(host, person);
        await using var stays = new SocketReader(host, person);
        await using var stream = new EventStreamReader(host, person);
        await leaves.OpenAsync(null);
        await stays.OpenAsync(null);
        await stream.OpenAsync(null);
        using var request = host.Request(person, $"/v1/sync?since={await host.CursorAsync(0)}&wait=25");
        var polling = host.Client.SendAsync(request, Cancelled);
        await SeatsAsync(host, 4);

        var draining = host.Get<RealtimeDrain>().RunAsync();

        foreach (var socket in new[] { leaves, stays })
        {
            var frame = await socket.AnswerAsync();
            Assert.Equal("reconnect", frame.GetProperty("op").GetString());
            Assert.InRange(frame.GetProperty("after_ms").GetInt64(), 500, 10_500);
        }

        using var answer = await polling;
        Assert.Contains("\"entries\":[]", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        var blocks = new List<Dictionary<string, string>>();
        while (await stream.BlockAsync() is { } block)
        {
            blocks.Add(block);
        }

        Assert.InRange(int.Parse(blocks[^1]["retry"], System.Globalization.CultureInfo.InvariantCulture), 500, 10_500);
        await leaves.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(1001, await stays.CloseCodeAsync());
        await draining.WaitAsync(Patience, Cancelled);
        await using var late = new SocketReader(host, person);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => late.OpenAsync(null));
    }

    [Fact]
    public async Task A_client_that_answers_nothing_does_not_hold_the_stop()
    {
        var host = await RealtimeHost.StartAsync();
        await using var socket = new SocketReader(host, await host.PersonAsync());
        await socket.OpenAsync(null);
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(15), Cancelled);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Relations_come_as_entries_and_are_read_as_they_are_now()
    {
        await using var host = await RealtimeHost.StartAsync();
        var (one, other) = (await host.PersonAsync(), await host.PersonAsync());
        await using var socket = new SocketReader(host, other);
        await socket.OpenAsync(null);
        await socket.NextAsync();
        await host.Get<Relations>().BefriendAsync(one.Id, other.Id, Cancelled);
        var frame = await socket.AnswerAsync();
        Assert.Equal("relation.updated", frame.GetProperty("type").GetString());
        Assert.Equal($$"""{"user_id":"{{one.Id}}","friend":"incoming","follows":false,"muted":false,"blocked":false}""", frame.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Post_ack_stores_the_mark_and_refuses_what_is_no_cursor()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, await AckAsync(host, person, $$"""{"cursor":"{{await host.CursorAsync(2)}}"}"""));
        await host.Get<AckBook>().WriteAsync();
        Assert.Equal(2, await Inboxes.AckedAsync(host, person));
        Assert.Equal(System.Net.HttpStatusCode.NoContent, await AckAsync(host, person, $$"""{"cursor":"{{await host.CursorAsync(1)}}"}"""));
        await host.Get<AckBook>().WriteAsync();
        Assert.Equal(2, await Inboxes.AckedAsync(host, person));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, await AckAsync(host, person, """{"cursor":"garbage"}"""));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, await AckAsync(host, person, "{}"));
    }

    [Theory]
    [InlineData("wait=26", "wait")]
    [InlineData("wait=-1", "wait")]
    [InlineData("wait=soon", "wait")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    public async Task A_query_out_of_range_is_refused(string query, string field)
    {
        await using var host = await RealtimeHost.StartAsync();
        using var request = host.Request(await host.PersonAsync(), "/v1/sync?" + query);
        using var answer = await host.Client.SendAsync(request, Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancelled)).RootElement;
        Assert.Equal((field, "out_of_range"), (problem.GetProperty("errors")[0].GetProperty("field").GetString(), problem.GetProperty("errors")[0].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Nobody_reads_without_a_token()
    {
        await using var host = await RealtimeHost.StartAsync();
        using var answer = await host.Client.GetAsync("/v1/sync", Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static void Offer(RealtimeHost host, Person person, long pos)
    {
        var tail = host.Get<EntrySources>().Render(TestSource.Entry(pos, person.Id), host.Get<TimeProvider>().GetUtcNow());
        foreach (var connection in host.Get<Hub>().Seats.Of(person.Id))
        {
            connection.Offer(pos, tail);
        }
    }

    private static byte[] Typing(int expires) =>
        JsonSerializer.SerializeToUtf8Bytes(new { room_id = "7", user_id = "1", expires_in_ms = expires });

    private static long NumberOf(JsonElement frame) => new Told("", frame.GetRawText()).Number;

    private static Task SeatsAsync(RealtimeHost host, int count) => Eventually.TrueAsync(() => host.Get<Hub>().Seats.Count == count);

    private static async Task<System.Net.HttpStatusCode> AckAsync(RealtimeHost host, Person person, string body)
    {
        using var request = host.Request(person, "/v1/sync/ack", HttpMethod.Post);
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Client.SendAsync(request, Cancelled);
        return answer.StatusCode;
    }
}

/// <summary>Waits for what another thread does, and has no event for.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}

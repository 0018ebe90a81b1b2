using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Madang.Tests.Integration.Realtime;

/// <summary>The frames of the socket, good and bad, against a real Kestrel.</summary>
public sealed class SocketTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_verb_answers_with_the_id_of_its_frame()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendAsync(new { op = "echo", id = 7, text = "안녕 👋", unknown = new[] { 1, 2 } });
        var answer = await socket.AnswerAsync();
        Assert.Equal("ok", answer.GetProperty("op").GetString());
        Assert.Equal(7, answer.GetProperty("id").GetInt64());
        Assert.Equal("안녕 👋", answer.GetProperty("text").GetString());
        Assert.Contains("안녕", socket.Frames[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_verb_answers_with_the_code_and_the_fields_that_http_would_give()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendAsync(new { op = "echo", id = 8 });
        var answer = await socket.AnswerAsync();
        Assert.Equal(("error", 8, "invalid_fields"), (answer.GetProperty("op").GetString(), answer.GetProperty("id").GetInt64(), answer.GetProperty("code").GetString()));
        Assert.Equal("text", answer.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"op":"sparkle","id":3}""", "unknown_op")]
    [InlineData("""{"id":3}""", "invalid_fields")]
    [InlineData("""{"op":7,"id":3}""", "invalid_fields")]
    [InlineData("""{"op":"hello","id":3}""", "invalid_fields")]
    [InlineData("""{"op":"watch","id":3,"user_ids":["1"]}""", "not_available")]
    [InlineData("""{"op":"ack","id":3}""", "invalid_fields")]
    [InlineData("""{"op":"ack","id":3,"cursor":"garbage"}""", "invalid_fields")]
    [InlineData("""{"op":"active","id":3,"value":"yes"}""", "invalid_fields")]
    [InlineData("""{"op":"echo","id":3,"text":"\ud83d"}""", "malformed_json")]
    [InlineData("""{"op":"echo","id":3,"text":"\uDE00 alone"}""", "malformed_json")]
    public async Task A_frame_that_cannot_be_taken_is_answered_with_its_code_and_the_socket_goes_on(string frame, string code)
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendTextAsync(frame);
        var answer = await socket.AnswerAsync();
        Assert.Equal(("error", code, 3), (answer.GetProperty("op").GetString(), answer.GetProperty("code").GetString(), answer.GetProperty("id").GetInt64()));
        await socket.SendAsync(new { op = "ping" });
        Assert.Equal("pong", (await socket.AnswerAsync()).GetProperty("op").GetString());
    }

    [Theory]
    [InlineData("""{"op":"echo","text":"x"}""", "required")]
    [InlineData("""{"op":"echo","id":"1","text":"x"}""", "invalid")]
    [InlineData("""{"op":"echo","id":0,"text":"x"}""", "invalid")]
    [InlineData("""{"op":"echo","id":1.5,"text":"x"}""", "invalid")]
    [InlineData("""{"op":"echo","id":9007199254740992,"text":"x"}""", "invalid")]
    public async Task A_verb_that_is_answered_needs_an_id_that_a_client_can_hold(string frame, string code)
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendTextAsync(frame);
        var answer = await socket.AnswerAsync();
        Assert.Equal("invalid_fields", answer.GetProperty("code").GetString());
        Assert.Equal(("id", code), (answer.GetProperty("errors")[0].GetProperty("field").GetString(), answer.GetProperty("errors")[0].GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("{", 1007)]
    [InlineData("", 1007)]
    [InlineData("[1]", 1007)]
    [InlineData("\"op\"", 1007)]
    [InlineData("""{"op":"ping"} x""", 1007)]
    public async Task What_is_no_json_object_closes_1007(string text, int code)
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendTextAsync(text);
        Assert.Equal(code, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Json_that_is_too_deep_closes_1007()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.SendTextAsync("""{"op":"echo","id":1,"text":"x","deep":""" + new string('[', 100) + new string(']', 100) + "}");
        Assert.Equal(1007, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Text_that_is_no_utf8_closes_1007()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.Socket.SendAsync("{\"op\":\"\xff\"}"u8.ToArray()[..8].Concat(new byte[] { 0xff, 0x22, 0x7d }).ToArray(), WebSocketMessageType.Text, true, Cancelled);
        Assert.Equal(1007, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_binary_message_closes_1003()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.Socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary, true, Cancelled);
        Assert.Equal(1003, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_frame_of_64_KiB_is_taken_and_a_larger_one_closes_1009()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        var empty = Encoding.UTF8.GetByteCount("""{"op":"echo","id":1,"text":""}""");
        await socket.SendTextAsync($$"""{"op":"echo","id":1,"text":"{{new string('x', (64 * 1024) - empty)}}"}""");
        Assert.Equal("ok", (await socket.AnswerAsync()).GetProperty("op").GetString());
        await socket.SendTextAsync($$"""{"op":"echo","id":1,"text":"{{new string('x', (64 * 1024) - empty + 1)}}"}""");
        Assert.Equal(1009, await socket.CloseCodeAsync());
    }

    [Theory]
    [InlineData("""{"op":"ping"}""", 1008)]
    [InlineData("{", 1007)]
    [InlineData("""{"op":"hello"}""", 4401)]
    [InlineData("""{"op":"hello","token":"mds_nonsense"}""", 4401)]
    [InlineData("""{"op":"hello","token":17}""", 4401)]
    public async Task Only_a_hello_with_a_good_token_opens(string first, int code)
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = new SocketReader(host, await host.PersonAsync());
        await socket.ConnectAsync();
        await socket.SendTextAsync(first);
        Assert.Equal(code, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task A_bearer_token_of_the_handshake_will_do()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var socket = new SocketReader(host, person);
        await socket.ConnectAsync(bearer: person.Token);
        await socket.SendTextAsync("""{"op":"hello"}""");
        Assert.Equal("ready", (await socket.AnswerAsync()).GetProperty("op").GetString());
    }

    [Fact]
    public async Task A_cookie_counts_for_a_page_of_ours_and_for_none_else()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await using var ours = new SocketReader(host, person) { Origin = RealtimeHost.FriendlyOrigin };
        await ours.ConnectAsync(cookie: person.Token);
        await ours.SendTextAsync("""{"op":"hello"}""");
        Assert.Equal("ready", (await ours.AnswerAsync()).GetProperty("op").GetString());

        await using var nobodys = new SocketReader(host, person);
        await nobodys.ConnectAsync(cookie: person.Token);
        await nobodys.SendTextAsync("""{"op":"hello"}""");
        Assert.Equal(4401, await nobodys.CloseCodeAsync());

        await using var foreign = new SocketReader(host, person) { Origin = "https://evil.example" };
        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(cookie: person.Token));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await HandshakeAsync(host, "https://evil.example", "madang.v1"));
    }

    [Fact]
    public async Task A_handshake_without_our_subprotocol_is_refused()
    {
        await using var host = await RealtimeHost.StartAsync();
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, await HandshakeAsync(host, null, "chat"));
        using var plain = await host.Client.GetAsync("/v1/socket", Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, plain.StatusCode);
        Assert.Contains("not_a_websocket", await plain.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_twenty_first_connection_of_a_person_is_refused_and_the_others_stay()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        var open = new List<SocketReader>();
        for (var i = 0; i < 20; i++)
        {
            open.Add(new SocketReader(host, person));
            await open[^1].OpenAsync(null);
        }

        await using var one = new SocketReader(host, person);
        Assert.Equal("too_many_connections", (await Assert.ThrowsAsync<RefusedException>(() => one.OpenAsync(null))).Code);
        Assert.Equal(1013, await one.CloseCodeAsync());
        await using var poll = new PollReader(host, person, 1);
        Assert.Equal("too_many_connections", (await Assert.ThrowsAsync<RefusedException>(poll.NextAsync)).Code);
        await using var resync = new PollReader(host, person, 0);
        Assert.True((await resync.NextAsync()).IsReset);
        await open[0].SendAsync(new { op = "ping" });
        Assert.Equal("pong", (await open[0].AnswerAsync()).GetProperty("op").GetString());
        foreach (var socket in open)
        {
            await socket.DisposeAsync();
        }
    }

    [Fact]
    public async Task More_frames_than_the_bound_are_refused_with_the_time_to_wait()
    {
        await using var host = await RealtimeHost.StartAsync(new() { ["Madang:Realtime:FramesPerSecond"] = "5" });
        await using var socket = await OpenAsync(host);
        for (var i = 1; i <= 12; i++)
        {
            await socket.SendAsync(new { op = "echo", id = i, text = "x" });
        }

        var answers = new List<JsonElement>();
        while (answers.Count < 12)
        {
            answers.Add(await socket.AnswerAsync());
        }

        var refused = answers.Where(answer => answer.GetProperty("op").GetString() == "error").ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.Equal("rate_limited", answer.GetProperty("code").GetString()));
        Assert.All(refused, answer => Assert.InRange(answer.GetProperty("retry_after_ms").GetInt64(), 1, 1000));
    }

    [Fact]
    public async Task Verbs_of_one_connection_overlap_and_start_in_the_order_they_came()
    {
        await using var host = await RealtimeHost.StartAsync();
        var gate = new TaskCompletionSource();
        var started = new List<long>();
        host.Verb.Before = async frame =>
        {
            started.Add(frame.GetProperty("id").GetInt64());
            if (frame.GetProperty("id").GetInt64() == 1)
            {
                await gate.Task;
            }

            return null;
        };
        await using var socket = await OpenAsync(host);
        await socket.SendAsync(new { op = "echo", id = 1, text = "slow" });
        await socket.SendAsync(new { op = "echo", id = 2, text = "quick" });
        Assert.Equal(2, (await socket.AnswerAsync()).GetProperty("id").GetInt64());
        gate.SetResult();
        Assert.Equal(1, (await socket.AnswerAsync()).GetProperty("id").GetInt64());
        Assert.Equal([1, 2], started);
    }

    [Fact]
    public async Task A_verb_that_breaks_costs_its_frame_and_not_the_socket()
    {
        await using var host = await RealtimeHost.StartAsync();
        host.Verb.Before = frame => throw new InvalidOperationException("broken");
        await using var socket = await OpenAsync(host);
        await socket.SendAsync(new { op = "echo", id = 1, text = "x" });
        Assert.Equal("internal", (await socket.AnswerAsync()).GetProperty("code").GetString());
        host.Verb.Before = null;
        await socket.SendAsync(new { op = "echo", id = 2, text = "x" });
        Assert.Equal("ok", (await socket.AnswerAsync()).GetProperty("op").GetString());
    }

    [Fact]
    public async Task An_ack_frame_is_stored_and_never_beyond_the_head()
    {
        await using var host = await RealtimeHost.StartAsync();
        var person = await host.PersonAsync();
        await host.AppendAsync([person], 1, 2, 3);
        await using var socket = new SocketReader(host, person);
        await socket.OpenAsync(null);
        await socket.SendAsync(new { op = "ack", cursor = await host.CursorAsync(99) });
        await socket.SendAsync(new { op = "echo", id = 1, text = "done" });
        await socket.AnswerAsync();
        await host.Get<Madang.Realtime.Delivery.AckBook>().WriteAsync();
        Assert.Equal(3, await Inboxes.AckedAsync(host, person));
    }

    [Fact]
    public async Task A_client_that_closes_is_answered_and_gives_its_seat_up()
    {
        await using var host = await RealtimeHost.StartAsync();
        await using var socket = await OpenAsync(host);
        await socket.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.Socket.CloseStatus);
        await host.Get<Madang.Realtime.Delivery.Hub>().Seats.WhenEmptyAsync().WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    private static async Task<SocketReader> OpenAsync(RealtimeHost host)
    {
        var socket = new SocketReader(host, await host.PersonAsync());
        await socket.OpenAsync(null);
        return socket;
    }

    private static async Task<System.Net.HttpStatusCode> HandshakeAsync(RealtimeHost host, string? origin, string protocol)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/socket");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("Sec-WebSocket-Protocol", protocol);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return response.StatusCode;
    }
}
